/** Fields one types into: text, numbers, addresses, dates and times. */

import { h } from "../core/dom.js";
import { act, hooks, remember, valueOf } from "../blocks/surface.js";
import { failed } from "../overlays/toast.js";
import { richTextWords } from "../text/rich_text.js";

/** What a field is called that has no label. */
const NAMES = { datepicker: "Date", timepicker: "Time", datetimepicker: "Date and time" };
const HTML_TYPES = { number_input: "number", url_text_input: "url", email_text_input: "email" };

/** plain_text_input, number_input, url_text_input and email_text_input. */
export function textField(use) {
  const { element } = use;
  const multiline = element.type === "plain_text_input" && element.multiline;
  const value = valueOf(use)?.value ?? "";
  const keep = (event) => remember(use, { value: event.currentTarget.value || null });
  const attributes = {
    ...common(use),
    placeholder: element.placeholder?.text,
    oninput: (event) => (keep(event), typed(use, event)),
  };
  attributes.maxlength = element.max_length;
  attributes.onkeydown = (event) => entered(use, event, multiline);
  if (multiline) return h("textarea", { ...attributes, class: "input textarea", rows: 4 }, value);
  const type = HTML_TYPES[element.type] ?? "text";
  const numeric =
    type === "number"
      ? { step: element.is_decimal_allowed ? "any" : "1", min: element.min_value, max: element.max_value }
      : {};
  return h("input", { ...attributes, ...numeric, class: "input", type, value });
}

/** rich_text_input, edited as plain words. */
export function richTextField(use) {
  const oninput = (event) => remember(use, { rich_text_value: asRichText(event.currentTarget.value) });
  const words = richTextWords(valueOf(use)?.rich_text_value);
  return h(
    "textarea",
    { ...common(use), class: "input textarea", rows: 4, oninput, placeholder: use.element.placeholder?.text },
    words,
  );
}

export const datePicker = (use) => clockField(use, "date", "selected_date");
export const timePicker = (use) => clockField(use, "time", "selected_time");

/** datetimepicker: Slack counts in seconds, the browser writes local time. */
export function dateTimePicker(use) {
  const seconds = valueOf(use)?.selected_date_time;
  const value = seconds ? localMinute(new Date(seconds * 1000)) : "";
  const chosen = (text) => ({ selected_date_time: text ? new Date(text).getTime() / 1000 : null });
  return picker(use, "datetime-local", value, chosen);
}

function clockField(use, type, key) {
  return picker(use, type, valueOf(use)?.[key] ?? "", (text) => ({ [key]: text || null }));
}

function picker(use, type, value, chosen) {
  const onchange = (event) => act(use, chosen(event.currentTarget.value), event.currentTarget);
  return h("input", { ...common(use), class: "input input-narrow", type, value, onchange });
}

function common(use) {
  const label = use.block.label?.text ?? use.element.placeholder?.text ?? NAMES[use.element.type];
  return {
    data: { ...hooks(use), testid: "field" },
    aria: { label },
    autocomplete: "off",
    autofocus: use.element.focus_on_load,
  };
}

// A text field sends an action only when the app asked for it: on Enter (the default) or with every character.
const triggersOf = ({ element }) => element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
const sendAction = (use, node) =>
  use.surface.press(use.block.block_id, use.element.action_id, { value: node.value }).catch(failed);

function typed(use, event) {
  const isAction = use.block.dispatch_action && triggersOf(use).includes("on_character_entered");
  if (isAction) sendAction(use, event.currentTarget);
}

function entered(use, event, multiline) {
  if (event.key !== "Enter" || event.isComposing || multiline) return;
  if (!use.block.dispatch_action || !triggersOf(use).includes("on_enter_pressed")) return;
  event.preventDefault();
  event.stopPropagation();
  sendAction(use, event.currentTarget);
}

function asRichText(words) {
  if (!words) return null;
  return { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text: words }] }] };
}

function localMinute(date) {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60000);
  return local.toISOString().slice(0, 16);
}
