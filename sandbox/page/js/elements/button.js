/** Buttons: plain ones, those that open a link, overflow menus, and the small ones of context actions. */

import { h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { safeUrl } from "../core/sanitise.js";
import { act, hooks } from "../blocks/surface.js";
import { openMenu } from "../overlays/menu.js";
import { textNodes } from "../text/text_object.js";

const LOOKS = { primary: "button-primary", danger: "button-danger" };

/** @param {import("../blocks/surface.js").Use} use */
export function button(use) {
  const { element } = use;
  const words = h("span", { class: "button-words" }, ...textNodes(element.text));
  const attributes = {
    class: `button ${LOOKS[element.style] ?? "button-plain"}`,
    data: { ...hooks(use), value: element.value, testid: "button" },
    aria: { label: element.accessibility_label },
  };
  const href = element.url && safeUrl(element.url);
  if (href) return linkButton(use, { ...attributes, href }, words);
  const onclick = (event) => act(use, { value: element.value }, event.currentTarget);
  return h("button", { ...attributes, type: "button", onclick }, words);
}

// Slack opens the link and also sends the app an action; the app may ignore it.
function linkButton(use, attributes, words) {
  const onclick = () =>
    use.surface.press(use.block.block_id, use.element.action_id, { value: use.element.value }).catch(() => {});
  return h("a", { ...attributes, target: "_blank", rel: "noopener noreferrer", onclick }, words, icon("external", 14));
}

export function overflow(use) {
  const onclick = (event) => {
    const anchor = event.currentTarget;
    const entries = use.element.options.map((option) => overflowEntry(use, option, anchor));
    openMenu(anchor, entries, { label: "More", alignEnd: true });
  };
  const attributes = { class: "button button-plain button-overflow", type: "button", onclick };
  const data = { ...hooks(use), testid: "overflow" };
  return h("button", { ...attributes, data, aria: { label: "More actions", haspopup: "menu" } }, icon("dots"));
}

function overflowEntry(use, option, anchor) {
  const choose = () => act(use, { selected_option: option }, anchor);
  const href = option.url && safeUrl(option.url);
  const hint = option.description?.text;
  return { text: textNodes(option.text), hint, href, data: { value: option.value }, act: choose };
}

/** Thumbs up and down of a context_actions block. */
export function feedbackButtons(use) {
  const choices = [use.element.positive_button, use.element.negative_button].filter(Boolean);
  return h("span", { class: "feedback" }, ...choices.map((choice, index) => feedbackButton(use, choice, index)));
}

function feedbackButton(use, choice, index) {
  const onclick = (event) => act(use, { value: choice.value }, event.currentTarget);
  const attributes = { class: "button button-plain button-small", type: "button", onclick };
  const data = { ...hooks(use), value: choice.value };
  const label = choice.accessibility_label ?? choice.text.text;
  return h("button", { ...attributes, data, aria: { label } }, index ? "👎 " : "👍 ", ...textNodes(choice.text));
}

export function iconButton(use) {
  const onclick = (event) => act(use, { value: use.element.value }, event.currentTarget);
  const attributes = { class: "icon-button", type: "button", onclick, title: use.element.text.text };
  return h("button", { ...attributes, data: hooks(use), aria: { label: use.element.text.text } }, icon("trash", 16));
}
