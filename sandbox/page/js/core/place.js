/**
 * Where a person is, kept in the URL: `#as=U0ADA&channel=C0DEPLOYS&thread=1700000000.000100&tab=home&at=<ts>`.
 * `team` is there in a workspace that is not the first one. A link opens the same place; every tab of the browser may act as another person.
 */

import { emit, state } from "./state.js";

/** @returns {{team: string|null, as: string|null, channel: string|null, thread: string|null, tab: string|null, at: string|null}} */
export function place() {
  const hash = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries(["team", "as", "channel", "thread", "tab", "at"].map((key) => [key, hash.get(key)]));
}

/** Go somewhere; parts not named stay, parts given as null are dropped. */
export function go(parts) {
  location.hash = hashOf({ ...place(), at: null, ...parts });
}

export const openChannel = (channel) => go({ channel, thread: null, tab: null });
export const openThread = (channel, thread) => go({ channel, thread, tab: null });
export const closeThread = () => go({ thread: null });

/** The address of a message, for "Copy link". */
export function linkTo(channel, ts) {
  return `${location.origin}${location.pathname}${hashOf({ team: place().team, channel, at: ts })}`;
}

/** The channel in view, or the first one this person can see. */
export function currentChannel() {
  const wanted = state.channels.get(place().channel);
  return wanted ?? [...state.channels.values()].find((channel) => !channel.is_archived) ?? null;
}

export function watchPlace() {
  addEventListener("hashchange", () => emit("place", place()));
}

function hashOf(parts) {
  const known = Object.entries(parts).filter(([, value]) => value);
  return `#${new URLSearchParams(known)}`;
}
