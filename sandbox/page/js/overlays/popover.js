/** A small floating panel beside the control that opened it. */

import { raise } from "./layers.js";
import { h } from "../core/dom.js";

const MARGIN = 6;

/**
 * @param {HTMLElement} anchor
 * @param {HTMLElement[]} content
 * @param {{className?: string, label?: string, fit?: boolean, above?: boolean, alignEnd?: boolean, onClose?: () => void}} options
 *   `label` makes it a dialog of this name; `fit` makes it at least as wide as the anchor
 * @returns {() => void} closes it
 */
export function openPopover(anchor, content, { className = "", label, fit, above, alignEnd, onClose } = {}) {
  const panel = h("div", { class: `popover ${className}`, role: label && "dialog", aria: { label } }, ...content);
  if (fit) panel.style.minWidth = `${anchor.offsetWidth}px`;
  const close = once(() => {
    stopWatching();
    lower();
    onClose?.();
  });
  const lower = raise(panel, { dismiss: close });
  const stopWatching = watch(panel, anchor, { above, alignEnd }, close);
  return close;
}

function watch(panel, anchor, options, close) {
  const settle = () => (anchor.isConnected ? place(panel, anchor, options) : close());
  const leave = (event) => panel.contains(event.target) || anchor.contains(event.target) || close();
  const sizes = new ResizeObserver(settle);
  sizes.observe(panel);
  addEventListener("scroll", settle, true);
  addEventListener("resize", settle);
  addEventListener("mousedown", leave, true);
  settle();
  return () => {
    sizes.disconnect();
    removeEventListener("scroll", settle, true);
    removeEventListener("resize", settle);
    removeEventListener("mousedown", leave, true);
  };
}

function place(panel, anchor, { above, alignEnd }) {
  const [a, p] = [anchor.getBoundingClientRect(), panel.getBoundingClientRect()];
  const below = innerHeight - a.bottom - MARGIN;
  const upwards = above ? a.top > p.height + MARGIN : p.height > below && a.top > below;
  const top = upwards ? Math.max(MARGIN, a.top - p.height - MARGIN) : a.bottom + MARGIN;
  const left = alignEnd ? a.right - p.width : a.left;
  panel.style.top = `${Math.max(MARGIN, Math.min(top, innerHeight - p.height - MARGIN))}px`;
  panel.style.left = `${Math.max(MARGIN, Math.min(left, innerWidth - p.width - MARGIN))}px`;
}

function once(act) {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}
