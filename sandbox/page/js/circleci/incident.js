/** What is broken and what became of it, for everybody who listens to "breaks": asked again for as long as it moves. */

import * as api from "../core/api.js";
import { emit, on, state } from "../core/state.js";

const AGAIN_MS = 1500;
let timer = null;

export function watchBreaks() {
  for (const topic of ["boot", "connected"]) on(topic, look);
}

export async function look() {
  clearTimeout(timer);
  const answer = state.online ? await api.breaks().catch(() => null) : null;
  const before = JSON.stringify(state.breaks);
  state.breaks = answer ?? state.breaks;
  if (JSON.stringify(state.breaks) !== before) emit("breaks");
  const { incident, drill } = state.breaks ?? {};
  if (drill?.running || (incident && !incident.is_done)) timer = setTimeout(look, AGAIN_MS);
}
