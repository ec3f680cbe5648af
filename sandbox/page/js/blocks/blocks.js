/** Block Kit: every block by its type (slack docs: blocks). A placeholder is shown for an unknown one. */

import { h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { element, picture } from "../elements/elements.js";
import { markdown } from "../text/markdown.js";
import { richText } from "../text/rich_text.js";
import { textNodes } from "../text/text_object.js";
import { alertBlock, cardBlock, containerBlock, planBlock, taskCard, videoBlock } from "./cards.js";
import { chartBlock } from "./chart.js";
import { inputBlock } from "./input.js";
import { dataTable, table } from "./table.js";

const BLOCKS = {
  section,
  header: (block) => h("h3", { class: "block-header" }, ...textNodes(block.text)),
  divider: () => h("hr", { class: "divider" }),
  context,
  actions,
  context_actions: actions,
  image,
  input: inputBlock,
  rich_text: richText,
  markdown: (block) => h("div", { class: "markdown" }, ...markdown(block.tree)),
  table,
  data_table: dataTable,
  data_visualization: chartBlock,
  file: (block) => h("div", { class: "file-block" }, icon("file", 16), block.external_id),
  video: videoBlock,
  alert: alertBlock,
  card: cardBlock,
  carousel: (block, surface) =>
    h(
      "div",
      { class: "carousel" },
      block.elements.map((each) => cardBlock(each, surface)),
    ),
  container: (block, surface) => containerBlock(block, renderBlocks(block.child_blocks, surface)),
  plan: planBlock,
  task_card: taskCard,
};

/**
 * @param {object[]} blocks
 * @param {import("./surface.js").Surface} surface its values must have been seeded with these blocks
 * @param {Record<string, string>} errors by block_id, shown under inputs
 * @returns {HTMLElement[]}
 */
export function renderBlocks(blocks, surface, errors = {}) {
  return (blocks ?? []).map((block) => framed(block, BLOCKS[block.type]?.(block, surface, errors[block.block_id])));
}

function framed(block, content) {
  const data = { blockId: block.block_id, blockType: block.type };
  const missing = h("span", { class: "unsupported" }, `(a ${block.type} block is not shown here)`);
  return h("div", { class: `block block-${block.type}`, data }, content ?? missing);
}

function section(block, surface) {
  const fields =
    block.fields &&
    h("div", { class: "fields" }, ...block.fields.map((field) => h("div", { class: "field" }, ...textNodes(field))));
  const text = block.text && h("div", { class: "section-text" }, ...textNodes(block.text));
  const accessory = block.accessory && element({ surface, block, element: block.accessory, isInput: false });
  return h(
    "div",
    { class: "section" },
    h("div", { class: "section-words" }, text, fields),
    accessory && h("div", { class: "accessory" }, accessory),
  );
}

function context(block) {
  const parts = block.elements.map((part) =>
    part.type === "image" ? picture(part, "context-image") : h("span", { class: "context-text" }, ...textNodes(part)),
  );
  return h("div", { class: "context" }, ...parts);
}

function actions(block, surface) {
  return h(
    "div",
    { class: "actions" },
    ...block.elements.map((each) => element({ surface, block, element: each, isInput: false })),
  );
}

function image(block) {
  const title = block.title && h("figcaption", { class: "image-title" }, ...textNodes(block.title));
  return h("figure", { class: "image" }, title, picture(block, "image-picture"));
}
