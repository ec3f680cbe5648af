/** Emoji that are signs, drawn here so that they look alike on every machine, also on one without an emoji font. */

import { BLUE, GREEN, GREY, ORANGE, RED, WHITE, YELLOW, box, disc, fill, line, ring, tile } from "./shapes.js";

const TICK = "m5.6 10.4 3 3 5.8-6.6";
const CROSS = "m6 6 8 8M14 6l-8 8";
const TURN = "M15.4 8.2A6 6 0 0 0 5 6.2M4.6 11.8A6 6 0 0 0 15 13.8";
const ball = (color) => [disc(color, 10, 10, 8.2), fill("#ffffff55", "M5 7.5a6 6 0 0 1 5-3.3 5 5 0 0 0-3.8 4.2z")];
const square = (color) => [box(color, 2, 2, 16, 16, 2.5)];
const arrow = (d) => tile(BLUE, line(WHITE, 2, d));

export const SIGNS = {
  white_check_mark: tile(GREEN, line(WHITE, 2.4, TICK)),
  ballot_box_with_check: tile(BLUE, line(WHITE, 2.4, TICK)),
  heavy_check_mark: [line(GREEN, 3.2, "m3.5 11 4.5 4.5 8.5-10")],
  x: [line(RED, 3.4, "m4.5 4.5 11 11M15.5 4.5l-11 11")],
  heavy_multiplication_x: [line(GREY, 3.4, CROSS)],
  negative_squared_cross_mark: tile(GREEN, line(WHITE, 2.4, CROSS)),
  warning: [
    fill(
      YELLOW,
      "M10 1.8c.7 0 1.2.3 1.5.9l7 12.9c.6 1.1-.2 2.5-1.5 2.5H3c-1.3 0-2.1-1.4-1.5-2.5l7-12.9c.3-.6.8-.9 1.5-.9Z",
    ),
    line("#3b2f05", 2, "M10 7.2v4.6M10 14.8v.1"),
  ],
  no_entry: [disc(RED, 10, 10, 8.4), box(WHITE, 4.5, 8.4, 11, 3.2, 0.8)],
  no_entry_sign: [ring(RED, 2.4, 10, 10, 7), line(RED, 2.4, "m5.2 5.2 9.6 9.6")],
  octagonal_sign: [fill(RED, "M6.6 1.8h6.8l4.8 4.8v6.8l-4.8 4.8H6.6l-4.8-4.8V6.6z"), line(WHITE, 2, "M6.5 10h7")],
  question: [line(RED, 2.6, "M6.8 6.8A3.3 3.3 0 1 1 11.6 9.7c-1.1.7-1.6 1.3-1.6 2.5M10 16.3v.1")],
  grey_question: [line("#b4bcc4", 2.6, "M6.8 6.8A3.3 3.3 0 1 1 11.6 9.7c-1.1.7-1.6 1.3-1.6 2.5M10 16.3v.1")],
  small_red_triangle: [fill(RED, "M10 5.5 15.5 15h-11z")],
  small_red_triangle_down: [fill(RED, "M10 14.5 4.5 5h11z")],
  exclamation: [line(RED, 3, "M10 3.5v8.2M10 16.3v.1")],
  information_source: tile(BLUE, line(WHITE, 2.2, "M10 9.2v5M10 5.7v.1")),
  heavy_plus_sign: [line(GREY, 3, "M10 4v12M4 10h12")],
  heavy_minus_sign: [line(GREY, 3, "M4 10h12")],
  large_green_circle: ball(GREEN),
  red_circle: ball(RED),
  large_yellow_circle: ball(YELLOW),
  large_orange_circle: ball(ORANGE),
  large_blue_circle: ball(BLUE),
  large_purple_circle: ball("#8e5bd0"),
  large_brown_circle: ball("#8a5a3b"),
  white_circle: [disc("#eceff2", 10, 10, 8.2), ring("#c3cad1", 1, 10, 10, 7.7)],
  black_circle: [...ball("#2b3138"), ring(GREY, 0.8, 10, 10, 8.2)],
  large_green_square: square(GREEN),
  large_red_square: square(RED),
  large_yellow_square: square(YELLOW),
  large_blue_square: square(BLUE),
  white_large_square: [box("#c3cad1", 2, 2, 16, 16, 2.5), box("#f6f7f9", 3, 3, 14, 14, 1.5)],
  double_vertical_bar: tile(BLUE, box(WHITE, 6, 5.5, 2.8, 9, 0.6), box(WHITE, 11.2, 5.5, 2.8, 9, 0.6)),
  black_square_for_stop: tile(BLUE, box(WHITE, 6, 6, 8, 8, 0.8)),
  arrow_forward: tile(BLUE, fill(WHITE, "m7 5.2 8 4.8-8 4.8z")),
  arrow_backward: tile(BLUE, fill(WHITE, "m13 5.2-8 4.8 8 4.8z")),
  fast_forward: tile(BLUE, fill(WHITE, "m4.5 5.6 5.5 4.4-5.5 4.4zM10 5.6l5.5 4.4-5.5 4.4z")),
  rewind: tile(BLUE, fill(WHITE, "M15.5 5.6 10 10l5.5 4.4zM10 5.6 4.5 10l5.5 4.4z")),
  black_right_pointing_double_triangle_with_vertical_bar: tile(
    BLUE,
    fill(WHITE, "m4 5.8 4.8 4.2L4 14.2zM8.8 5.8l4.8 4.2-4.8 4.2z"),
    box(WHITE, 13.8, 5.8, 2, 8.4),
  ),
  repeat: tile(
    BLUE,
    line(
      WHITE,
      1.8,
      "M5 9.2V8.5a2 2 0 0 1 2-2h7.5m-2-2.2 2.2 2.2-2.2 2.2M15 10.8v.7a2 2 0 0 1-2 2H5.5m2-2.2-2.2 2.2 2.2 2.2",
    ),
  ),
  new: tile(BLUE, line(WHITE, 2, "M6.2 14V6l7.6 8V6")),
  game_die: [
    box("#c9d1d9", 2, 2, 16, 16, 3),
    box("#fff", 3, 3, 14, 14, 2.4),
    disc(RED, 6.6, 6.6, 1.5),
    disc(RED, 10, 10, 1.5),
    disc(RED, 13.4, 13.4, 1.5),
  ],
  repeat_one: tile(BLUE, line(WHITE, 1.8, "M5 9.2V8.5a2 2 0 0 1 2-2h7.5M15 10.8v.7a2 2 0 0 1-2 2H5.5M10 8.5v3")),
  arrows_counterclockwise: tile(BLUE, line(WHITE, 1.8, `${TURN}M5 3.2v3.2h3.2M15 16.8v-3.2h-3.2`)),
  arrows_clockwise: tile(BLUE, line(WHITE, 1.8, `${TURN}M15.6 5v3.3h-3.3M4.4 15v-3.3h3.3`)),
  leftwards_arrow_with_hook: arrow("M8 5 4.5 8.5 8 12M5 8.5h6.5a3 3 0 0 1 0 6H9"),
  arrow_right: arrow("M5 10h10m-4-4 4 4-4 4"),
  arrow_left: arrow("M15 10H5m4-4-4 4 4 4"),
  arrow_up: arrow("M10 15V5m-4 4 4-4 4 4"),
  arrow_down: arrow("M10 5v10m-4-4 4 4 4-4"),
  arrow_upper_right: arrow("m6 14 8-8M7.5 6H14v6.5"),
  arrow_lower_right: arrow("m6 6 8 8M14 7.5V14H7.5"),
};
