/** The session of one person: fetches their workspace, handles live events, and starts over for another person. */

import * as api from "./api.js";
import { Live } from "./live.js";
import { setFlag, flag } from "./storage.js";
import { currentChannel, go, place } from "./place.js";
import { emit, on, state, takeBoot, takeChannels } from "./state.js";
import { drop, forgetAll, isLoaded, load, note, take } from "../messages/history.js";

const FIRST_PERSON = "U0ADA";

const live = new Live({ onEvent: handle, onOpen: fetchWorkspace, onLost: goOffline });

/** Events that came while the workspace is being fetched; null when they are taken at once. @type {object[]|null} */
let waiting = [];

/** Begin as the person that the URL names, else the last one of this browser. */
export function begin() {
  adoptPermalink();
  if (!place().as) go({ ...place(), ...lastPlace() });
  on("place", ({ as }) => as && as !== live.as && live.listen(as));
  live.listen(place().as);
}

const lastPlace = () => (flag("as") ? { team: flag("team"), as: flag("as") } : { as: FIRST_PERSON });

function fetchWorkspace() {
  state.online = true;
  fetchAll(live.as).catch(() => live.retry());
}

async function goOffline() {
  state.online = false;
  emit("online");
  const problem = await api.boot(live.as).catch((error) => error);
  if (problem.status === 404) go({ team: null, as: FIRST_PERSON });
}

// The stream is open before anything is fetched, so that nothing falls between.
async function fetchAll(as) {
  waiting = [];
  const boot = await api.boot(as);
  if (live.as !== as) return;
  const known = state.me?.id === as ? [...state.channels.keys()].filter(isLoaded) : [];
  if (state.me?.id !== as) forgetAll();
  takeBoot(boot);
  setFlag("as", as);
  setFlag("team", place().team);
  state.home = boot.home ?? null;
  onTop(boot.view ?? null);
  emit("boot");
  emit("home", state.home);
  await Promise.all(known.map((id) => load(id, { again: true })));
  catchUp();
}

function catchUp() {
  const events = waiting ?? [];
  waiting = null;
  events.forEach(handle);
}

const HANDLERS = {
  message: ({ channel, message }) => take(channel, message, { isNew: true }),
  message_changed: ({ channel, message }) => take(channel, message, { isNew: false }),
  message_deleted: ({ channel, ts }) => drop(channel, ts),
  view: ({ view }) => onTop(view),
  home: ({ view }) => emit("home", (state.home = view)),
  channels: ({ channels }) => emit("channels", takeChannels(channels)),
  connected: ({ connected }) => emit("connected", (state.connected = connected)),
  failed: ({ channel, text }) => note(channel ?? currentChannel()?.id, text),
  reset: () => startOver(),
};

function handle(event) {
  if (waiting) return void waiting.push(event);
  HANDLERS[event.type]?.(event);
  emit("world");
}

// An event has only the top of the stack: a known view is on top again, an unknown one is new, none means all closed.
function onTop(view) {
  const at = state.views.findIndex((each) => each.id === view?.id);
  const below = at >= 0 ? state.views.slice(0, at) : state.views;
  state.views = view ? [...below, view] : [];
  emit("view");
}

function startOver() {
  forgetAll();
  fetchAll(live.as).catch(() => live.retry());
}

/** `/?channel=C…&ts=…`, as permalinks of messages lead to, becomes a place. */
function adoptPermalink() {
  const query = new URLSearchParams(location.search);
  if (!query.get("channel")) return;
  const parts = new URLSearchParams({ channel: query.get("channel"), at: query.get("ts") ?? "" });
  history.replaceState(null, "", `${location.pathname}#${parts}`);
}
