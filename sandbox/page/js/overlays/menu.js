/** A menu of things to do, opened by a button. */

import { h } from "../core/dom.js";
import { openPopover } from "./popover.js";

/**
 * @param {HTMLElement} anchor
 * @param {({text: Node[]|string, hint?: string, picture?: Node, danger?: boolean, current?: boolean,
 *   href?: string, data?: object, act: () => void}|{label: string}|null)[]} entries null draws a line
 * @param {{label: string, alignEnd?: boolean, above?: boolean, onClose?: () => void}} options
 */
export function openMenu(anchor, entries, { label, onClose, ...place }) {
  const menu = h("div", { class: "menu", role: "menu", aria: { label }, data: { testid: "menu" } });
  const close = openPopover(anchor, [menu], { ...place, onClose });
  menu.append(...entries.map((each) => entry(each, close)));
  menu.addEventListener("keydown", (event) => moveOn(menu, event));
  menu.querySelector("[role^=menuitem]")?.focus();
  return close;
}

function entry(item, close) {
  if (!item) return h("div", { class: "menu-line", role: "separator" });
  if (item.label) return h("div", { class: "menu-label" }, item.label);
  const onclick = () => {
    close();
    item.act();
  };
  const kind = item.href ? { href: item.href, target: "_blank", rel: "noopener noreferrer" } : { type: "button" };
  const role = item.current == null ? "menuitem" : "menuitemradio";
  const looks = `menu-item${item.danger ? " menu-item-danger" : ""}${item.current ? " menu-item-current" : ""}`;
  const aria = item.current == null ? {} : { checked: String(item.current) };
  const words = h("span", { class: "menu-text" }, item.text);
  const attributes = { class: looks, role, tabindex: "-1", onclick, aria, data: item.data ?? {}, ...kind };
  return h(
    item.href ? "a" : "button",
    attributes,
    item.picture,
    words,
    item.hint && h("span", { class: "menu-hint" }, item.hint),
  );
}

function moveOn(menu, event) {
  const items = [...menu.querySelectorAll("[role^=menuitem]")];
  const at = items.indexOf(document.activeElement);
  const steps = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: items.length - 1,
    Tab: at + (event.shiftKey ? -1 : 1),
  };
  if (!(event.key in steps)) return;
  event.preventDefault();
  items.at(steps[event.key] % items.length)?.focus();
}
