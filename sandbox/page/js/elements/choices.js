/** Checkboxes and radio buttons. */

import { h } from "../core/dom.js";
import { act, hooks, valueOf } from "../blocks/surface.js";
import { textNodes } from "../text/text_object.js";

let serial = 0;

/** @param {import("../blocks/surface.js").Use} use */
export function checkboxes(use) {
  const chosen = () => valueOf(use)?.selected_options ?? [];
  const pick = (option, on) => ({
    selected_options: on ? [...chosen(), option] : chosen().filter((each) => each.value !== option.value),
  });
  const isOn = (option) => chosen().some((each) => each.value === option.value);
  return group(use, "checkbox", isOn, pick);
}

/** @param {import("../blocks/surface.js").Use} use */
export function radioButtons(use) {
  const isOn = (option) => valueOf(use)?.selected_option?.value === option.value;
  return group(use, "radio", isOn, (option) => ({ selected_option: option }));
}

function group(use, type, isOn, pick) {
  const name = `choices-${++serial}`;
  const root = h("div", { class: "choices", role: type === "radio" ? "radiogroup" : "group" });
  root.append(...use.element.options.map((option) => choice(use, { type, name, isOn, pick, root }, option)));
  return root;
}

function choice(use, { type, name, isOn, pick, root }, option) {
  const onchange = async (event) => {
    const box = event.currentTarget;
    const done = await act(use, pick(option, box.checked), root);
    if (!done) box.checked = isOn(option);
  };
  const data = { ...hooks(use), value: option.value };
  const box = h("input", { type, name, checked: isOn(option), onchange, data });
  const description = option.description && h("span", { class: "choice-hint" }, ...textNodes(option.description));
  return h(
    "label",
    { class: "choice" },
    box,
    h("span", { class: "choice-words" }, h("span", {}, ...textNodes(option.text)), description),
  );
}
