/** Where a select's choices come from: its own options, the app (external), or the workspace's people and channels. */

import { avatar } from "../core/avatar.js";
import { icon } from "../core/icons.js";
import { channelName, isAppDm, state } from "../core/state.js";
import { textNodes } from "../text/text_object.js";

const DEFAULT_MIN_QUERY = 3;

/** @returns {{minLength: number, remote: boolean, search: (query: string) => Promise<import("../overlays/listbox.js").Group[]>}} */
export function sourceOf(use) {
  const kind = use.element.type.replace(/^multi_/, "");
  const local = { static_select: () => optionGroups(use.element), users_select: people, channels_select: channels };
  local.conversations_select = () => conversations(use.element.filter);
  if (kind === "external_select") return external(use);
  return { minLength: 0, remote: false, search: async (query) => filtered(local[kind](), query) };
}

/** A chosen value as it is shown: an option object, or the id of a person or channel. */
export function choiceOf(value) {
  if (typeof value === "object") return optionChoice(value);
  if (state.people.has(value)) return personChoice(state.people.get(value));
  if (state.channels.has(value)) return channelChoice(state.channels.get(value));
  return { key: value, text: value, words: value, value };
}

function external(use) {
  const { block, element, surface } = use;
  const search = async (query) => optionGroups(await surface.suggest(block.block_id, element.action_id, query));
  return { minLength: element.min_query_length ?? DEFAULT_MIN_QUERY, remote: true, search };
}

function optionGroups({ options, option_groups: groups }) {
  if (!groups) return [{ choices: (options ?? []).map(optionChoice) }];
  return groups.map((group) => ({ label: textNodes(group.label), choices: group.options.map(optionChoice) }));
}

function optionChoice(option) {
  const hint = option.description ? textNodes(option.description) : null;
  return { key: option.value, text: textNodes(option.text), words: option.text.text, hint, value: option };
}

const people = () => [{ choices: [...state.people.values()].map(personChoice) }];
const channels = () => [{ choices: rooms((channel) => !channel.is_private).map(channelChoice) }];
const rooms = (wanted) =>
  [...state.channels.values()].filter((each) => !each.is_im && !each.is_archived && wanted(each));

const KINDS = { public: (each) => !each.is_private, private: (each) => each.is_private };

function conversations(filter = {}) {
  const include = filter.include ?? ["public", "private", "im"];
  const wanted = rooms((channel) => include.some((kind) => KINDS[kind]?.(channel)));
  const direct = include.includes("im") ? [...state.channels.values()].filter((each) => each.is_im) : [];
  const shown = filter.exclude_bot_users ? direct.filter((each) => !isAppDm(each)) : direct;
  return [{ choices: [...wanted, ...shown].map(channelChoice) }];
}

function personChoice(person) {
  const name = person.is_bot ? state.app.name : person.real_name;
  const hint = person.name === name ? null : person.name;
  return {
    key: person.id,
    text: name,
    words: `${name} ${person.name}`,
    hint,
    picture: avatar(person, 20),
    value: person.id,
  };
}

function channelChoice(channel) {
  const name = channelName(channel);
  const picture = channel.is_im ? avatar(state.app, 18) : icon(channel.is_private ? "lock" : "hash", 16);
  return { key: channel.id, text: name, words: name, picture, value: channel.id };
}

function filtered(groups, query) {
  const wanted = query.trim().toLowerCase();
  const fits = (choice) => choice.words.toLowerCase().includes(wanted);
  return groups.map((group) => ({ ...group, choices: group.choices.filter(fits) }));
}
