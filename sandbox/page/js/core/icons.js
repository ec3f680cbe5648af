/** The line icons of the page, drawn here so that nothing is fetched: 20 units square, stroked in the text's colour. */

import { svg } from "./dom.js";

const DRAWINGS = {
  add: "M10 4v12M4 10h12",
  archive: "M3 5h14v3H3zM4.5 8v8h11V8M8 11h4",
  at: "M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0Zm0 0v1.2a2 2 0 0 0 4 0V10a7 7 0 1 0-2.8 5.6",
  back: "M12.5 4.5 7 10l5.5 5.5",
  bell: "M5 14V9a5 5 0 0 1 10 0v5l1 1H4zM8.5 17.5h3",
  bold: "M6 4h5a3 3 0 0 1 0 6H6zm0 6h6a3 3 0 0 1 0 6H6z",
  bolt: "M11.5 2.5 4.5 11.5H9l-.5 6 7-9H11z",
  branch:
    "M6 6.5v7M6 6.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4Zm0 7a2 2 0 1 0 0 4 2 2 0 0 0 0-4Zm8-5a2 2 0 1 0 0-4 2 2 0 0 0 0 4Zm0 0c0 3-3 3-8 4.5",
  calendar: "M3.5 5h13v12h-13zM3.5 8.5h13M7 3v3.5M13 3v3.5",
  check: "m4.5 10.5 4 4 7-9",
  clock: "M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0Zm-7-4v4l2.5 2",
  close: "m5 5 10 10M15 5 5 15",
  cloud: "M6 15.5h8a3 3 0 0 0 .4-6A4.5 4.5 0 0 0 5.8 8.6 3.5 3.5 0 0 0 6 15.5Z",
  code: "m7 6-4 4 4 4M13 6l4 4-4 4",
  dots: "M5.4 10a.9.9 0 1 1-1.8 0 .9.9 0 0 1 1.8 0Zm5.5 0a.9.9 0 1 1-1.8 0 .9.9 0 0 1 1.8 0Zm5.5 0a.9.9 0 1 1-1.8 0 .9.9 0 0 1 1.8 0Z",
  down: "m5.5 8 4.5 4.5L14.5 8",
  eye: "M2 10s3-5.5 8-5.5S18 10 18 10s-3 5.5-8 5.5S2 10 2 10Zm10 0a2 2 0 1 1-4 0 2 2 0 0 1 4 0Z",
  external: "M11 4h5v5M16 4l-7 7M13.5 11.5V16H4V6.5h4.5",
  file: "M5 2.5h6.5l4 4V17.5H5zM11.5 2.5v4h4",
  hash: "M4 7.5h12.5M3.5 12.5H16M8.5 3.5 6.5 16.5M13.5 3.5l-2 13",
  headphones: "M4 12a6 6 0 0 1 12 0v4h-2.5v-4H16M4 12v4h2.5v-4H4",
  home: "M3.5 9.5 10 4l6.5 5.5V16.5h-4.5v-4h-4v4H3.5z",
  italic: "M9 4h5M6 16h5M11.5 4l-3 12",
  link: "M8.5 11.5a3 3 0 0 0 4.5.3l2.5-2.5a3.1 3.1 0 0 0-4.4-4.4L10 6M11.5 8.5a3 3 0 0 0-4.5-.3l-2.5 2.5a3.1 3.1 0 0 0 4.4 4.4L10 14",
  list: "M8 5.5h9M8 10h9M8 14.5h9M3.5 5.5h.1M3.5 10h.1M3.5 14.5h.1",
  lock: "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  menu: "M3 5.5h14M3 10h14M3 14.5h14",
  message: "M3 4h14v10.5H9L5.5 17.5v-3H3z",
  more: "M10 4.5v.1M10 10v.1M10 15.5v.1",
  panel: "M3 4h14v12H3zM12 4v12",
  people:
    "M10 7a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0ZM2.5 16c0-3 2-4.5 5-4.5s5 1.5 5 4.5M12 4.8a2.5 2.5 0 1 1 1 4.7M14.5 11.8c2 .6 3 2 3 4.2",
  pin: "M7 3.5h6M8 3.5v5l-2.5 3h9L12 8.5v-5M10 11.5v5.5",
  right: "M8 5.5l4.5 4.5L8 14.5",
  search: "M13.5 8.5a5 5 0 1 1-10 0 5 5 0 0 1 10 0ZM12.3 12.3l4.7 4.7",
  send: "M3.5 3.5 17 10 3.5 16.5l1.5-6.5zM5 10h5.5",
  smile: "M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0ZM7 11.5c.5 1.5 1.5 2.3 3 2.3s2.5-.8 3-2.3M7.5 7.8v.1M12.5 7.8v.1",
  strike:
    "M3.5 10h13M13.5 6.5C13 5 11.8 4 10 4 8 4 6.5 5.2 6.5 6.8c0 1 .5 1.7 1.3 2.2M6.5 13.5C7 15 8.2 16 10 16c2.2 0 3.5-1.2 3.5-2.8 0-.5-.1-1-.4-1.4",
  thread: "M3 4h14v9.5h-7L6.5 16.5v-3H3zM6.5 7.5h7M6.5 10.2h4.5",
  trash: "M4 5.5h12M8 5.5V3.5h4v2M5.5 5.5l.8 11.5h7.4l.8-11.5",
  warning: "M10 3 2.5 16.5h15zM10 8v4M10 14.3v.1",
};

/** @param {keyof DRAWINGS} name @param {number} size pixels */
export function icon(name, size = 18) {
  const frame = { viewBox: "0 0 20 20", width: size, height: size, class: "icon", "aria-hidden": "true" };
  return svg("svg", frame, svg("path", { d: DRAWINGS[name] }));
}

/** The app's mark: a ring and its core, as on a card of builds. */
export function appMark(size = 36) {
  const frame = { viewBox: "0 0 36 36", width: size, height: size, class: "app-mark", "aria-hidden": "true" };
  return svg(
    "svg",
    frame,
    svg("rect", { width: 36, height: 36, rx: 8, fill: "#161616", stroke: "#8a8a8a55" }),
    svg("path", { d: "M8.6 15.2a9.8 9.8 0 1 1 0 5.6", fill: "none", stroke: "#fff", "stroke-width": 3.6 }),
    svg("circle", { cx: 18, cy: 18, r: 3.9, fill: "#3ddc84" }),
  );
}
