/** Tables: `table`, and `data_table` with its caption, the column that names the rows, and pages (slack docs: blocks). */

import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { mrkdwn } from "../text/mrkdwn.js";
import { richText } from "../text/rich_text.js";

const USUAL_PAGE = 5;

/** @param {{rows: object[][], column_settings?: {align?: string, is_wrapped?: boolean}[]}} block the first row is the head */
export function table({ rows: [head, ...rows], column_settings: settings = [] }) {
  return scrolling("Table", h("table", { class: "table" }, headOf(head, settings), bodyOf(rows, settings)));
}

/** @param {{caption: string, rows: object[][], page_size?: number, row_header_column_index?: number}} block */
export function dataTable({ caption, rows: [head, ...rows], page_size: size = USUAL_PAGE, row_header_column_index: named = 0 }) {
  const settings = head.map((_, at) => ({ align: isNumeric(rows, at) ? "right" : "left" }));
  const body = h("tbody");
  const title = h("caption", { class: "table-caption" }, words(caption));
  const content = h("table", { class: "table" }, title, headOf(head, settings), body);
  const show = (from) => fill(body, rows.slice(from, from + size).map((row) => rowOf(row, settings, named)));
  show(0);
  return h("div", {}, scrolling(words(caption), content), rows.length > size && pager(rows.length, size, show));
}

const headOf = (cells, settings) =>
  h("thead", {}, h("tr", {}, ...cells.map((cell, at) => cellNode("th", cell, settings[at], { scope: "col" }))));

const bodyOf = (rows, settings) => h("tbody", {}, ...rows.map((row) => rowOf(row, settings)));

function rowOf(cells, settings, named = null) {
  const node = (cell, at) =>
    at === named ? cellNode("th", cell, settings[at], { scope: "row" }) : cellNode("td", cell, settings[at]);
  return h("tr", {}, ...cells.map(node));
}

function pager(count, size, show) {
  let from = 0;
  const told = h("span", { role: "status" });
  const go = (step) => {
    from = Math.min(Math.max(0, from + step), count - 1 - ((count - 1) % size));
    show(from);
    told.textContent = `${from + 1}–${Math.min(from + size, count)} of ${count}`;
    before.disabled = from === 0;
    after.disabled = from + size >= count;
  };
  const turner = (label, picture, step) =>
    h("button", { class: "icon-button", type: "button", aria: { label }, onclick: () => go(step) }, icon(picture, 16));
  const [before, after] = [turner("Previous rows", "back", -size), turner("Next rows", "right", size)];
  go(0);
  return h("div", { class: "table-pager" }, told, before, after);
}

const isNumeric = (rows, at) => rows.length > 0 && rows.every((row) => row[at]?.type === "raw_number");

function cellNode(tag, cell, settings, attributes = {}) {
  const style = { "text-align": settings?.align, "white-space": settings?.is_wrapped ? null : "nowrap" };
  return h(tag, { ...attributes, style }, cell.type === "rich_text" ? richText(cell) : words(cell));
}

function words(cell) {
  if (typeof cell === "string") return cell;
  if (cell.type === "mrkdwn") return mrkdwn(cell.text);
  return String(cell.text ?? cell.value ?? "");
}

const scrolling = (label, content) =>
  h("div", { class: "table-frame", tabindex: "0", role: "region", aria: { label } }, content);
