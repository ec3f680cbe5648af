/**
 * Charts: bars, lines, areas and pies (slack docs: data visualization block). Whoever does not see them hears a table.
 *
 * @typedef {{type: "bar"|"line"|"area"|"pie", series?: object[], axis_config?: object, segments?: object[]}} Chart
 */

import { h, svg } from "../core/dom.js";

const WIDTH = 600;
const HEIGHT = 240;
const PLOT = { left: 52, right: 592, top: 12, bottom: 200 };
const STEPS = 4;
const COLOURS = 6;

/** @param {{title: string, chart: Chart}} block */
export function chartBlock({ title, chart }) {
  const isPie = chart.type === "pie";
  const drawing = isPie ? pie(chart.segments) : plot(chart);
  const names = (isPie ? chart.segments : chart.series).map((each) => each.label ?? each.name);
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "chart", "aria-hidden": "true" }, drawing);
  const head = h("figcaption", { class: "card-title" }, title);
  return h("figure", { class: "chart-block" }, head, picture, legend(names), heard(title, chart));
}

const hue = (at) => `var(--chart-${(at % COLOURS) + 1})`;

function legend(names) {
  const entry = (name, at) => h("li", {}, h("span", { class: "chart-mark", style: { background: hue(at) } }), name);
  return h("ul", { class: "chart-legend", aria: { hidden: "true" } }, names.map(entry));
}

/** The same numbers as a table. */
function heard(title, { segments, series = [], axis_config: axes }) {
  const head = segments ? ["", "Value"] : ["", ...series.map((each) => each.name)];
  const rows = segments
    ? segments.map(({ label, value }) => [label, value])
    : axes.categories.map((category) => [category, ...series.map((each) => valueAt(each, category) ?? "")]);
  const cells = (tag, row) => h("tr", {}, row.map((cell) => h(tag, {}, String(cell))));
  const body = rows.map((row) => cells("td", row));
  return h("div", { class: "unseen" }, h("table", { aria: { label: title } }, cells("th", head), body));
}

const valueAt = (series, category) => series.data.find((point) => point.label === category)?.value;

function plot({ type, series, axis_config: { categories, x_label: across, y_label: up } }) {
  const values = series.flatMap((each) => each.data.map((point) => point.value));
  const scale = scaleOf(Math.min(0, ...values), Math.max(0, ...values));
  const slot = (PLOT.right - PLOT.left) / categories.length;
  const at = { scale, slot, categories, count: series.length, centre: (index) => PLOT.left + slot * (index + 0.5) };
  const drawn = series.map((each, index) => SHAPES[type](each, index, at));
  const words = categories.map((category, index) => word(at.centre(index), PLOT.bottom + 16, category));
  return [grid(scale), words, drawn, axisWords(across, up)];
}

/** From values to heights, with an end that is round. */
function scaleOf(least, most) {
  const rough = (most - least || 1) / STEPS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough);
  const [low, high] = [Math.floor(least / step) * step, Math.ceil(most / step) * step || step];
  return { low, high, step, y: (value) => PLOT.bottom - ((value - low) / (high - low)) * (PLOT.bottom - PLOT.top) };
}

function grid({ low, high, step, y }) {
  const marks = Array.from({ length: Math.round((high - low) / step) + 1 }, (_, index) => low + index * step);
  const line = (mark) => svg("line", { class: "chart-grid", x1: PLOT.left, x2: PLOT.right, y1: y(mark), y2: y(mark) });
  const told = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 2 });
  return marks.flatMap((mark) => [line(mark), word(PLOT.left - 8, y(mark) + 4, told.format(mark), "end")]);
}

const axisWords = (across, up) => [
  across && word((PLOT.left + PLOT.right) / 2, HEIGHT - 6, across),
  up && svg("g", { transform: `translate(12 ${(PLOT.top + PLOT.bottom) / 2}) rotate(-90)` }, word(0, 0, up)),
];

const word = (x, y, text, anchor = "middle") => svg("text", { x, y, "text-anchor": anchor }, text);

const SHAPES = {
  bar: (series, index, { scale, slot, categories, count, centre }) => {
    const wide = Math.min(48, (slot * 0.7) / count);
    return points(series, categories).map(({ value, at }) => {
      const [top, foot] = [scale.y(Math.max(0, value)), scale.y(Math.min(0, value))];
      const x = centre(at) + (index - count / 2) * wide;
      return svg("rect", { x, y: top, width: wide - 1, height: foot - top, rx: 2, fill: hue(index) });
    });
  },
  line: (series, index, at) => {
    const places = placesOf(series, at);
    const dots = places.map(([cx, cy]) => svg("circle", { cx, cy, r: 3, fill: hue(index) }));
    return [svg("polyline", { points: places.join(" "), fill: "none", stroke: hue(index), "stroke-width": 2.5 }), dots];
  },
  area: (series, index, at) => {
    const places = placesOf(series, at);
    const foot = at.scale.y(Math.max(0, at.scale.low));
    const round = [[places[0][0], foot], ...places, [places.at(-1)[0], foot]];
    const ground = svg("polygon", { points: round.join(" "), fill: hue(index), "fill-opacity": 0.25 });
    return [ground, SHAPES.line(series, index, at)];
  },
};

const placesOf = (series, { scale, categories, centre }) =>
  points(series, categories).map(({ value, at }) => [centre(at), scale.y(value)]);

const points = (series, categories) =>
  categories.map((category, at) => ({ value: valueAt(series, category), at })).filter(({ value }) => value != null);

const RADIUS = 110;

function pie(segments) {
  const whole = segments.reduce((sum, { value }) => sum + value, 0);
  if (segments.length === 1) return svg("circle", { cx: WIDTH / 2, cy: HEIGHT / 2, r: RADIUS, fill: hue(0) });
  let from = 0;
  return segments.map(({ value }, index) => {
    const to = from + value / whole;
    const [start, end, isLong] = [rim(from), rim(to), Number(to - from > 0.5)];
    from = to;
    const arc = `A${RADIUS} ${RADIUS} 0 ${isLong} 1 ${end}`;
    return svg("path", { d: `M${WIDTH / 2} ${HEIGHT / 2} L${start} ${arc}Z`, fill: hue(index) });
  });
}

/** The place on the rim after this share of the way round, clockwise from the top. */
function rim(share) {
  const angle = 2 * Math.PI * share;
  return `${WIDTH / 2 + RADIUS * Math.sin(angle)} ${HEIGHT / 2 - RADIUS * Math.cos(angle)}`;
}
