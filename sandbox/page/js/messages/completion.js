/**
 * Completions for what is being typed: slash commands, @people, #channels, :emoji:.
 *
 * @typedef {{from: number, label: string, groups: import("../overlays/listbox.js").Group[], lit: boolean}} Offer
 *   `from` is where the typed part begins; a choice's value replaces it. With `lit` Enter takes the first choice.
 * @typedef {{usage: string}} Usage  a command's hint, nothing to choose
 */

import { avatar } from "../core/avatar.js";
import { icon } from "../core/icons.js";
import { state } from "../core/state.js";
import { emoji, NAMES } from "../text/emoji.js";

const MOST = 8;

/** @param {string} before the text up to the caret @returns {Offer|Usage|null} */
export function complete(before) {
  for (const offer of [commandNames, people, channels, emojis, commandUsage]) {
    const found = offer(before);
    if (found?.usage || found?.groups[0].choices.length) return found;
  }
  return null;
}

function commandNames(before) {
  if (!/^\/\S*$/.test(before)) return null;
  const fitting = state.commands.filter((each) => each.command.startsWith(before.toLowerCase()));
  const choices = fitting.map((each) => ({
    key: each.command,
    text: `${each.command} ${each.usage_hint ?? ""}`.trim(),
    hint: each.description,
    picture: avatar(state.app, 20),
    value: `${each.command} `,
  }));
  return { from: 0, label: "Commands", groups: [{ label: state.app.name, choices }], lit: !isExact(choices, before) };
}

/** As in Slack: what follows a command is not completed, its hint stays in sight. */
function commandUsage(before) {
  const typed = /^(\/\S+) /.exec(before);
  const command = typed && state.commands.find((each) => each.command === typed[1]);
  return command?.usage_hint ? { usage: `${command.command} ${command.usage_hint}` } : null;
}

function people(before) {
  return mention(before, "@", "People", [...state.people.values()], (person) => {
    const name = person.is_bot ? state.app.name : person.name;
    return {
      key: person.id,
      text: person.is_bot ? name : person.real_name,
      hint: name,
      picture: avatar(person, 20),
      value: `@${name} `,
    };
  });
}

function channels(before) {
  const rooms = [...state.channels.values()].filter((channel) => !channel.is_im);
  return mention(before, "#", "Channels", rooms, (channel) => {
    const picture = icon(channel.is_private ? "lock" : "hash", 16);
    return { key: channel.id, text: channel.name, picture, value: `#${channel.name} ` };
  });
}

function mention(before, sign, label, things, asChoice) {
  const typed = new RegExp(`(?:^|\\s)${sign}([\\w.-]*)$`).exec(before);
  if (!typed) return null;
  const wanted = typed[1].toLowerCase();
  const choices = things
    .map(asChoice)
    .filter((each) => `${each.text} ${each.hint ?? ""}`.toLowerCase().includes(wanted));
  return { from: before.length - wanted.length - 1, label, groups: [{ choices: choices.slice(0, MOST) }], lit: true };
}

function emojis(before) {
  const typed = /(?:^|\s):([a-z0-9_+-]{2,})$/.exec(before);
  if (!typed) return null;
  const fitting = NAMES.filter((name) => name.includes(typed[1])).slice(0, MOST);
  const choices = fitting.map((name) => ({ key: name, text: `:${name}:`, picture: emoji(name), value: `:${name}: ` }));
  return { from: before.length - typed[1].length - 1, label: "Emoji", groups: [{ choices }], lit: true };
}

const isExact = (choices, typed) => choices.some((choice) => choice.key === typed.trim());
