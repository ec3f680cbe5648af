/**
 * What this tab knows of the workspace, and the listeners of its changes.
 *
 * @typedef {{id: string, name: string, real_name: string, avatar: {initials: string, color: string},
 *   is_guest: boolean, is_bot: boolean, locale: string, zone: string, remark: string | null}} Person
 * @typedef {{id: string, name: string, is_private: boolean, is_im: boolean, is_archived: boolean, user?: string,
 *   members: string[], bot_is_member: boolean, topic: string}} Channel
 * @typedef {{ts: string, thread_ts?: string, user?: string, bot_id?: string, username?: string, text: string,
 *   blocks?: object[], attachments?: object[], files?: object[], edited?: boolean, ephemeral?: boolean,
 *   ephemeral_id?: string, reply_broadcast?: boolean, reply_count?: number,
 *   reactions?: Record<string, string[]>, pinned_to?: string[]}} Message
 * @typedef {{id: string, type: "modal"|"home", callback_id: string, title: string, submit?: string, close?: string,
 *   blocks: object[], state: object, errors?: Record<string, string>, hash: string}} View
 *
 * Topics of `on` and `emit`: "boot" (all is new), "channels", "messages" (a channel id), "unread", "place",
 * "view", "home", "connected", "online", "breaks", "world" (CircleCI may have changed), "looked" (at it), "line" (one to
 * write into the message field).
 */

export const state = {
  team: { id: "", name: "" },
  /** @type {{id: string, name: string, path: string, as: string}[]} each with whom one enters it as */ teams: [],
  /** @type {Person} */ me: null,
  /** @type {Map<string, Person>} */ people: new Map(),
  /** @type {Record<string, string>} handles of user groups, by id */ groups: {},
  app: { user_id: "", bot_id: "", name: "circlebot", icon: null },
  /** @type {Map<string, Channel>} */ channels: new Map(),
  commands: [],
  shortcuts: [],
  connected: true,
  online: true,
  /** @type {Map<string, Map<string, Message>>} by channel, then by ts or ephemeral_id */ messages: new Map(),
  /** @type {Map<string, {count: number, since: string}>} */ unread: new Map(),
  /** @type {View[]} the modals on top of each other */ views: [],
  /** @type {View|null} */ home: null,
  /** @type {{title: string, line: string, is_done: boolean}[]} the first five minutes of this person */ minutes: [],
  /** what is broken, as `/_control/breaks` answers */ breaks: null,
};

const listeners = new Map();

/** @param {string} topic @param {(detail: any) => void} listener */
export function on(topic, listener) {
  listeners.set(topic, [...(listeners.get(topic) ?? []), listener]);
}

export function emit(topic, detail) {
  for (const listener of listeners.get(topic) ?? []) listener(detail);
}

/** Take a fresh answer of `/_page/boot`. */
export function takeBoot(boot) {
  Object.assign(state, { team: boot.team, teams: boot.teams, me: boot.me, app: boot.app, connected: boot.connected });
  Object.assign(state, { commands: boot.commands ?? [], shortcuts: boot.shortcuts ?? [] });
  state.people = byId(boot.people);
  state.groups = boot.groups;
  state.channels = byId(boot.channels);
}

export function takeChannels(channels) {
  state.channels = byId(channels);
}

/** A channel's name in the sidebar and in sentences: "#deploys", "circlebot". */
export function channelName(channel) {
  if (!channel) return "unknown";
  if (isGroup(channel)) return channel.members.map((id) => state.people.get(id)?.name ?? id).join(", ");
  return channel.is_im ? peerOf(channel).name : channel.name;
}

/** A direct message between several people; Slack names it after them. */
const isGroup = (channel) => channel.name.startsWith("mpdm-");

/** Whether people write to each other there, without the app. */
export const isBetweenPeople = (channel) => isGroup(channel) || (channel.is_im && !isAppDm(channel));

/** The other side of a direct message: the app, or in a message between people the other person. */
export function peerOf(channel) {
  const other = state.people.get(channel.user ?? channel.members.find((id) => id !== state.me.id));
  return other && other.id !== state.me.id ? other : { ...state.app, id: state.app.user_id, is_bot: true };
}

export const isAppDm = (channel) => Boolean(channel?.is_im && peerOf(channel).is_bot);

/** The author of a message, as it is shown. @returns {{id: string, name: string, avatar: object|null, isApp: boolean}} */
export function authorOf(message) {
  const person = state.people.get(message.user);
  const isApp = Boolean(message.bot_id || person?.is_bot || message.user === state.app.user_id);
  if (isApp)
    return { id: message.bot_id ?? message.user, name: message.username || state.app.name, avatar: null, isApp };
  const name = person?.real_name ?? message.username ?? message.user;
  return { id: message.user, name, avatar: person?.avatar ?? null, isApp };
}

const byId = (things) => new Map((things ?? []).map((thing) => [thing.id, thing]));
