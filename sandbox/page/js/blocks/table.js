/** Tables: `table` with rows of cells, and `data_table` with its caption and header row. */

import { h } from "../core/dom.js";
import { mrkdwn } from "../text/mrkdwn.js";
import { richText } from "../text/rich_text.js";

/** @param {{rows: object[][], column_settings?: {align?: string, is_wrapped?: boolean}[]}} block the first row is the header */
export function table(block) {
  const [head, ...rows] = block.rows;
  const row = (tag) => (cells) =>
    h("tr", {}, ...cells.map((cell, at) => cellNode(tag, cell, block.column_settings?.[at])));
  const body = h("tbody", {}, ...rows.map(row("td")));
  return scrolling(h("table", { class: "table" }, head && h("thead", {}, row("th")(head)), body));
}

export function dataTable(block) {
  const caption = block.caption && h("div", { class: "table-caption" }, words(block.caption));
  return h("div", {}, caption, table({ rows: block.rows ?? [], column_settings: block.columns }));
}

function cellNode(tag, cell, settings) {
  const style = { "text-align": settings?.align, "white-space": settings?.is_wrapped ? null : "nowrap" };
  return h(tag, { style }, cell.type === "rich_text" ? richText(cell) : words(cell));
}

function words(cell) {
  if (typeof cell === "string") return cell;
  if (cell.type === "mrkdwn") return mrkdwn(cell.text);
  return String(cell.text ?? cell.value ?? "");
}

const scrolling = (content) =>
  h("div", { class: "table-frame", tabindex: "0", role: "region", aria: { label: "Table" } }, content);
