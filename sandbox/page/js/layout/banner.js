/** A banner at the top: the sandbox cannot be reached, something was broken, or no app is connected. */

import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { on, state } from "../core/state.js";

/** @param {HTMLElement} root */
export function mountBanner(root) {
  const words = h("div", { role: "status" });
  let closed = "";
  const close = () => {
    closed = state.breaks.incident.words;
    draw();
  };
  const draw = () => fill(words, notice(closed, close));
  root.append(words);
  for (const topic of ["boot", "connected", "online", "breaks"]) on(topic, draw);
}

function notice(closed, close) {
  if (!state.online) return strip("Reconnecting to the sandbox…", "offline");
  const incident = state.breaks?.incident;
  if (incident && incident.words !== closed) return strip(incident.words, "incident", incident.is_done && closer(close));
  if (!state.connected)
    return strip(`${state.app.name} is not connected. Commands and buttons will fail until it is.`, "app-away");
  return null;
}

const strip = (words, testid, more) => h("div", { class: `banner banner-${testid}`, data: { testid } }, words, more);

const closer = (onclick) =>
  h("button", { class: "banner-close", type: "button", aria: { label: "Dismiss" }, onclick }, icon("close", 16));
