/** Input blocks: a label, a field, a hint and, after a refused submit, an error (slack docs: input block). */

import { h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { element } from "../elements/elements.js";
import { textNodes } from "../text/text_object.js";
import { valueKey } from "./values.js";

export function inputBlock(block, surface, error) {
  const optional = block.optional && h("span", { class: "optional" }, " (optional)");
  const label = h("div", { class: "label" }, ...textNodes(block.label), optional);
  const hint = block.hint && h("div", { class: "hint" }, ...textNodes(block.hint));
  const field = element({ surface, block, element: block.element, isInput: true });
  return h("div", { class: `input-block${error ? " input-block-wrong" : ""}` }, label, field, fault(error), hint);
}

/** The words under a field that is wrong. */
export function fault(error) {
  return (
    error &&
    h(
      "div",
      { class: "fault", role: "alert", data: { testid: "field-error" } },
      icon("warning", 16),
      h("span", {}, error),
    )
  );
}

const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/**
 * The checks that Slack's client makes before it sends a form to the app.
 * @param {object[]} blocks @param {import("./values.js").Values} values
 * @returns {Record<string, string>} sentences by block_id; empty when all is well
 */
export function refusals(blocks, values) {
  const inputs = blocks.filter((block) => block.type === "input");
  const found = inputs.map((block) => [block.block_id, refusal(block, values)]).filter(([, error]) => error);
  return Object.fromEntries(found);
}

function refusal(block, values) {
  const value = values.get(block.block_id, block.element.action_id)?.[valueKey(block.element.type)];
  const empty = value == null || value === "" || (Array.isArray(value) && !value.length);
  if (empty) return block.optional ? null : "Please complete this required field.";
  return CHECKS[block.element.type]?.(value, block.element) ?? null;
}

const CHECKS = {
  plain_text_input: (text, { min_length: least }) =>
    least && text.length < least ? `Please use at least ${least} characters.` : null,
  number_input: (text, { min_value: min, max_value: max, is_decimal_allowed: decimal }) => {
    const number = Number(text);
    if (!Number.isFinite(number)) return "Please enter a number.";
    if (!decimal && !Number.isInteger(number)) return "Please enter a whole number.";
    if (min != null && number < Number(min)) return `Please enter a number of at least ${min}.`;
    return max != null && number > Number(max) ? `Please enter a number of at most ${max}.` : null;
  },
  url_text_input: (text) => (URL.canParse(text) ? null : "Please enter a valid URL, beginning with https://."),
  email_text_input: (text) => (ADDRESS.test(text) ? null : "Please enter a valid email address."),
};
