/** The block half of standard Markdown, for `markdown` blocks: headings, lists, fences, quotes, tables, rules. */

import { h } from "../core/dom.js";
import { markdownInline } from "./markdown_inline.js";
import { unescaped } from "./references.js";

const FENCE = /^\s*(```|~~~)/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const RULE = /^\s*([-*_])(\s*\1){2,}\s*$/;
const QUOTE = /^\s*(?:>|&gt;)\s?/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const TASK = /^\[([ xX])\]\s+/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** Each rule takes lines off the front of `lines` and gives a node. */
const RULES = [
  { begins: ([line]) => line.trim() === "", take: (lines) => void lines.shift() },
  { begins: ([line]) => FENCE.test(line), take: fence },
  { begins: ([line]) => HEADING.test(line), take: heading },
  { begins: ([line]) => RULE.test(line), take: (lines) => lines.shift() && h("hr", { class: "divider" }) },
  { begins: ([line]) => QUOTE.test(line), take: quote },
  { begins: ([line]) => ITEM.test(line), take: list },
  { begins: ([line, next]) => line.includes("|") && TABLE_RULE.test(next ?? ""), take: table },
  { begins: () => true, take: paragraph },
];

/** @param {string} text @returns {Node[]} */
export function markdown(text) {
  const lines = (text ?? "").split("\n");
  const nodes = [];
  while (lines.length) nodes.push(RULES.find((rule) => rule.begins(lines)).take(lines));
  return nodes.filter(Boolean);
}

function fence(lines) {
  const mark = FENCE.exec(lines.shift())[1];
  const code = takeWhile(lines, (line) => !line.trim().startsWith(mark));
  lines.shift();
  return h("pre", { class: "code-block" }, unescaped(code.join("\n")));
}

function heading(lines) {
  const [, marks, text] = HEADING.exec(lines.shift());
  return h(`h${Math.min(marks.length + 2, 6)}`, { class: `heading heading-${marks.length}` }, ...markdownInline(text));
}

function quote(lines) {
  const quoted = takeWhile(lines, (line) => QUOTE.test(line)).map((line) => line.replace(QUOTE, ""));
  return h("blockquote", { class: "quote" }, ...markdown(quoted.join("\n")));
}

function paragraph(lines) {
  const own = [lines.shift()];
  while (lines.length && RULES.findIndex((rule) => rule.begins(lines)) === RULES.length - 1) own.push(lines.shift());
  return h("p", { class: "paragraph" }, ...brokenLines(own));
}

function list(lines) {
  const [, indent, marker] = ITEM.exec(lines[0]);
  const ordered = /\d/.test(marker);
  const items = [];
  while (lines.length && sameList(lines[0], indent.length, ordered)) items.push(item(lines, indent.length));
  const start = ordered && Number.parseInt(marker, 10) !== 1 ? Number.parseInt(marker, 10) : null;
  return h(ordered ? "ol" : "ul", { class: "rich-list", start }, ...items);
}

function sameList(line, depth, ordered) {
  const match = ITEM.exec(line);
  return match && match[1].length === depth && /\d/.test(match[2]) === ordered;
}

function item(lines, depth) {
  const text = ITEM.exec(lines.shift())[3];
  const inner = takeWhile(lines, (line) => line.trim() !== "" && line.search(/\S/) > depth);
  const task = TASK.exec(text);
  const box = task && h("input", { type: "checkbox", disabled: true, checked: task[1] !== " " });
  return h(
    "li",
    { class: task ? "task" : null },
    box,
    ...markdownInline(text.replace(TASK, "")),
    ...markdown(inner.join("\n")),
  );
}

function table(lines) {
  const header = cells(lines.shift());
  const aligns = cells(lines.shift()).map((rule) => `${rule.startsWith(":")}${rule.endsWith(":")}`);
  const align = (column) => ({ truetrue: "center", falsetrue: "right" })[aligns[column]] ?? "left";
  const rows = takeWhile(lines, (line) => line.includes("|")).map(cells);
  const row = (tag, texts) =>
    h("tr", {}, ...texts.map((text, at) => h(tag, { style: { "text-align": align(at) } }, ...markdownInline(text))));
  return h(
    "table",
    { class: "table" },
    h("thead", {}, row("th", header)),
    h("tbody", {}, ...rows.map((each) => row("td", each))),
  );
}

const cells = (line) =>
  line
    .trim()
    .replace(/^\||\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));

const brokenLines = (lines) =>
  lines.flatMap((line, index) => (index ? [h("br"), ...markdownInline(line)] : markdownInline(line)));

function takeWhile(lines, wanted) {
  const end = lines.findIndex((line) => !wanted(line));
  return lines.splice(0, end < 0 ? lines.length : end);
}
