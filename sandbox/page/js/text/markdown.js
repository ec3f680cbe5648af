/** `markdown` blocks: the tree that the server made of the text (sandbox/slack/block_kit/markdown_tree.py) as DOM. */

import { h } from "../core/dom.js";
import { references } from "./mrkdwn.js";
import { link } from "./references.js";

const TASK = /^\[([ xX])\] +/;
const CLASSES = {
  blockquote: "quote",
  bullet_list: "rich-list",
  ordered_list: "rich-list",
  paragraph: "paragraph",
  table: "table",
};

/** Types that need more than their tag around their children. */
const MAKERS = {
  text: ({ text }) => references(text),
  text_special: ({ text }) => text,
  softbreak: () => h("br"),
  hardbreak: () => h("br"),
  hr: () => h("hr", { class: "divider" }),
  code_inline: ({ text }) => h("code", { class: "code" }, text),
  code_block: preformatted,
  fence: preformatted,
  heading,
  link: (node) => labelled(link(node.attrs.href), node),
  image: (node) => labelled(link(node.attrs.src), node),
  list_item: listItem,
  th: cell,
  td: cell,
};

/** @param {object[]} tree @returns {Node[]} */
export const markdown = (tree) => tree.flatMap((node) => (MAKERS[node.type] ?? plain)(node));

function plain(node) {
  return h(node.tag, { class: CLASSES[node.type], start: node.attrs.start }, ...markdown(node.children));
}

function preformatted({ text }) {
  return h("pre", { class: "code-block" }, text.replace(/\n$/, ""));
}

function heading({ tag, children }) {
  const level = Number(tag[1]);
  return h(`h${Math.min(level + 2, 6)}`, { class: `heading heading-${level}` }, ...markdown(children));
}

// `shown` is a text node when the address may not be opened, and stays so.
function labelled(shown, { children }) {
  if (shown.replaceChildren && children.length) shown.replaceChildren(...markdown(children));
  return shown;
}

function listItem({ children }) {
  const task = TASK.exec(children[0]?.text ?? "");
  if (!task) return h("li", {}, ...markdown(children));
  const box = h("input", { type: "checkbox", disabled: true, checked: task[1] !== " " });
  const [first, ...others] = children;
  return h("li", { class: "task" }, box, ...markdown([{ ...first, text: first.text.replace(TASK, "") }, ...others]));
}

function cell({ tag, attrs, children }) {
  return h(tag, { style: { "text-align": attrs.style?.split(":")[1] ?? "left" } }, ...markdown(children));
}
