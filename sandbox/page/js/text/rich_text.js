/** rich_text blocks: sections, lists, quotes and preformatted text made of styled parts (slack docs: rich text). */

import { h } from "../core/dom.js";
import { safeColor } from "../core/sanitise.js";
import { state } from "../core/state.js";
import { emoji } from "./emoji.js";
import { broadcast, channelMention, groupMention, link, moment, personMention } from "./references.js";

const CONTAINERS = {
  rich_text_section: (element) => h("div", { class: "rich-section" }, ...parts(element)),
  rich_text_quote: (element) => h("blockquote", { class: "quote" }, ...parts(element)),
  rich_text_preformatted: (element) => h("pre", { class: "code-block" }, ...parts(element)),
  rich_text_list: list,
};

const STYLES = {
  code: ["code", "code"],
  bold: ["strong"],
  italic: ["em"],
  strike: ["s"],
  underline: ["u"],
  highlight: ["mark"],
};

const PARTS = {
  text: (part) => document.createTextNode(part.text),
  link: (part) => link(part.url, part.text),
  emoji: (part) => emojiPart(part),
  user: (part) => personMention(part.user_id),
  channel: (part) => channelMention(part.channel_id),
  usergroup: (part) => groupMention(part.usergroup_id),
  team: () => document.createTextNode(state.team.name),
  broadcast: (part) => broadcast(part.range),
  date: (part) => moment(part.timestamp, part.format, part),
  color: (part) => color(part.value),
};

/** @param {{elements: object[]}} block @returns {HTMLElement} */
export function richText(block) {
  return h("div", { class: "rich-text" }, ...block.elements.map((element) => CONTAINERS[element.type]?.(element)));
}

/** The words of a rich text, for a field that edits them as plain text. */
export function richTextWords(block) {
  const words = (element) => (element.elements ?? []).map((part) => part.text ?? words(part)).join("");
  return (block?.elements ?? []).map(words).join("\n");
}

function parts(element) {
  return (element.elements ?? []).map((part) => dressed(PARTS[part.type]?.(part), part.style));
}

function dressed(node, style) {
  if (!node || !style) return node;
  return Object.entries(STYLES).reduce(
    (inner, [name, [tag, className]]) => (style[name] ? h(tag, { class: className }, inner) : inner),
    node,
  );
}

function list(element) {
  const depth = element.indent ?? 0;
  const attributes = { class: "rich-list", data: { depth: depth % 3 }, style: { "--depth": depth } };
  if (element.border) attributes.class += " rich-list-bordered";
  const ordered = element.style === "ordered";
  if (ordered && element.offset) attributes.start = element.offset + 1;
  return h(ordered ? "ol" : "ul", attributes, ...element.elements.map((item) => h("li", {}, ...parts(item))));
}

// Slack sends the code points of an emoji along with its name, which covers those we have no name for.
function emojiPart(part) {
  const known = emoji(part.name);
  if (known.nodeType !== Node.TEXT_NODE || !part.unicode) return known;
  const points = part.unicode.split("-").map((point) => Number.parseInt(point, 16));
  return points.some(Number.isNaN) ? known : document.createTextNode(String.fromCodePoint(...points));
}

function color(value) {
  const swatch = h("span", { class: "color-swatch", style: { "background-color": safeColor(value) } });
  return h("span", { class: "color-value" }, value, swatch);
}
