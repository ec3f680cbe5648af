/** A banner at the top when the sandbox cannot be reached, or no app is connected. */

import { fill, h } from "../core/dom.js";
import { on, state } from "../core/state.js";

/** @param {HTMLElement} root */
export function mountBanner(root) {
  for (const topic of ["boot", "connected", "online"]) on(topic, () => fill(root, notice()));
}

function notice() {
  if (!state.online) return strip("Reconnecting to the sandbox…", "offline");
  if (!state.connected)
    return strip(`${state.app.name} is not connected. Commands and buttons will fail until it is.`, "app-away");
  return null;
}

const strip = (words, testid) =>
  h("div", { class: `banner banner-${testid}`, role: "status", data: { testid } }, words);
