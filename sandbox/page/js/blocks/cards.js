/** The newer blocks, in a plain form: video, alert, card, container, task_card and plan. */

import { h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { safeUrl } from "../core/sanitise.js";
import { element, picture } from "../elements/elements.js";
import { emoji } from "../text/emoji.js";
import { richText } from "../text/rich_text.js";
import { textNodes } from "../text/text_object.js";

const TASK_SIGNS = {
  pending: "white_circle",
  in_progress: "hourglass_flowing_sand",
  complete: "white_check_mark",
  error: "x",
};

/** A picture that links to the video: the page fetches nothing from other hosts unless it is clicked. */
export function videoBlock(block) {
  const href = safeUrl(block.title_url ?? block.video_url);
  const title = h(
    "a",
    { class: "link", href, target: "_blank", rel: "noopener noreferrer" },
    ...textNodes(block.title),
  );
  const poster = picture({ image_url: block.thumbnail_url, alt_text: block.alt_text }, "image-picture");
  return h("figure", { class: "image" }, h("figcaption", { class: "image-title" }, title), poster);
}

const ALERT_SIGNS = { default: "bell", info: "bell", success: "check", warning: "warning", error: "warning" };

export function alertBlock({ level = "default", text }) {
  const role = level === "error" ? "alert" : "note";
  return h("div", { class: `alert alert-${level}`, role }, icon(ALERT_SIGNS[level], 18), h("div", {}, ...words(text)));
}

/** Children under a title; a collapsible one folds. @param {HTMLElement[]} children */
export function containerBlock(block, children) {
  const title = block.rich_text_title ? richText(block.rich_text_title) : words(block.title ?? "");
  const head = [
    h("div", { class: "card-title" }, title),
    block.subtitle && h("div", { class: "card-subtitle" }, ...words(block.subtitle)),
  ];
  const body = h("div", { hidden: Boolean(block.is_collapsible && block.default_collapsed) }, children);
  const fold = block.is_collapsible && folder(body);
  return h("div", { class: "container-block" }, h("div", { class: "container-head" }, h("div", {}, head), fold), body);
}

// Beside the title and not around it: the title may hold a link.
function folder(body) {
  const onclick = () => {
    body.hidden = !body.hidden;
    button.ariaExpanded = String(!body.hidden);
  };
  const aria = { label: "Details", expanded: String(!body.hidden) };
  const button = h("button", { class: "icon-button container-fold", type: "button", onclick, aria }, icon("right", 16));
  return button;
}

export function cardBlock(block, surface) {
  const buttons = (block.actions ?? []).map((each) => element({ surface, block, element: each, isInput: false }));
  return h(
    "div",
    { class: "card-block" },
    block.hero_image && picture(block.hero_image, "image-picture"),
    h("div", { class: "card-title" }, ...words(block.title)),
    block.subtitle && h("div", { class: "card-subtitle" }, ...words(block.subtitle)),
    block.body && h("div", {}, ...words(block.body)),
    buttons.length > 0 && h("div", { class: "actions" }, ...buttons),
  );
}

export function planBlock(block) {
  return h(
    "div",
    { class: "plan" },
    h("div", { class: "card-title" }, ...words(block.title)),
    (block.tasks ?? []).map(taskCard),
  );
}

export function taskCard(block) {
  const sign = emoji(TASK_SIGNS[block.status] ?? TASK_SIGNS.pending);
  const more = [block.details, block.output].filter(Boolean).map(richText);
  return h("div", { class: "task" }, sign, h("div", {}, h("div", {}, ...words(block.title)), more));
}

const words = (text) => (typeof text === "string" ? [document.createTextNode(text)] : textNodes(text));
