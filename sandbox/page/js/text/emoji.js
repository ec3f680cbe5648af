/** Emoji by Slack's short name: drawn when we have a drawing, else the character, else `:name:` as text. */

import { h, svg } from "../core/dom.js";

const read = async (url) => (await fetch(url)).text();
const [sprite, table] = await Promise.all([read(new URL("../../emoji.svg", import.meta.url)), read("/_page/emoji")]);

const DRAWINGS = new Map(
  [...new DOMParser().parseFromString(sprite, "image/svg+xml").querySelectorAll("g")].map((one) => [one.id, one]),
);
const CHARACTERS = new Map(Object.entries(JSON.parse(table)));
const FRAME = {
  viewBox: "0 0 20 20",
  "stroke-linecap": "round",
  "stroke-linejoin": "round",
  "aria-hidden": "true",
};
const ALIASES = {
  "+1": "thumbsup",
  "-1": "thumbsdown",
  hand: "raised_hand",
  scroll: "page_facing_up",
  mag_right: "mag",
  date: "calendar",
  mega: "loudspeaker",
  email: "envelope",
  pencil2: "memo",
  beetle: "bug",
  herb: "seedling",
  confetti_ball: "tada",
  blue_circle: "large_blue_circle",
  large_red_circle: "red_circle",
  pause_button: "double_vertical_bar",
  stop_sign: "octagonal_sign",
  heavy_exclamation_mark: "exclamation",
  star2: "star",
};

/** Names a person can type, the drawn ones first. */
export const NAMES = [...new Set([...DRAWINGS.keys(), ...Object.keys(ALIASES), ...CHARACTERS.keys()])];

/** Names to pick from: the drawn ones, and of every other character the last of its names, as Slack calls it. */
export const PICKED = [
  ...DRAWINGS.keys(),
  ...new Map([...CHARACTERS].filter(([name]) => !drawing(name)).map(([name, character]) => [character, name])).values(),
];

const isEmoji = (name) => Boolean(drawing(name)) || CHARACTERS.has(name);

/** @param {string} name without colons @returns {Node} */
export function emoji(name) {
  if (!isEmoji(name)) return document.createTextNode(`:${name}:`);
  const attributes = { class: "emoji", role: "img", title: `:${name}:`, "aria-label": `:${name}:` };
  return h("span", { ...attributes, data: { emoji: name } }, drawn(drawing(name)) ?? CHARACTERS.get(name));
}

function drawing(name) {
  return DRAWINGS.get(ALIASES[name] ?? name);
}

function drawn(shapes) {
  return shapes && svg("svg", FRAME, ...shapes.cloneNode(true).children);
}
