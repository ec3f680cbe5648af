/** Emoji that are things and faces, drawn here so that they look alike on every machine. */

import { BLUE, DARK, GREEN, GREY, ORANGE, RED, SKIN, WHITE, YELLOW, box, disc, fill, line, ring } from "./shapes.js";

const STEEL = "#a9b4bf";
const GOLD = "#e9b02c";
const WOOD = "#a9713f";
const LENS = "#bfe0f7";
const PAPER = "#eef2f5";
const BELL = "M10 2.5a5 5 0 0 0-5 5c0 4-1 5.5-2 6.5v1h14v-1c-1-1-2-2.5-2-6.5a5 5 0 0 0-5-5Z";
const BULB = "M10 2a5.5 5.5 0 0 0-3 10.1c.6.4 1 1 1 1.7v.2h4v-.2c0-.7.4-1.3 1-1.7A5.5 5.5 0 0 0 10 2Z";
const SHEET = [box(PAPER, 4, 1.5, 12, 17, 1.5), line("#9fb0bf", 1.2, "M6.5 6h7M6.5 9h7M6.5 12h7M6.5 15h4")];
const GLASS = [
  box(WOOD, 4, 1.5, 12, 2.2, 1),
  box(WOOD, 4, 16.3, 12, 2.2, 1),
  fill(LENS, "M5.5 3.7h9c0 3-1.5 4.7-3.3 6.3 1.8 1.6 3.3 3.3 3.3 6.3h-9c0-3 1.5-4.7 3.3-6.3C7 8.4 5.5 6.7 5.5 3.7Z"),
];
const SHACKLE = (d) => line(STEEL, 2.2, d);
const padlock = (shackle) => [
  SHACKLE(shackle),
  box(GOLD, 3.5, 8.5, 13, 9.5, 2),
  disc("#7a5a10", 10, 12.5, 1.5),
  box("#7a5a10", 9.3, 12.5, 1.4, 3, 0.6),
];
const thumb = fill(
  SKIN,
  "M3 9h3v8.5H3zM7 9.5l2.8-6.2c.3-.8 2.4-.8 2.4 1.2 0 1.5-.6 2.8-.8 3.5h4.3c1.3 0 2 1 1.7 2.2l-1.3 5.5c-.3 1.2-1 1.8-2.2 1.8H7z",
);
const CLOUD = "M5.5 15.5h9a3.5 3.5 0 0 0 .5-7A5 5 0 0 0 5.2 8a3.8 3.8 0 0 0 .3 7.5Z";

