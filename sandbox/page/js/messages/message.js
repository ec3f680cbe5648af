/** One message: author, time, text, blocks, attachments, files, reactions, replies and its menu. */

import { avatar } from "../core/avatar.js";
import { h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { openThread } from "../core/place.js";
import { authorOf, state } from "../core/state.js";
import { ago, clockTime, dateOf, wholeTime } from "../core/time.js";
import { renderBlocks } from "../blocks/blocks.js";
import { Surface } from "../blocks/surface.js";
import { emoji } from "../text/emoji.js";
import { mrkdwn } from "../text/mrkdwn.js";
import { attachmentNode } from "./attachments.js";
import { fileCard } from "./files.js";
import { drop, find, isReply, keyOf } from "./history.js";
import { toolbar } from "./message_tools.js";
import { pinMark } from "./pins.js";

/** Surfaces outlive a redraw, so that what was chosen in a message stays chosen. @type {Map<string, Surface>} */
const surfaces = new Map();

/**
 * @param {{message: import("../core/state.js").Message, channel: string, grouped: boolean, inThread: boolean,
 *   replies: {count: number, users: string[], last: string}|null}} item
 */
export function messageNode({ message, channel, grouped, inThread, replies }) {
  const author = authorOf(message);
  const key = keyOf(message);
  const ids = { ts: message.ts, thread: message.thread_ts, channel, ephemeralId: message.ephemeral_id };
  const data = { ...ids, testid: "message", author: author.id };
  const looks = `message${grouped ? " message-grouped" : ""}${message.ephemeral ? " message-ephemeral" : ""}`;
  const gutter = grouped ? shortTime(message) : face(author);
  const body = h(
    "div",
    { class: "message-body" },
    !grouped && byline(message, author),
    !inThread && isReply(message) && repliedTo(message, channel),
    content(message, channel),
    !inThread && replies && threadBar(message, channel, replies),
  );
  const label = `${author.name}, ${clockTime(dateOf(message.ts))}`;
  const row = h("div", { class: "message-row" }, h("div", { class: "message-gutter" }, gutter), body);
  const tools = !message.ephemeral && toolbar(message, channel, inThread);
  return h("article", { class: looks, tabindex: "-1", data, aria: { label } }, tools, message.ephemeral && onlyYou(channel, key), message.pinned_to && pinMark(), row);
}

function face(author) {
  if (author.id === "USLACKBOT") return h("span", { class: "avatar avatar-slackbot" }, emoji("robot_face"));
  return avatar(author, 36);
}

function byline(message, author) {
  const badge = author.isApp && h("span", { class: "app-badge" }, "APP");
  return h(
    "div",
    { class: "byline" },
    h("span", { class: "author" }, author.name),
    badge,
    timeLink(message, "message-time"),
  );
}

const shortTime = (message) => timeLink(message, "message-time message-time-short");

function timeLink(message, className) {
  const date = dateOf(message.ts);
  const words = clockTime(date);
  return h(
    "time",
    { class: className, datetime: date.toISOString(), title: wholeTime(date) },
    className.includes("short") ? words.replace(/ [AP]M$/, "") : words,
  );
}

function content(message, channel) {
  const surface = surfaceOf(message, channel);
  const blocks = message.blocks ?? [];
  surface.values.seed([...blocks, ...(message.attachments ?? []).flatMap((each) => each.blocks ?? [])]);
  const edited = message.edited && h("span", { class: "edited" }, "(edited)");
  const text =
    !blocks.length &&
    message.text &&
    h("div", { class: "message-text" }, ...mrkdwn(message.text), edited && " ", edited);
  return h(
    "div",
    { class: "message-content" },
    text,
    blocks.length > 0 && h("div", { class: "blocks" }, renderBlocks(blocks, surface), edited),
    message.attachments?.map((each) => attachmentNode(each, surface)),
    message.files?.map(fileCard),
    message.reactions && reactions(message.reactions),
  );
}

function surfaceOf(message, channel) {
  const key = `${channel}/${keyOf(message)}`;
  const address = message.ephemeral_id ? { channel, ephemeral_id: message.ephemeral_id } : { channel, ts: message.ts };
  if (!surfaces.has(key)) surfaces.set(key, new Surface("message", address));
  return surfaces.get(key);
}

function reactions(byName) {
  const one = ([name, users]) => {
    const mine = users.includes(state.me.id) ? " reaction-mine" : "";
    return h("span", { class: `reaction${mine}`, title: name }, emoji(name), h("span", {}, String(users.length)));
  };
  return h("div", { class: "reactions" }, ...Object.entries(byName).map(one));
}

// Dismissing hides it in this tab; the server keeps it, so that a reload brings it back.
function onlyYou(channel, key) {
  const dismiss = h("button", { class: "link-button", type: "button", onclick: () => drop(channel, key) }, "Dismiss");
  return h("div", { class: "only-you" }, icon("eye", 14), "Only visible to you", h("span", {}, "·"), dismiss);
}

function repliedTo(message, channel) {
  const parent = find(channel, message.thread_ts);
  const onclick = () => openThread(channel, message.thread_ts);
  const words = parent ? excerpt(parent) : "a thread";
  return h(
    "div",
    { class: "replied-to" },
    "replied to a thread: ",
    h("button", { class: "link-button", type: "button", onclick }, words),
  );
}

function excerpt(message) {
  const text = mrkdwn(message.text ?? "")
    .map((node) => node.textContent)
    .join("");
  return text.length > 80 ? `${text.slice(0, 79)}…` : text || "a message";
}

function threadBar(message, channel, { count, users, last }) {
  const onclick = () => openThread(channel, message.ts);
  const faces = users.slice(0, 4).map((user) => avatar(state.people.get(user) ?? { avatar: null, name: user }, 24));
  const replies = h("span", { class: "thread-count" }, `${count} ${count === 1 ? "reply" : "replies"}`);
  const when = h("span", { class: "thread-last" }, `Last reply ${ago(dateOf(last))}`);
  const more = h("span", { class: "thread-view" }, "View thread");
  return h(
    "button",
    { class: "thread-bar", type: "button", onclick, data: { testid: "thread-bar" } },
    faces,
    replies,
    when,
    more,
    icon("right", 16),
  );
}
