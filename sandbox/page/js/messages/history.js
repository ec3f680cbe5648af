/** The messages that this tab has fetched, by channel, and which are unread. */

import * as api from "../core/api.js";
import { currentChannel } from "../core/place.js";
import { emit, state } from "../core/state.js";

const loaded = new Set();
let notes = 0;

export const keyOf = (message) => message.ephemeral_id ?? message.ts;

/** What came by the live stream while a channel was being fetched. @type {Map<string, Map<string, object|null>>} */
const arriving = new Map();

/** Fetch a channel when it is first opened, or once more with `again`; ignored when `forgetAll` ran meanwhile. */
export async function load(channelId, { again = false } = {}) {
  if ((loaded.has(channelId) && !again) || arriving.has(channelId)) return;
  const changes = new Map();
  arriving.set(channelId, changes);
  const isWanted = () => arriving.get(channelId) === changes;
  try {
    const { messages } = await api.messages(channelId);
    if (isWanted()) keep(channelId, messages, changes);
  } finally {
    if (isWanted()) arriving.delete(channelId);
  }
  emit("messages", channelId);
}

/** Store the fetched messages, with this tab's own notes and what the live stream changed meanwhile. */
function keep(channelId, messages, changes) {
  const own = [...messagesOf(channelId).values()].filter((message) => message.isNote);
  const fetched = new Map([...messages, ...own].map((message) => [keyOf(message), message]));
  for (const [key, message] of changes) message ? fetched.set(key, message) : fetched.delete(key);
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

/** A private message of Slack itself, e.g. why a command failed; it exists in this tab alone. */
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

/** The channel's messages without thread replies, oldest first. */
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
