/** The Page API of the sandbox. Every call is made as this tab's person. */

import { place } from "./place.js";
import { state } from "./state.js";

/** An answer that was not 2xx; `code` is the server's `error`, e.g. "message_changed". */
export class PageError extends Error {
  constructor(status, code) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

/** Where the Page API of this tab's workspace is. */
const here = () => (place().team ? `/team/${encodeURIComponent(place().team)}` : "");
const me = () => state.me?.id ?? place().as;

export const boot = (as) => get(`${here()}/_page/boot`, { as });
export const messages = (channel) => get(`${here()}/_page/messages`, { as: me(), channel });
export const circleci = () => get("/_page/circleci", { as: me() });
export const say = (channel, text, thread_ts) => post(`${here()}/_page/say`, { as: me(), channel, text, thread_ts });
export const press = (action) => post(`${here()}/_page/press`, { as: me(), ...action });
export const submit = (view_id, values) => post(`${here()}/_page/submit`, { as: me(), view_id, values });
export const close = (view_id) => post(`${here()}/_page/close`, { as: me(), view_id });
export const suggest = (query) => post(`${here()}/_page/suggest`, { as: me(), ...query });
export const openTab = (tab) => post(`${here()}/_page/home`, { as: me(), tab });
export const shortcut = (callback_id, message = {}) => post(`${here()}/_page/shortcut`, { as: me(), callback_id, ...message });
export const changeChannel = (change) => post(`${here()}/_page/channel`, { as: me(), ...change });
export const push = (commit) => post("/_control/push", commit);
export const addFault = (fault) => post("/_control/faults", fault);
export const breaks = () => get("/_control/breaks", {});
export const turn = (name, on) => post("/_control/break", { name, on });
export const playDrill = () => post("/_control/drill", {});
export const setPace = (pace) => post("/_control/pace", { pace });
export const setServer = (on) => post("/_control/server", { on });
export const world = () => get("/_control/state", {});
export const reset = () => post("/_control/reset", {});

export const liveUrl = (as) => `${here()}/_page/live?as=${encodeURIComponent(as)}`;

function get(path, query) {
  return call(`${path}?${new URLSearchParams(query)}`, {});
}

function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  return call(path, { method: "POST", headers, body: JSON.stringify(body) });
}

async function call(url, request) {
  const response = await fetch(url, request).catch(() => {
    throw new PageError(0, "The sandbox cannot be reached.");
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new PageError(response.status, answer.error ?? `HTTP ${response.status}`);
  return answer;
}
