/**
 * Slack's mrkdwn as DOM: *bold* _italic_ ~strike~ `code` ```block``` > quote, links, mentions, :emoji:.
 * The text arrives with &, < and > escaped; what is left of them is unescaped here, into text nodes.
 */

import { h } from "../core/dom.js";
import { emoji } from "./emoji.js";
import { link, reference, unescaped } from "./references.js";

const STYLES = { "*": "strong", _: "em", "~": "s" };
const QUOTE = /^(?:&gt;|>) ?/;
const FENCE = /```\n?([\s\S]+?)\n?```/;
const BARE_URL = /^https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)'"\]*_~`]/;
const EMOJI = /^:([a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?/;
const REFERENCE = /^<([^<>\n]+)>/;
const CODE = /^`([^`\n]+)`/;

/** @param {string} text @returns {Node[]} blocks and text, ready to append */
export function mrkdwn(text) {
  const [before, fenced, ...after] = split(text ?? "", FENCE);
  if (fenced === undefined) return lines(before);
  const block = h("pre", { class: "code-block" }, codeParts(fenced));
  return [...lines(before.replace(/\n$/, "")), block, ...mrkdwn(after.join("").replace(/^\n/, ""))];
}

/** Only links, mentions and emoji, for the text nodes of Markdown. @returns {Node[]} */
export const references = (text) => inline(text, /<[@#!]|[:h]/y);

/** One line's worth: no quotes, no code blocks. `begins` is what a part may begin with. @returns {Node[]} */
function inline(text, begins = /[<`:h*_~]/y) {
  const nodes = [];
  let plain = "";
  const flush = () => {
    if (plain) nodes.push(document.createTextNode(unescaped(plain)));
    plain = "";
  };
  for (let at = 0; at < text.length;) {
    begins.lastIndex = at;
    const part = begins.test(text) ? partAt(text, at) : null;
    if (part) {
      flush();
      nodes.push(part.node);
    } else plain += text[at];
    at += part?.length ?? 1;
  }
  flush();
  return nodes;
}

/** Only emoji and text, as in plain_text objects. @returns {Node[]} */
export function withEmoji(text) {
  return (text ?? "").split(/(:[a-z0-9_+'-]+:)/).map((part) => {
    const name = /^:([a-z0-9_+'-]+):$/.exec(part);
    return name ? emoji(name[1]) : document.createTextNode(part);
  });
}

function lines(text) {
  if (!text) return [];
  const groups = [];
  for (const line of text.split("\n")) {
    const quoted = QUOTE.test(line);
    if (!groups.length || groups.at(-1).quoted !== quoted) groups.push({ quoted, lines: [] });
    groups.at(-1).lines.push(quoted ? line.replace(QUOTE, "") : line);
  }
  return groups.flatMap((group, index) => (group.quoted ? quote(group.lines) : plainLines(group.lines, index > 0)));
}

const quote = (quotedLines) => [h("blockquote", { class: "quote" }, ...broken(quotedLines))];
const plainLines = (group, afterQuote) => broken(afterQuote && group[0] === "" ? group.slice(1) : group);

function broken(group) {
  return group.flatMap((line, index) => (index ? [h("br"), ...inline(line)] : inline(line)));
}

/** @returns {{node: Node, length: number}|null} the part that begins at `at`, if any */
function partAt(text, at) {
  const rest = text.slice(at);
  const sign = rest[0];
  if (sign === "<") return matched(rest, REFERENCE, (inner) => reference(inner));
  if (sign === "`") return matched(rest, CODE, (inner) => h("code", { class: "code" }, codeParts(inner)));
  if (sign === ":") return matched(rest, EMOJI, emoji);
  if (sign === "h") return opensWord(text, at) ? matched(rest, BARE_URL, (_, url) => link(unescaped(url))) : null;
  return styled(text, at, sign);
}

function matched(rest, pattern, render) {
  const match = pattern.exec(rest);
  return match && { node: render(match[1], match[0]), length: match[0].length };
}

// A style opens before a word and closes after one: 2*3*4 and snake_case_name stay as they are.
function styled(text, at, sign) {
  if (!opensWord(text, at) || /[\s]/.test(text[at + 1] ?? " ") || text[at + 1] === sign) return null;
  const end = closing(text, at + 1, sign);
  if (end < 0) return null;
  const node = h(STYLES[sign], {}, ...inline(text.slice(at + 1, end)));
  return { node, length: end + 1 - at };
}

function closing(text, from, sign) {
  for (let at = from; at < text.length && text[at] !== "\n"; at++) {
    if (text[at] === "`") at = skip(text, at, "`");
    else if (text[at] === "<") at = skip(text, at, ">");
    else if (text[at] === sign && !/\s/.test(text[at - 1]) && !/[\p{L}\p{N}]/u.test(text[at + 1] ?? "")) return at;
  }
  return -1;
}

function skip(text, at, sign) {
  const end = text.indexOf(sign, at + 1);
  return end < 0 ? at : end;
}

const opensWord = (text, at) => at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1]);

// Inside code only links keep their meaning.
function codeParts(text) {
  return text.split(/(<[^<>\n]+>)/).map((part) => {
    const inner = REFERENCE.exec(part);
    return inner ? reference(inner[1]) : document.createTextNode(unescaped(part));
  });
}

function split(text, pattern) {
  const match = pattern.exec(text);
  if (!match) return [text];
  return [text.slice(0, match.index), match[1], text.slice(match.index + match[0].length)];
}
