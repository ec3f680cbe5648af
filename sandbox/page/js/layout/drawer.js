/**
 * On a phone people and channels slide in from the left. A button opens the drawer; a choice, Escape and a press beside
 * it close it, and the focus returns to the button.
 */

import { h } from "../core/dom.js";
import { holdTab } from "../core/focus.js";
import { icon } from "../core/icons.js";
import { on, state } from "../core/state.js";
import { phone } from "../core/width.js";

const LABEL = "Channels and people";
const AS_DIALOG = { role: "dialog", "aria-modal": "true", "aria-label": LABEL };

/** @param {HTMLElement} drawer holds people and sidebar @param {HTMLElement} topbar */
export function mountDrawer(drawer, topbar) {
  const button = drawerButton(() => open(drawer, button));
  topbar.prepend(button);
  const leave = () => close(drawer, button);
  drawer.addEventListener("click", (event) => event.target === drawer && leave());
  drawer.addEventListener("keydown", (event) => {
    if (!drawer.classList.contains("drawer-open")) return;
    if (event.key === "Escape") leave();
    else holdTab(drawer, event);
  });
  phone.addEventListener("change", leave);
  on("place", leave);
  for (const topic of ["unread", "boot"]) on(topic, () => tellUnread(button));
}

function drawerButton(onclick) {
  const attributes = { class: "drawer-button", type: "button", onclick, data: { testid: "drawer-button" } };
  return h("button", { ...attributes, aria: { label: LABEL, expanded: "false" } }, icon("menu", 20));
}

function open(drawer, button) {
  settle(drawer, button, true);
  for (const [name, value] of Object.entries(AS_DIALOG)) drawer.setAttribute(name, value);
  drawer.querySelector(".channel[aria-current]")?.focus({ preventScroll: true });
}

function close(drawer, button) {
  if (!drawer.classList.contains("drawer-open")) return;
  settle(drawer, button, false);
  for (const name of Object.keys(AS_DIALOG)) drawer.removeAttribute(name);
  button.focus({ preventScroll: true });
}

function settle(drawer, button, isOpen) {
  drawer.classList.toggle("drawer-open", isOpen);
  button.ariaExpanded = String(isOpen);
  for (const id of ["topbar", "workspace", "skip"]) document.getElementById(id).inert = isOpen;
}

function tellUnread(button) {
  const count = [...state.unread.values()].reduce((sum, unread) => sum + unread.count, 0);
  button.classList.toggle("drawer-button-unread", count > 0);
  button.ariaLabel = count ? `${LABEL}, ${count} unread` : LABEL;
}
