/** The two rows of buttons around the composer's field. */

import * as api from "../core/api.js";
import { avatar } from "../core/avatar.js";
import { h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { state } from "../core/state.js";
import { emoji, PICKED } from "../text/emoji.js";
import { openMenu } from "../overlays/menu.js";
import { openPopover } from "../overlays/popover.js";
import { failed } from "../overlays/toast.js";

const MARKS = [
  ["bold", "Bold", "*"],
  ["italic", "Italic", "_"],
  ["strike", "Strikethrough", "~"],
  ["code", "Code", "`"],
];

/** @param {import("./composer.js").Composer} composer */
export function formatBar(composer) {
  const buttons = MARKS.map(([picture, label, mark]) =>
    tool(picture, label, () => composer.insert(mark, { wrap: true })),
  );
  return h("div", { class: "composer-format", role: "toolbar", aria: { label: "Formatting" } }, buttons);
}

/** @param {import("./composer.js").Composer} composer */
export function composerFoot(composer) {
  const tools = [
    tool("smile", "Emoji", (event) => openEmoji(event.currentTarget, composer)),
    tool("at", "Mention someone", () => composer.insert("@")),
    tool("bolt", "Shortcuts", (event) => openShortcuts(event.currentTarget, composer)),
  ];
  const send = h(
    "button",
    { class: "composer-send", type: "submit", disabled: true, aria: { label: "Send now" }, title: "Send now" },
    icon("send", 16),
  );
  return h("div", { class: "composer-foot" }, tools, h("span", { class: "composer-gap" }), send);
}

// The field keeps its selection: the buttons never take the focus from it by mouse.
function tool(picture, label, onclick) {
  const onmousedown = (event) => event.preventDefault();
  return h(
    "button",
    { class: "tool", type: "button", title: label, aria: { label }, onclick, onmousedown },
    icon(picture),
  );
}

function openShortcuts(anchor, composer) {
  const globals = state.shortcuts.filter((shortcut) => shortcut.type === "global").map(shortcutEntry);
  const commands = state.commands.map((command) => ({
    text: command.command,
    hint: command.description,
    picture: icon("code", 16),
    act: () => composer.write(`${command.command} `),
  }));
  const entries = [
    { label: "Shortcuts" },
    ...globals,
    ...(globals.length && commands.length ? [null] : []),
    ...commands,
  ];
  openMenu(anchor, entries, { label: "Shortcuts", above: true });
}

function shortcutEntry({ name, callback_id: callbackId }) {
  const run = () => api.shortcut(callbackId).catch(failed);
  return { text: name, hint: state.app.name, picture: avatar(state.app, 18), data: { callbackId }, act: run };
}

function openEmoji(anchor, composer) {
  const grid = h("div", { class: "emoji-grid", role: "menu", aria: { label: "Emoji" } });
  const close = openPopover(anchor, [grid], { above: true });
  const pick = (name) => () => {
    close();
    composer.insert(`:${name}: `);
  };
  const one = (name) =>
    h(
      "button",
      { class: "emoji-choice", role: "menuitem", type: "button", title: `:${name}:`, onclick: pick(name) },
      emoji(name),
    );
  grid.append(...PICKED.map(one));
  grid.querySelector("button")?.focus();
}
