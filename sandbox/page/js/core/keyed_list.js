/** A list that updates in place: an unchanged item keeps its node, and with it focus, open menus and selections. */

import { keepingFocus } from "./focus.js";

export class KeyedList {
  /**
   * @param {HTMLElement} root
   * @param {(item: {key: string}) => HTMLElement} render an item's node; called again when its JSON differs
   */
  constructor(root, render) {
    this.root = root;
    this.render = render;
    this.shown = new Map();
  }

  /** @param {{key: string}[]} items plain data, in order */
  show(items) {
    keepingFocus(this.root, () => this.#arrange(items.map((item) => this.#nodeOf(item))));
    const keys = new Set(items.map((item) => item.key));
    for (const key of this.shown.keys()) if (!keys.has(key)) this.shown.delete(key);
  }

  clear() {
    this.shown.clear();
    this.root.replaceChildren();
  }

  #nodeOf(item) {
    const signature = JSON.stringify(item);
    const known = this.shown.get(item.key);
    if (known?.signature === signature) return known.node;
    const node = this.render(item);
    this.shown.set(item.key, { signature, node });
    return node;
  }

  #arrange(nodes) {
    const wanted = new Set(nodes);
    for (const child of [...this.root.children]) if (!wanted.has(child)) child.remove();
    nodes.forEach((node, index) => {
      if (this.root.children[index] !== node) this.root.insertBefore(node, this.root.children[index] ?? null);
    });
  }
}
