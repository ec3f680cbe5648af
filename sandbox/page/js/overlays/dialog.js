/** The page's own dialogs: Slack's confirm dialog, and small forms such as "Create a channel". */

import { h } from "../core/dom.js";
import { focusable } from "../core/focus.js";
import { icon } from "../core/icons.js";
import { textNodes } from "../text/text_object.js";
import { raise } from "./layers.js";

/**
 * Ask before acting, as a block element's `confirm` wants (slack docs: confirmation dialog).
 * @param {{title: object, text: object, confirm: object, deny: object, style?: "primary"|"danger"}} confirm
 * @returns {Promise<boolean>}
 */
export function confirmed(confirm) {
  return new Promise((resolve) => {
    const answer = (yes) => () => {
      close();
      resolve(yes);
    };
    const looks = confirm.style === "danger" ? "button-danger-solid" : "button-primary";
    const buttons = [
      button(textNodes(confirm.deny), "button-plain", answer(false), "confirm-deny"),
      button(textNodes(confirm.confirm), looks, answer(true), "confirm-yes"),
    ];
    const body = h("div", { class: "dialog-body" }, ...textNodes(confirm.text));
    const close = openDialog({
      title: textNodes(confirm.title),
      body,
      buttons,
      onDismiss: answer(false),
      testid: "confirm",
    });
  });
}

/**
 * A small form with one text field. @returns {Promise<string|null>} what was typed, null when dismissed
 */
export function askForText({ title, label, value = "", placeholder = "", yes }) {
  return new Promise((resolve) => {
    const field = h("input", { class: "input", type: "text", value, placeholder, maxlength: 80, aria: { label } });
    const answer = (text) => {
      close();
      resolve(text);
    };
    const onsubmit = (event) => {
      event.preventDefault();
      if (field.value.trim()) answer(field.value.trim());
    };
    const body = h("form", { class: "dialog-body", onsubmit }, h("label", { class: "label" }, label), field);
    const buttons = [
      button("Cancel", "button-plain", () => answer(null)),
      button(yes, "button-primary", () => body.requestSubmit()),
    ];
    const close = openDialog({ title, body, buttons, onDismiss: () => answer(null), testid: "ask" });
    field.select();
  });
}

function openDialog({ title, body, buttons, onDismiss, testid }) {
  const x = h(
    "button",
    { class: "icon-button", type: "button", aria: { label: "Close" }, onclick: onDismiss },
    icon("close"),
  );
  const head = h("div", { class: "dialog-head" }, h("h2", { class: "dialog-title", id: `${testid}-title` }, title), x);
  const foot = h("div", { class: "dialog-foot" }, ...buttons);
  const attributes = { class: "dialog", role: "alertdialog", data: { testid } };
  const dialog = h("div", { ...attributes, aria: { modal: "true", labelledby: `${testid}-title` } }, head, body, foot);
  const veil = h("div", { class: "veil", onmousedown: (event) => event.target === veil && onDismiss() }, dialog);
  const close = raise(veil, { dismiss: onDismiss, modal: true });
  (body.querySelector("input") ?? focusable(foot).at(-1))?.focus();
  return close;
}

function button(text, looks, onclick, testid) {
  return h("button", { class: `button ${looks}`, type: "button", onclick, data: { testid } }, text);
}
