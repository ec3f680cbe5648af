/** Buttons that appear over a message: reply in thread, and the menu with the app's message shortcuts. */

import * as api from "../core/api.js";
import { avatar } from "../core/avatar.js";
import { h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { linkTo, openThread } from "../core/place.js";
import { state } from "../core/state.js";
import { openMenu } from "../overlays/menu.js";
import { failed, toast } from "../overlays/toast.js";

export function toolbar(message, channel, inThread) {
  const reply = () => openThread(channel, message.thread_ts ?? message.ts);
  const tools = [
    !inThread && tool("thread", "Reply in thread", reply),
    tool("more", "More actions", (event) => openTools(event.currentTarget, message, channel)),
  ];
  const bar = h("div", { class: "message-tools", role: "toolbar", aria: { label: "Message actions" } }, tools);
  return h("div", { class: "message-tools-place" }, bar);
}

function tool(picture, label, onclick) {
  return h("button", { class: "tool", type: "button", title: label, aria: { label }, onclick }, icon(picture));
}

function openTools(anchor, message, channel) {
  const shortcuts = state.shortcuts.filter((shortcut) => shortcut.type === "message");
  const apps = shortcuts.map((shortcut) => shortcutEntry(shortcut, message, channel));
  const entries = [
    {
      text: "Reply in thread",
      picture: icon("thread", 16),
      act: () => openThread(channel, message.thread_ts ?? message.ts),
    },
    { text: "Copy link", picture: icon("link", 16), act: () => copy(linkTo(channel, message.ts)) },
    { text: "Copy text", picture: icon("file", 16), act: () => copy(message.text ?? "") },
    ...(apps.length ? [null, { label: "Message shortcuts" }, ...apps] : []),
  ];
  anchor.closest(".message").classList.add("message-held");
  const onClose = () => anchor.closest(".message")?.classList.remove("message-held");
  openMenu(anchor, entries, { label: "More actions", alignEnd: true, onClose });
}

function shortcutEntry({ name, callback_id: callbackId }, message, channel) {
  const run = () => api.shortcut(callbackId, { channel, ts: message.ts }).catch(failed);
  return { text: name, hint: state.app.name, picture: avatar(state.app, 18), data: { callbackId }, act: run };
}

async function copy(text) {
  await navigator.clipboard?.writeText(text).catch(() => {});
  toast("Copied");
}
