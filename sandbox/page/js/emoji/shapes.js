/** What emoji are drawn with, on a field of 20 by 20. A shape is `[tag, attributes]` of SVG. */

export const fill = (color, d) => ["path", { fill: color, d }];
export const disc = (color, cx, cy, r) => ["circle", { fill: color, cx, cy, r }];
export const box = (color, x, y, width, height, rx = 0) => ["rect", { fill: color, x, y, width, height, rx }];
export const line = (color, width, d) => [
  "path",
  { fill: "none", stroke: color, "stroke-width": width, "stroke-linecap": "round", "stroke-linejoin": "round", d },
];
export const ring = (color, width, cx, cy, r) => [
  "circle",
  { fill: "none", stroke: color, "stroke-width": width, cx, cy, r },
];

/** A rounded tile with white drawing on it, as signs are. */
export const tile = (color, ...shapes) => [box(color, 1.5, 1.5, 17, 17, 3.5), ...shapes];

export const GREEN = "#2eb67d";
export const RED = "#e0304f";
export const YELLOW = "#f4c430";
export const ORANGE = "#f2882a";
export const BLUE = "#3b88e8";
export const GREY = "#8a94a0";
export const DARK = "#4a5560";
export const WHITE = "#ffffff";
export const SKIN = "#fbc549";
