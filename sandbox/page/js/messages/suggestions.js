/** The list above the composer, in the page while it is open: choices for what is typed, or the usage of a command. */

import { fill, h } from "../core/dom.js";
import { activate, Listbox } from "../overlays/listbox.js";
import { complete } from "./completion.js";

export class Suggestions {
  /**
   * @param {HTMLElement} place where it opens
   * @param {HTMLTextAreaElement} field
   * @param {() => void} onChange called when a choice has been written into the field
   */
  constructor(place, field, onChange) {
    this.place = place;
    this.field = field;
    this.onChange = onChange;
    this.offer = null;
    this.root = h("div", { class: "suggestions", data: { testid: "suggestions" } });
    this.list = new Listbox({ label: "Suggestions", onPick: (choice) => this.#pick(choice) });
    this.list.onLight = (id) => activate(this.field, id);
  }

  get isOpen() {
    return this.root.isConnected;
  }

  update() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    const found = complete(before);
    if (!found) return this.close();
    this.offer = found.usage ? null : found;
    fill(this.root, found.usage ? h("div", { class: "usage" }, found.usage) : this.#choices(found));
    this.place.prepend(this.root);
    if (this.offer) this.field.setAttribute("aria-controls", this.list.id);
    else this.field.removeAttribute("aria-controls");
  }

  close() {
    this.offer = null;
    this.root.remove();
    activate(this.field, null);
    this.field.removeAttribute("aria-controls");
  }

  /** @returns {boolean} whether the key was for the list */
  onKey(event) {
    if (!this.isOpen) return false;
    if (event.key === "Escape") {
      event.preventDefault();
      this.close();
      return true;
    }
    if (!this.offer) return false;
    if (event.key === "Enter" && !this.offer.lit) return false;
    if (event.key.startsWith("Arrow")) this.offer.lit = true;
    return this.list.onKey(event, { tabPicks: true });
  }

  #choices(offer) {
    this.list.show(offer.groups, { lit: offer.lit });
    const keys = h(
      "div",
      { class: "suggestion-keys" },
      key("↑↓"),
      " to move ",
      key("Tab"),
      " to take ",
      key("Esc"),
      " to dismiss",
    );
    return [this.list.root, keys];
  }

  #pick(choice) {
    const caret = this.field.selectionStart;
    this.field.setRangeText(choice.value, this.offer.from, caret, "end");
    this.field.focus();
    this.onChange();
  }
}

const key = (name) => h("kbd", {}, name);
