/** Emoji by Slack's short name: drawn when we have a drawing, else the character, else `:name:` as text. */

import { h, svg } from "../core/dom.js";
import { CHARACTERS } from "./names.js";
import { SIGNS } from "./signs.js";
import { THINGS } from "./things.js";

const DRAWN = { ...SIGNS, ...THINGS };
const ALIASES = {
  blue_circle: "large_blue_circle",
  large_red_circle: "red_circle",
  pause_button: "double_vertical_bar",
  stop_sign: "octagonal_sign",
  heavy_exclamation_mark: "exclamation",
  star2: "star",
};

/** Names a person can pick from, the drawn ones first. */
export const NAMES = [...new Set([...Object.keys(DRAWN), ...CHARACTERS.keys()])].filter((name) => !ALIASES[name]);

export const isEmoji = (name) => CHARACTERS.has(name) || Object.hasOwn(DRAWN, name);

/** @param {string} name without colons @returns {Node} */
export function emoji(name) {
  const shapes = Object.hasOwn(DRAWN, ALIASES[name] ?? name) ? DRAWN[ALIASES[name] ?? name] : null;
  if (shapes) return described(name, drawing(shapes));
  if (CHARACTERS.has(name)) return described(name, CHARACTERS.get(name));
  return document.createTextNode(`:${name}:`);
}

function described(name, picture) {
  const attributes = { class: "emoji", role: "img", title: `:${name}:`, "aria-label": `:${name}:` };
  return h("span", { ...attributes, data: { emoji: name } }, picture);
}

function drawing(shapes) {
  const frame = { viewBox: "0 0 20 20", "aria-hidden": "true" };
  return svg("svg", frame, ...shapes.map(([tag, attributes]) => svg(tag, attributes)));
}
