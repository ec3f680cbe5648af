/** The inline half of standard Markdown: **bold** *italic* ~~strike~~ `code` [text](url) <url> and Slack's references. */

import { h } from "../core/dom.js";
import { emoji } from "../emoji/emoji.js";
import { link, reference, unescaped } from "./references.js";

/** Tried in this order where a part may begin; each gives a node from its match. */
const RULES = [
  [/^\\([!-/:-@[-`{-~])/, ([, character]) => document.createTextNode(character)],
  [/^(`+)([\s\S]*?[^`])\1(?!`)/, ([, , code]) => h("code", { class: "code" }, unescaped(code.trim()))],
  [/^!\[([^\]]*)\]\(\s*<?([^\s)>]+)>?[^)]*\)/, ([, alt, url]) => link(unescaped(url), alt || url)],
  [/^\[((?:[^[\]]|\\[[\]])+)\]\(\s*<?([^\s)>]+)>?(?:\s+"[^"]*")?\s*\)/, ([, text, url]) => labelled(url, text)],
  [/^<([@#!][^<>\n]+|(?:https?|mailto):[^<>\n]+)>/, ([, inner]) => reference(inner)],
  [/^(\*\*|__)(?=\S)([\s\S]*?\S)\1(?!\w)/, ([, , text]) => h("strong", {}, ...markdownInline(text))],
  [/^~~(?=\S)([\s\S]*?\S)~~/, ([, text]) => h("s", {}, ...markdownInline(text))],
  [/^\*(?=[^\s*])([\s\S]*?[^\s*])\*(?!\*)/, ([, text]) => h("em", {}, ...markdownInline(text))],
  [/^_(?=[^\s_])([\s\S]*?[^\s_])_(?!\w)/, ([, text]) => h("em", {}, ...markdownInline(text))],
  [/^:([a-z0-9_+'-]+):/, ([, name]) => emoji(name)],
  [/^https?:\/\/[^\s<>]+[^\s<>.,;:!?)'"\]*_~`]/, ([url]) => link(unescaped(url))],
  [/^(?: {2,}|\\)\n/, () => h("br")],
];
const INSIDE_A_WORD = /[\p{L}\p{N}]/u;
const MAY_OPEN = /[\\`![<*_~:h ]/;

/** @param {string} text @returns {Node[]} */
export function markdownInline(text) {
  const nodes = [];
  let plain = "";
  for (let at = 0; at < text.length;) {
    const part = MAY_OPEN.test(text[at]) ? partAt(text, at) : null;
    if (part && plain) nodes.push(document.createTextNode(unescaped(plain)));
    if (part) nodes.push(part.node);
    plain = part ? "" : plain + text[at];
    at += part?.length ?? 1;
  }
  if (plain) nodes.push(document.createTextNode(unescaped(plain)));
  return nodes;
}

function partAt(text, at) {
  const inWord = at > 0 && INSIDE_A_WORD.test(text[at - 1]);
  if (inWord && "_h".includes(text[at])) return null;
  const rest = text.slice(at);
  for (const [pattern, render] of RULES) {
    const match = pattern.exec(rest);
    if (match) return { node: render(match), length: match[0].length };
  }
  return null;
}

function labelled(url, text) {
  const anchor = link(unescaped(url));
  anchor.replaceChildren?.(...markdownInline(text));
  return anchor.replaceChildren ? anchor : document.createTextNode(text);
}