export const THINGS = {
  hourglass: [...GLASS, fill(GOLD, "M6.2 15.8c.4-2 2-3 3.8-3s3.4 1 3.8 3z")],
  hourglass_flowing_sand: [
    ...GLASS,
    fill(
      GOLD,
      "M6.5 5.8h7c-.6 1.5-2 2.8-3.1 3.8v3.6c1.7.2 3 1.2 3.4 2.6H6.2c.4-1.4 1.7-2.4 3.4-2.6V9.6c-1.1-1-2.5-2.3-3.1-3.8Z",
    ),
  ],
  stopwatch: [
    box(DARK, 8.7, 1, 2.6, 3),
    disc(STEEL, 10, 11, 7.5),
    disc(WHITE, 10, 11, 5.6),
    line(RED, 1.5, "M10 11V7.2M10 11l2.3 1.5"),
  ],
  alarm_clock: [
    disc(RED, 4.5, 4.5, 2.5),
    disc(RED, 15.5, 4.5, 2.5),
    disc(RED, 10, 11, 7.5),
    disc(WHITE, 10, 11, 5.5),
    line(DARK, 1.5, "M10 7.5V11l2.5 1.5"),
  ],
  calendar: [
    box(PAPER, 2, 3, 16, 15, 2),
    fill(RED, "M4 3h12a2 2 0 0 1 2 2v2.5H2V5a2 2 0 0 1 2-2Z"),
    line(GREY, 1.8, "M6 11h.1M10 11h.1M14 11h.1M6 14.5h.1M10 14.5h.1"),
  ],
  rocket: [
    fill(ORANGE, "M5.5 12.5c-2 .6-3 3-3.2 5.2 2.2-.2 4.6-1.2 5.2-3.2z"),
    fill(RED, "M7 8.5 3 10l2.5 2.5zM11.5 13 10 17l-2.5-2.5z"),
    fill("#dfe6ec", "M5.8 11.5C7 6.5 11 2.5 17.8 2.2c-.3 6.8-4.3 10.8-9.3 12z"),
    disc(BLUE, 12.3, 7.7, 1.9),
  ],
  package: [
    fill("#c98f52", "M2.5 6 10 2.5 17.5 6v8.5L10 18l-7.5-3.5z"),
    fill("#a9713f", "M10 9.5V18l-7.5-3.5V6z"),
    line("#f0d5b0", 1.5, "m6 4.3 7.5 3.5v3"),
  ],
  rotating_light: [
    fill(RED, "M5 14V9.5a5 5 0 0 1 10 0V14z"),
    box(DARK, 3.5, 14, 13, 3.5, 1),
    line(RED, 1.5, "M10 1v1.5M2.5 4l1.3 1M17.5 4l-1.3 1"),
  ],
  construction: [
    box(YELLOW, 1.5, 5, 17, 6, 1),
    line(DARK, 2.2, "m4 10.5 3-5M9 10.5l3-5M14 10.5l3-5"),
    line(GREY, 1.8, "M5 11.5v6M15 11.5v6"),
  ],
  lock: padlock("M6.5 9V6.5a3.5 3.5 0 0 1 7 0V9"),
  unlock: padlock("M6.5 9V6a3.5 3.5 0 0 1 6.8-1.2"),
  key: [ring(GOLD, 2.6, 6.5, 13.5, 3.2), line(GOLD, 2.6, "M9 11l7-7M13.5 6.5l2.5 2.5")],
  link: [
    line(
      STEEL,
      2.6,
      "M8.5 11.5a3 3 0 0 0 4.5.3l3-3a3.1 3.1 0 0 0-4.4-4.4l-1 1M11.5 8.5a3 3 0 0 0-4.5-.3l-3 3a3.1 3.1 0 0 0 4.4 4.4l1-1",
    ),
  ],
  pushpin: [line(STEEL, 1.8, "M8 12 3 17"), fill(RED, "M11 2.5 17.5 9l-2 .5-3 3-.3 3L4.5 8l3-.3 3-3z")],
  mag: [disc(LENS, 8.5, 8.5, 5), ring(DARK, 2, 8.5, 8.5, 5.5), line(WOOD, 3, "m13 13 4 4")],
  gear: [
    ring(STEEL, 4, 10, 10, 4.6),
    line(STEEL, 3, "M10 2.8v1M10 16.2v1M2.8 10h1M16.2 10h1M4.9 4.9l.7.7M14.4 14.4l.7.7M4.9 15.1l.7-.7M14.4 5.6l.7-.7"),
  ],
  wrench: [line(STEEL, 3.4, "m8.5 11.5-5 5"), line(STEEL, 2.8, "M16.3 6.3a4 4 0 1 1-2.6-2.6")],
  hammer: [line(WOOD, 2.6, "m9.5 9.5-6 7"), fill(DARK, "m6.5 5.5 5-3.5 6 6-3 3z")],
  hammer_and_wrench: [
    line(STEEL, 2.6, "m6 6 10 10.5M7 5.5a2.5 2.5 0 1 1-2-2.5"),
    line(WOOD, 2.4, "M11.5 9 4 16.5"),
    fill(DARK, "m10 5.5 3.5-3 4 4-3 3z"),
  ],
  bulb: [fill(YELLOW, BULB), box(GREY, 8, 14.5, 4, 3.5, 1)],
  satellite_antenna: [
    line(STEEL, 2, "M6.5 18h8M10.5 18v-4"),
    fill("#c6d0da", "M3.5 3.5a9.2 9.2 0 0 0 13 13Z"),
    line(GREY, 1.4, "M10 10l4.6-4.6"),
    disc(RED, 15.2, 4.8, 1.6),
  ],
  bell: [fill(GOLD, BELL), disc("#9c7414", 10, 16.5, 1.9)],
  no_bell: [fill(GOLD, BELL), line(RED, 2.4, "M3 3l14 14")],
  loudspeaker: [fill(RED, "M3 8h4l8-4.5v13L7 12H3z"), box(GREY, 4, 12, 3, 5, 1), line(ORANGE, 1.6, "M17.5 8v4")],
  speech_balloon: [
    fill(
      PAPER,
      "M3 3h14a1.5 1.5 0 0 1 1.5 1.5v8A1.5 1.5 0 0 1 17 14h-6l-4.5 4V14H3a1.5 1.5 0 0 1-1.5-1.5v-8A1.5 1.5 0 0 1 3 3Z",
    ),
    line(GREY, 1.8, "M6 8.5h.1M10 8.5h.1M14 8.5h.1"),
  ],
  envelope: [box(PAPER, 1.5, 4, 17, 12, 1.5), line(GREY, 1.4, "m2 5 8 6 8-6")],
  memo: [...SHEET, line(ORANGE, 2.6, "m11 14 6-7")],
  clipboard: [
    box(WOOD, 3, 3, 14, 15.5, 2),
    box(PAPER, 5, 5.5, 10, 11),
    box(STEEL, 7, 1.5, 6, 3.5, 1),
    line(GREY, 1.2, "M7 9h6M7 12h6"),
  ],
  page_facing_up: SHEET,
  frame_with_picture: [
    box(GOLD, 1.5, 3, 17, 14, 1.5),
    box(LENS, 4, 5.5, 12, 9, 0.5),
    fill(GREEN, "M4 14.5 8 9.5l3 3 2-2 3 4z"),
    disc(ORANGE, 13, 8, 1.3),
  ],
  scroll: SHEET,
  bar_chart: [
    box(PAPER, 1.5, 1.5, 17, 17, 2),
    box(GREEN, 4, 10, 3, 6),
    box(RED, 8.5, 5, 3, 11),
    box(BLUE, 13, 8, 3, 8),
  ],
  chart_with_upwards_trend: [box(PAPER, 1.5, 1.5, 17, 17, 2), line(RED, 1.8, "m4 14 4-4 3 2 5-7")],
  chart_with_downwards_trend: [box(PAPER, 1.5, 1.5, 17, 17, 2), line(BLUE, 1.8, "m4 5 4 4 3-2 5 7")],
  bug: [
    line(GREEN, 3.6, "M4 14c3-5 5 1 8-4"),
    disc(GREEN, 14, 8, 2.8),
    disc(DARK, 15, 7.5, 0.7),
    line(DARK, 1, "M14.5 5 16 2.5"),
  ],
  test_tube: [
    line(STEEL, 1.4, "m11 2.5 6.5 6.5"),
    fill(LENS, "m12 4 4 4-8 8a2.9 2.9 0 0 1-4-4z"),
    fill(GREEN, "M8 9h6l-6 7a2.9 2.9 0 0 1-4-4z"),
  ],
  broom: [line(WOOD, 2, "m17 3-7 7"), fill(YELLOW, "m8.5 8.5 3 3c-1 4-3.5 5.5-7 6.5L2 15.5c3-1.5 4-3.5 6.5-7Z")],
  wastebasket: [
    fill(STEEL, "M4 5h12l-1.2 13H5.2z"),
    line(WHITE, 1, "m8 8 .4 7M12 8l-.4 7"),
    box(DARK, 3, 3.5, 14, 2, 1),
  ],
  shield: [fill(BLUE, "M10 1.8 17 4v5.5c0 4-3 7-7 8.7-4-1.7-7-4.7-7-8.7V4z"), line(WHITE, 2, "m6.8 10 2.4 2.4 4-4.8")],
  robot_face: [
    line(GREY, 1.6, "M10 5V2.5"),
    box(STEEL, 2.5, 5, 15, 12.5, 3),
    disc(BLUE, 7, 10, 1.8),
    disc(BLUE, 13, 10, 1.8),
    line(DARK, 1.4, "M7 14h6"),
    disc(RED, 10, 2.2, 1.3),
  ],
  seedling: [
    line(GREEN, 1.8, "M10 18v-7"),
    fill(GREEN, "M10 12C9 7 5 6 2 6.5 3 11 6 12.5 10 12ZM10 10c0-4 3-6.5 7.5-6.5C17.5 8 14.5 10.5 10 10Z"),
  ],
  zap: [fill(YELLOW, "M12 1.5 3.5 11.5h5L7 18.5 16.5 8h-5.5z")],
  fire: [
    fill(
      ORANGE,
      "M10.5 1.5c.5 3-4.5 5-5.5 9.5-.8 4 2 7.5 5.5 7.5 3.3 0 5.5-2.5 5.5-5.8 0-2.2-1-3.7-2-4.7 0 1.5-.8 2-1.5 2 .8-3-.5-7-2-8.5Z",
    ),
    fill(YELLOW, "M10.3 18c-1.8 0-3-1.3-3-3 0-2 1.8-2.8 2.5-4.5 1.7 1 3.5 2.5 3.5 4.5 0 1.7-1.2 3-3 3Z"),
  ],
  boom: [
    fill(ORANGE, "m10 1.5 2 4 4.5-2-1 4.5 3.5 2-3.5 2 1 4.5-4.5-2-2 4-2-4-4.5 2 1-4.5L1 10l3.5-2-1-4.5 4.5 2z"),
    disc(YELLOW, 10, 10, 3),
  ],
  sparkles: [
    fill(
      YELLOW,
      "M8 5.5 9.5 10 14 11.5 9.5 13 8 17.5 6.5 13 2 11.5 6.5 10zM15 1.5l.9 2.6 2.6.9-2.6.9L15 8.5l-.9-2.6-2.6-.9 2.6-.9z",
    ),
  ],
  star: [fill(YELLOW, "m10 1.8 2.5 5.3 5.8.7-4.3 4 1.1 5.8L10 14.8l-5.1 2.8L6 11.8l-4.3-4 5.8-.7z")],
  sunny: [
    disc(YELLOW, 10, 10, 4.5),
    line(
      YELLOW,
      2,
      "M10 1.8v1.4M10 16.8v1.4M1.8 10h1.4M16.8 10h1.4M4.2 4.2l1 1M14.8 14.8l1 1M4.2 15.8l1-1M14.8 5.2l1-1",
    ),
  ],
  cloud: [fill("#cfd9e2", CLOUD)],
  rain_cloud: [fill("#aebbc7", CLOUD), line(BLUE, 1.6, "m7 16.5-.7 2M10.5 16.5l-.7 2M14 16.5l-.7 2")],
  tada: [
    fill(GOLD, "m6 7.5 6.5 6.5L2 18z"),
    line(RED, 1.8, "M9 6c1-1.5.8-3 0-4.5"),
    line(BLUE, 1.8, "M14 11c1.5-1 3-.8 4.5 0"),
    line(GREEN, 1.8, "M11.5 8.5c2-.5 4-2.5 4.5-5"),
    disc(RED, 17, 7, 1),
    disc(BLUE, 12.5, 3.5, 1),
  ],
  trophy: [
    fill(GOLD, "M5.5 2h9v5a4.5 4.5 0 0 1-9 0zM9 11h2v4H9zM6 15h8v3H6z"),
    line(GOLD, 1.6, "M5.5 4H3c0 3 1 4.5 3 5M14.5 4H17c0 3-1 4.5-3 5"),
  ],
  checkered_flag: [
    line(GREY, 1.6, "M4 2v16.5"),
    box(PAPER, 4.5, 3, 13, 9),
    fill(DARK, "M4.5 3h3.2v3H4.5zM11 3h3.2v3H11zM7.7 6H11v3H7.7zM14.2 6h3.3v3h-3.3zM4.5 9h3.2v3H4.5zM11 9h3.2v3H11z"),
  ],
  heart: [fill(RED, "M10 17.5C4 13 1.5 10 1.5 6.8a4.3 4.3 0 0 1 8.5-1 4.3 4.3 0 0 1 8.5 1c0 3.2-2.5 6.2-8.5 10.7Z")],
  eyes: [
    fill(
      WHITE,
      "M5.5 3.5c2 0 3.5 2.9 3.5 6.5s-1.5 6.5-3.5 6.5S2 13.6 2 10s1.5-6.5 3.5-6.5ZM14.5 3.5c2 0 3.5 2.9 3.5 6.5s-1.5 6.5-3.5 6.5S11 13.6 11 10s1.5-6.5 3.5-6.5Z",
    ),
    line(
      "#b9c3cc",
      0.8,
      "M5.5 3.5c2 0 3.5 2.9 3.5 6.5s-1.5 6.5-3.5 6.5S2 13.6 2 10s1.5-6.5 3.5-6.5ZM14.5 3.5c2 0 3.5 2.9 3.5 6.5s-1.5 6.5-3.5 6.5S11 13.6 11 10s1.5-6.5 3.5-6.5Z",
    ),
    disc(DARK, 4.7, 11, 1.9),
    disc(DARK, 13.7, 11, 1.9),
  ],
  raised_hand: [
    fill(
      SKIN,
      "M6.2 9V4.5a1.1 1.1 0 0 1 2.2 0V8h.4V2.9a1.1 1.1 0 0 1 2.3 0V8h.4V3.8a1.1 1.1 0 0 1 2.2 0V9h.4V6.3a1 1 0 0 1 2.1 0V12c0 4-2.2 6.5-5.7 6.5-3 0-4.5-1.6-6-4.5L2.3 11c-.5-1.2 1-2 1.9-1l2 2.2z",
    ),
  ],
  wave: [
    fill(
      SKIN,
      "M5.5 10.5 3.7 6.3a1 1 0 0 1 1.9-.9l2 3.6.5-.3-2-4.7a1.1 1.1 0 0 1 2-.8l2.3 4.7.5-.2-1-4.2a1 1 0 0 1 2-.6l2 5.5 1-.8c.9-.8 2.3.1 1.7 1.3L15 12c-.5 4-2 6-4.5 6.3-3 .4-4.5-3-5-7.8Z",
    ),
    line(BLUE, 1.2, "M15 2.5c1 .5 1.7 1.2 2.2 2.2M2.5 14c.2 1 .8 2 1.6 2.7"),
  ],
  thumbsup: [thumb],
  thumbsdown: [["path", { ...thumb[1], transform: "rotate(180 10 10.2)" }]],
  point_right: [
    fill(SKIN, "M3 7h5l9.5 1a1.3 1.3 0 0 1 0 2.6H12v.6a1.3 1.3 0 0 1-.5 2.5 1.3 1.3 0 0 1-.5 2.3H6c-2 0-3-1-3-3z"),
  ],
  bust_in_silhouette: [disc("#5f6f80", 10, 6.5, 4), fill("#5f6f80", "M2.5 17.5c0-4.5 3-6.5 7.5-6.5s7.5 2 7.5 6.5z")],
  busts_in_silhouette: [
    disc("#8fa0b0", 13.5, 6.5, 3.3),
    fill("#8fa0b0", "M8 17c0-4 2-6 5.5-6s5.5 2 5.5 6z"),
    disc("#5f6f80", 7, 7, 3.6),
    fill("#5f6f80", "M1 17.5c0-4.5 2.5-6.3 6-6.3s6 1.8 6 6.3z"),
  ],
};

Object.assign(THINGS, {
  "+1": THINGS.thumbsup,
  "-1": THINGS.thumbsdown,
  hand: THINGS.raised_hand,
  mag_right: THINGS.mag,
  date: THINGS.calendar,
  mega: THINGS.loudspeaker,
  email: THINGS.envelope,
  pencil2: THINGS.memo,
  beetle: THINGS.bug,
  herb: THINGS.seedling,
  confetti_ball: THINGS.tada,
});
