/** Every block element by its type (slack docs: block elements). */

import { h } from "../core/dom.js";
import { safeUrl } from "../core/sanitise.js";
import { state } from "../core/state.js";
import { button, feedbackButtons, iconButton, overflow } from "./button.js";
import { checkboxes, radioButtons } from "./choices.js";
import { datePicker, dateTimePicker, richTextField, textField, timePicker } from "./fields.js";
import { select } from "./select.js";

const ELEMENTS = {
  button,
  workflow_button: button,
  overflow,
  feedback_buttons: feedbackButtons,
  icon_button: iconButton,
  static_select: select,
  external_select: select,
  users_select: select,
  conversations_select: select,
  channels_select: select,
  multi_static_select: select,
  multi_external_select: select,
  multi_users_select: select,
  multi_conversations_select: select,
  multi_channels_select: select,
  checkboxes,
  radio_buttons: radioButtons,
  datepicker: datePicker,
  timepicker: timePicker,
  datetimepicker: dateTimePicker,
  plain_text_input: textField,
  number_input: textField,
  url_text_input: textField,
  email_text_input: textField,
  rich_text_input: richTextField,
  image: (use) => picture(use.element, "thumbnail"),
};

/** @param {import("../blocks/surface.js").Use} use @returns {HTMLElement|null} null where others alone see it */
export function element(use) {
  const seers = use.element.visible_to_user_ids;
  if (seers && !seers.includes(state.me?.id)) return null;
  const render = ELEMENTS[use.element.type];
  return render ? render(use) : h("span", { class: "unsupported" }, `(${use.element.type} is not shown here)`);
}

/** An image, or its alt text where it cannot be loaded. */
export function picture({ image_url, slack_file, alt_text: alt }, className) {
  const src = safeUrl(image_url ?? slack_file?.url ?? "");
  const onerror = (event) => event.currentTarget.replaceWith(h("span", { class: "image-lost" }, alt ?? "image"));
  return h("img", { class: className, src, alt: alt ?? "", loading: "lazy", onerror });
}
