/** The stack of overlays: Escape closes the top one, and only that one gets the keyboard. */

import { holdTab } from "../core/focus.js";

/** @type {{element: HTMLElement, dismiss: () => void, modal: boolean, opener: Element}[]} */
const stack = [];

const root = () => document.getElementById("layers");

/**
 * Put an element on top. A modal one makes all below it inert.
 * @param {HTMLElement} element
 * @param {{dismiss: () => void, modal?: boolean}} options `dismiss` is what Escape does
 * @returns {() => void} takes it away again; the focus returns to where it came from
 */
export function raise(element, { dismiss, modal = false }) {
  const layer = { element, dismiss, modal, opener: document.activeElement };
  stack.push(layer);
  root().append(element);
  settleInert();
  return () => lower(layer);
}

export const isTopmost = (element) => stack.at(-1)?.element === element;

function lower(layer) {
  const at = stack.indexOf(layer);
  if (at < 0) return;
  stack.splice(at, 1);
  const held = layer.element.contains(document.activeElement) || document.activeElement === document.body;
  layer.element.remove();
  settleInert();
  if (held && layer.opener?.isConnected) layer.opener.focus({ preventScroll: true });
}

function settleInert() {
  const lowestLive = stack.findLastIndex((layer) => layer.modal);
  document.getElementById("app").inert = lowestLive >= 0;
  stack.forEach((layer, index) => (layer.element.inert = index < lowestLive));
}

document.addEventListener("keydown", (event) => {
  const top = stack.at(-1);
  if (!top) return;
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    top.dismiss();
  } else if (top.modal) holdTab(top.element, event);
});
