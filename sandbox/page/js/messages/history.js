/** The messages this tab knows, channel by channel, and what of them is unread. */

import * as api from "../core/api.js";
import { currentChannel } from "../core/place.js";
import { emit, state } from "../core/state.js";

const loaded = new Set();
let notes = 0;

export const keyOf = (message) => message.ephemeral_id ?? message.ts;

/** What the live stream told of a channel while it was being fetched. @type {Map<string, Map<string, object|null>>} */
const arriving = new Map();

/** Fetch a channel the first time it is looked at, or anew with `again`. What was forgotten meanwhile is not taken. */
export async function load(channelId, { again = false } = {}) {
  if ((loaded.has(channelId) && !again) || arriving.has(channelId)) return;
  const told = new Map();
  arriving.set(channelId, told);
  const isWanted = () => arriving.get(channelId) === told;
  try {
    const { messages } = await api.messages(channelId);
    if (isWanted()) keep(channelId, messages, told);
  } finally {
    if (isWanted()) arriving.delete(channelId);
  }
  emit("messages", channelId);
}

/** What was fetched, with this tab's own notes, and corrected by what was told while it was on its way. */
function keep(channelId, messages, told) {
  const own = [...messagesOf(channelId).values()].filter((message) => message.isNote);
  const fetched = new Map([...messages, ...own].map((message) => [keyOf(message), message]));
  for (const [key, message] of told) message ? fetched.set(key, message) : fetched.delete(key);
  state.messages.set(channelId, fetched);
  loaded.add(channelId);
}

export const isLoaded = (channelId) => loaded.has(channelId);

/** Forget everything, as after a reset of the world or for another person. */
export function forgetAll() {
  loaded.clear();
  arriving.clear();
  state.messages.clear();
  state.unread.clear();
}

/** @param {import("../core/state.js").Message} message new or changed */
export function take(channelId, message, { isNew }) {
  messagesOf(channelId).set(keyOf(message), message);
  arriving.get(channelId)?.set(keyOf(message), message);
  if (isNew) countUnread(channelId, message);
  emit("messages", channelId);
}

export function drop(channelId, key) {
  messagesOf(channelId).delete(key);
  arriving.get(channelId)?.set(key, null);
  emit("messages", channelId);
}

/** A private word of Slack itself, e.g. why a command failed; it lives in this tab alone. */
export function note(channelId, text, threadTs) {
  const ts = (Date.now() / 1000).toFixed(6);
  const message = {
    ts,
    ephemeral_id: `note-${++notes}`,
    isNote: true,
    ephemeral: true,
    user: "USLACKBOT",
    username: "Slackbot",
    text,
  };
  take(channelId, threadTs ? { ...message, thread_ts: threadTs } : message, { isNew: true });
}

/** What stands in the channel itself, oldest first. */
export function mainMessages(channelId) {
  return sorted(channelId).filter((message) => !isReply(message) || message.reply_broadcast);
}

/** A thread: its parent, then the replies, oldest first. */
export function threadMessages(channelId, threadTs) {
  return sorted(channelId).filter((message) => message.ts === threadTs || message.thread_ts === threadTs);
}

export const find = (channelId, ts) => messagesOf(channelId).get(ts);
export const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;

export function markRead(channelId) {
  if (state.unread.delete(channelId)) emit("unread");
}

/** Whether the person is looking at this channel right now. */
export const isWatched = (channelId) => document.visibilityState === "visible" && currentChannel()?.id === channelId;

function countUnread(channelId, message) {
  const isMine = message.user === state.me?.id;
  if (isMine || message.isNote || isWatched(channelId) || (isReply(message) && !message.reply_broadcast)) return;
  const { count = 0, since = message.ts } = state.unread.get(channelId) ?? {};
  state.unread.set(channelId, { count: count + 1, since });
  emit("unread");
}

function messagesOf(channelId) {
  if (!state.messages.has(channelId)) state.messages.set(channelId, new Map());
  return state.messages.get(channelId);
}

function sorted(channelId) {
  return [...messagesOf(channelId).values()].sort((one, other) => Number(one.ts) - Number(other.ts));
}
