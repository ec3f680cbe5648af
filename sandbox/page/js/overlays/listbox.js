/**
 * A list to choose from with the arrow keys.
 *
 * @typedef {{key: string, text: Node[]|string, hint?: Node[]|string, picture?: Node, value: any}} Choice
 * @typedef {{label?: Node[]|string, choices: Choice[]}} Group
 */

import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";

let serial = 0;

/** Mark the lit option at a field; null marks none. @param {string|null} id */
export function activate(field, id) {
  if (id) field.setAttribute("aria-activedescendant", id);
  else field.removeAttribute("aria-activedescendant");
}

export class Listbox {
  /** @param {{label: string, multiple?: boolean, empty?: string, onPick: (choice: Choice) => void}} options */
  constructor({ label, multiple = false, empty = "No results", onPick }) {
    this.id = `listbox-${++serial}`;
    this.onPick = onPick;
    this.empty = empty;
    this.choices = [];
    this.current = -1;
    const attributes = { class: "listbox", role: "listbox", id: this.id, tabindex: "-1", data: { testid: "listbox" } };
    this.root = h("div", { ...attributes, aria: { label, multiselectable: multiple || null } });
  }

  /** @param {Group[]} groups @param {{selected?: Set<string>, lit?: boolean}} options `lit` lights up the first choice */
  show(groups, { selected = new Set(), lit = true } = {}) {
    this.choices = groups.flatMap((group) => group.choices);
    this.selected = selected;
    const parts = groups.filter((group) => group.choices.length).map((group) => this.#group(group));
    fill(this.root, parts.length ? parts : word(this.empty));
    const chosen = this.choices.findIndex((choice) => selected.has(choice.key));
    this.#light(this.choices.length && lit ? Math.max(chosen, 0) : -1);
  }

  /** A word in place of choices, e.g. while they are fetched. */
  say(sentence) {
    this.choices = [];
    fill(this.root, word(sentence));
    this.#light(-1);
  }

  /** Arrow keys, Home, End, Enter and, when asked for, Tab. @returns {boolean} whether the key was for the list */
  onKey(event, { tabPicks = false } = {}) {
    const size = this.choices.length;
    const steps = {
      ArrowDown: this.current + 1,
      ArrowUp: Math.max(this.current, 0) - 1,
      PageDown: size - 1,
      PageUp: 0,
    };
    const picks = event.key === "Enter" || (tabPicks && event.key === "Tab" && !event.shiftKey);
    if (event.isComposing || !size) return false;
    if (event.key in steps) this.#light((steps[event.key] + size) % size);
    else if (picks) this.onPick(this.choices[Math.max(this.current, 0)]);
    else return false;
    event.preventDefault();
    return true;
  }

  get activeId() {
    return this.current < 0 ? null : `${this.id}-${this.current}`;
  }

  #group({ label, choices }) {
    const options = choices.map((choice) => this.#option(choice));
    if (!label) return options;
    const id = `${this.id}-group-${this.choices.indexOf(choices[0])}`;
    const heading = h("div", { class: "listbox-label", id, role: "presentation" }, label);
    return h("div", { role: "group", aria: { labelledby: id } }, heading, ...options);
  }

  #option(choice) {
    const index = this.choices.indexOf(choice);
    const isChosen = this.selected.has(choice.key);
    const pick = (event) => {
      event.preventDefault();
      this.onPick(choice);
    };
    const attributes = { class: "listbox-option", role: "option", id: `${this.id}-${index}`, onclick: pick };
    attributes.onmousemove = () => this.#light(index);
    attributes.onmousedown = (event) => event.preventDefault();
    attributes.data = { value: choice.key, testid: "option" };
    attributes.aria = { selected: String(isChosen) };
    const words = h("span", { class: "listbox-text" }, choice.text);
    const hint = choice.hint && h("span", { class: "listbox-hint" }, choice.hint);
    return h("div", attributes, choice.picture, words, hint, isChosen && icon("check", 16));
  }

  #light(index) {
    this.current = index;
    this.root.querySelectorAll("[role=option]").forEach((option) => {
      const lit = option.id === this.activeId;
      option.classList.toggle("lit", lit);
      if (lit) option.scrollIntoView({ block: "nearest" });
    });
    this.onLight?.(this.activeId);
  }
}

// A listbox may hold only options, so its message is a disabled one.
const word = (sentence) =>
  h("div", { class: "listbox-empty", role: "option", aria: { disabled: "true", selected: "false" } }, sentence);
