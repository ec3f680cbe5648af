/** The sidebar: the workspace, its channels with their unread counts, and the app. */

import * as api from "../core/api.js";
import { avatar } from "../core/avatar.js";
import { fill, h } from "../core/dom.js";
import { keepingFocus, walkByArrows } from "../core/focus.js";
import { icon } from "../core/icons.js";
import { currentChannel, openChannel } from "../core/place.js";
import { channelName, isAppDm, isBetweenPeople, on, peerOf, state } from "../core/state.js";
import { askForText } from "../overlays/dialog.js";
import { failed } from "../overlays/toast.js";

/** @param {HTMLElement} root */
export function mountSidebar(root) {
  const draw = () => state.me && keepingFocus(root, () => drawSidebar(root));
  walkByArrows(root, ".channel");
  for (const topic of ["boot", "channels", "unread", "place"]) on(topic, draw);
}

function drawSidebar(root) {
  const all = [...state.channels.values()];
  const rooms = all.filter((channel) => !channel.is_im && !isBetweenPeople(channel)).sort(byLiveliness);
  const apps = all.filter(isAppDm);
  const people = all.filter(isBetweenPeople);
  fill(
    root,
    h(
      "div",
      { class: "sidebar-head" },
      h("h2", { class: "team-name", data: { testid: "team-name" } }, state.team.name),
    ),
    h(
      "div",
      { class: "sidebar-scroll" },
      section("Channels", rooms.map(row), !state.me.is_guest && adder()),
      people.length > 0 && section("Direct messages", people.map(row)),
      section("Apps", apps.map(row)),
    ),
  );
}

// Archived channels go last.
const byLiveliness = (one, other) => Number(one.is_archived) - Number(other.is_archived);

function section(title, rows, more) {
  return h(
    "section",
    { class: "sidebar-section" },
    h("h3", { class: "sidebar-title" }, title),
    h("ul", {}, ...rows),
    more,
  );
}

function row(channel) {
  const isCurrent = currentChannel()?.id === channel.id;
  const unread = state.unread.get(channel.id)?.count ?? 0;
  const looks = [
    "channel",
    isCurrent && "channel-current",
    unread && "channel-unread",
    channel.is_archived && "channel-archived",
  ];
  const badge = unread > 0 && isAppDm(channel) && h("span", { class: "badge" }, String(unread));
  const name = channelName(channel);
  const attributes = { class: looks.filter(Boolean).join(" "), type: "button", onclick: () => openChannel(channel.id) };
  const data = { channelId: channel.id, unread: unread || null, testid: "channel" };
  const aria = { current: isCurrent ? "page" : null, label: unread ? `${name}, ${unread} unread` : name };
  return h(
    "li",
    {},
    h("button", { ...attributes, data, aria }, sign(channel), h("span", { class: "channel-name" }, name), badge),
  );
}

function sign(channel) {
  if (channel.is_im) return avatar(peerOf(channel), 20);
  if (channel.is_archived) return icon("archive", 16);
  return icon(channel.is_private ? "lock" : "hash", 16);
}

function adder() {
  const onclick = async () => {
    const name = await askForText({
      title: "Create a channel",
      label: "Name",
      placeholder: "e.g. releases",
      yes: "Create",
    });
    if (!name) return;
    await api.changeChannel({ do: "create", name }).then(({ channel }) => openChannel(channel.id), failed);
  };
  return h(
    "button",
    { class: "channel channel-add", type: "button", onclick },
    icon("add", 16),
    h("span", { class: "channel-name" }, "Add channels"),
  );
}
