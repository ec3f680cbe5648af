/** A banner at the top: the sandbox cannot be reached, a drill, something was broken, or no app is connected. */

import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { on, state } from "../core/state.js";

/** @param {HTMLElement} root */
export function mountBanner(root) {
  const words = h("div", { role: "status" });
  let closed = "";
  const close = (said) => {
    closed = said;
    draw();
  };
  const draw = () => fill(words, notice(closed, close));
  root.append(words);
  for (const topic of ["boot", "connected", "online", "breaks"]) on(topic, draw);
}

function notice(closed, close) {
  if (!state.online) return strip("Reconnecting to the sandbox…", "offline");
  const { incident, drill } = state.breaks ?? {};
  const line = drill?.lines.at(-1);
  if (line && line !== closed) return strip(line, "drill", !drill.running && closer(() => close(line)));
  if (incident && incident.words !== closed)
    return strip(incident.words, "incident", incident.is_done && closer(() => close(incident.words)));
  if (!state.connected)
    return strip(`${state.app.name} is not connected. Commands and buttons will fail until it is.`, "app-away");
  return null;
}

const strip = (words, testid, more) => h("div", { class: `banner banner-${testid}`, data: { testid } }, words, more);

const closer = (onclick) =>
  h("button", { class: "banner-close", type: "button", aria: { label: "Dismiss" }, onclick }, icon("close", 16));
