/** The head of a conversation: name, topic, members, the app's tabs, and the channel's menu. */

import * as api from "../core/api.js";
import { avatar } from "../core/avatar.js";
import { fill, h } from "../core/dom.js";
import { walkByArrows } from "../core/focus.js";
import { icon } from "../core/icons.js";
import { go, place } from "../core/place.js";
import { channelName, isAppDm, isBetweenPeople, state } from "../core/state.js";
import { askForText } from "../overlays/dialog.js";
import { openMenu } from "../overlays/menu.js";
import { failed } from "../overlays/toast.js";
import { pinsButton } from "./pins.js";

const TABS = [
  ["home", "Home", "home"],
  ["messages", "Messages", "message"],
];

/** @param {HTMLElement} root @param {import("../core/state.js").Channel} channel */
export function drawHead(root, channel, { panelButton, point }) {
  const isApp = isAppDm(channel);
  const title = isApp ? appTitle() : isBetweenPeople(channel) ? peopleTitle(channel) : roomTitle(channel);
  const topic = !isApp && channel.topic && h("span", { class: "topic" }, channel.topic);
  const right = h("div", { class: "head-right" }, !isApp && pinsButton(channel.id, point), !isApp && members(channel), panelButton);
  fill(root, h("div", { class: "head-row" }, title, topic, right), isApp && tabs());
}

/** Which tab of the app is open. */
export const openTab = () => (place().tab === "home" ? "home" : "messages");

function appTitle() {
  return h(
    "div",
    { class: "head-title" },
    avatar(state.app, 24),
    h("h1", { class: "head-name" }, state.app.name),
    h("span", { class: "app-badge" }, "APP"),
  );
}

function peopleTitle(channel) {
  return h("div", { class: "head-title" }, h("h1", { class: "head-name" }, channelName(channel)));
}

function roomTitle(channel) {
  const sign = icon(channel.is_archived ? "archive" : channel.is_private ? "lock" : "hash", 18);
  const onclick = (event) => openMenu(event.currentTarget, deeds(channel), { label: `About #${channel.name}` });
  const attributes = { class: "head-title head-button", type: "button", onclick, aria: { haspopup: "menu" } };
  const name = h("span", { class: "head-name" }, channelName(channel));
  return h("h1", {}, h("button", attributes, sign, name, icon("down", 16)));
}

function members(channel) {
  const known = channel.members.map((id) => state.people.get(id)).filter(Boolean);
  const faces = known.slice(0, 3).map((person) => avatar(person, 20));
  const label = `${channel.members.length} members`;
  return h(
    "div",
    { class: "members", role: "img", title: known.map((person) => person.real_name).join(", "), aria: { label } },
    faces,
    String(channel.members.length),
  );
}

function tabs() {
  const current = openTab();
  const tab = ([key, label, picture]) => {
    const attributes = { class: "tab", type: "button", role: "tab", onclick: () => go({ tab: key }) };
    const aria = { selected: String(key === current) };
    return h("button", { ...attributes, aria, data: { testid: `tab-${key}` } }, icon(picture, 16), label);
  };
  const list = h("div", { class: "tabs", role: "tablist" }, ...TABS.map(tab));
  walkByArrows(list, ".tab");
  return list;
}

function deeds(channel) {
  const change = (deed, more = {}) => api.changeChannel({ do: deed, channel: channel.id, ...more }).catch(failed);
  const rename = async () => {
    const name = await askForText({ title: "Rename this channel", label: "Name", value: channel.name, yes: "Rename" });
    if (name) change("rename", { name });
  };
  const bot = state.app.name;
  const membership = channel.bot_is_member
    ? { text: `Remove ${bot} from #${channel.name}`, picture: icon("close", 16), act: () => change("kick_bot") }
    : { text: `Add ${bot} to #${channel.name}`, picture: icon("add", 16), act: () => change("invite_bot") };
  const unarchive = { text: "Unarchive channel", picture: icon("archive", 16), act: () => change("unarchive") };
  if (channel.is_archived) return [{ label: "This channel is archived" }, unarchive];
  return [
    membership,
    { text: "Rename channel", picture: icon("hash", 16), act: rename },
    null,
    { text: "Archive channel", picture: icon("archive", 16), danger: true, act: () => change("archive") },
  ];
}
