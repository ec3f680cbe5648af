/** F6 goes to the next section of the page and Shift+F6 to the one before, as in Slack (slack help: keyboard shortcuts). */

import { focusable } from "../core/focus.js";

const SECTIONS = ["#sidebar", "#conversation .scroll, #conversation .home", "#conversation form", "#thread", "#panel"];

export function watchSectionKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "F6" || document.getElementById("app").inert) return;
    event.preventDefault();
    go(event.shiftKey ? -1 : 1);
  });
}

function go(step) {
  const open = SECTIONS.map(firstStop).filter(Boolean);
  const at = open.findIndex(({ section }) => section.contains(document.activeElement));
  open.at((at + step) % open.length)?.stop.focus();
}

/** Where the keyboard enters a section: at what is current there, else at the field, else at the first control. */
function firstStop(selector) {
  const section = [...document.querySelectorAll(selector)].find((each) => each.getClientRects().length > 0);
  const stops = section ? [section, ...focusable(section)].filter((each) => each.matches('[tabindex="0"], button, textarea, a')) : [];
  const stop = stops.find((each) => each.matches("[aria-current], textarea")) ?? stops[0];
  return stop && { section, stop };
}
