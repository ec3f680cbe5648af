/** Select menus of every kind, single and multiple (slack docs: select menu element). */

import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { act, hooks, valueOf } from "../blocks/surface.js";
import { isList, valueKey } from "../blocks/values.js";
import { textNodes } from "../text/text_object.js";
import { choiceOf, sourceOf } from "./option_source.js";
import { Picker } from "./picker.js";

/** @param {import("../blocks/surface.js").Use} use */
export function select(use) {
  return new Select(use).root;
}

class Select {
  constructor(use) {
    this.use = use;
    this.key = valueKey(use.element.type);
    this.multiple = isList(use.element.type);
    this.button = h("button", this.#attributes());
    this.root = h("div", { class: `select${this.multiple ? " select-multiple" : ""}` }, this.button);
    this.#draw();
  }

  get label() {
    return this.use.block.label?.text ?? this.use.element.placeholder?.text ?? "Choose";
  }

  get chosen() {
    const value = valueOf(this.use)?.[this.key];
    return (this.multiple ? (value ?? []) : value ? [value] : []).map(choiceOf);
  }

  #attributes() {
    const aria = { haspopup: "listbox", expanded: "false", label: this.label };
    const data = { ...hooks(this.use), testid: "select" };
    const onclick = () => this.#toggle();
    const onkeydown = (event) => this.#key(event);
    return { class: "select-button", type: "button", role: "combobox", aria, data, onclick, onkeydown };
  }

  // As in every select: arrows open it, letters open it and search, Backspace takes the last choice of several away.
  #key(event) {
    const { key } = event;
    const isLetter = key.length === 1 && key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.isComposing || this.picker) return;
    if (key === "ArrowDown" || key === "ArrowUp") this.#open();
    else if (isLetter) this.#open(key);
    else if (key === "Backspace" && this.multiple && this.chosen.length) this.#pick(this.chosen.at(-1));
    else return;
    event.preventDefault();
  }

  #draw() {
    const chosen = this.chosen;
    fill(
      this.button,
      h("span", { class: "select-words" }, chosen.length ? this.#words(chosen) : this.#placeholder()),
      icon("down", 16),
    );
    this.clearer?.remove();
    this.clearer = chosen.length && this.use.isInput && this.use.block.optional ? this.#clearer() : null;
    if (this.clearer) this.root.append(this.clearer);
  }

  #words(chosen) {
    if (!this.multiple) return [chosen[0].picture, h("span", { class: "select-chosen" }, chosen[0].text)];
    return chosen.map((choice) =>
      h(
        "span",
        { class: "chip", data: { value: choice.key } },
        choice.picture,
        h("span", {}, choice.text),
        this.#remover(choice),
      ),
    );
  }

  #placeholder() {
    const words = this.use.element.placeholder ? textNodes(this.use.element.placeholder) : "Select an option";
    return h("span", { class: "select-placeholder" }, words);
  }

  // Inside a button, so not a button itself; the list and Backspace take a choice away by keyboard.
  #remover(choice) {
    const onclick = (event) => {
      event.stopPropagation();
      this.#pick(choice);
    };
    return h("span", { class: "chip-remove", onclick, title: "Remove", aria: { hidden: "true" } }, icon("close", 12));
  }

  #clearer() {
    const onclick = () => this.#set(this.multiple ? [] : null);
    return h(
      "button",
      { class: "select-clear", type: "button", onclick, aria: { label: `Clear ${this.label}` } },
      icon("close", 14),
    );
  }

  #toggle() {
    if (this.picker) this.picker.close();
    else this.#open();
  }

  #open(typed = "") {
    this.button.ariaExpanded = "true";
    this.picker = new Picker(this.root, {
      typed,
      source: sourceOf(this.use),
      label: this.label,
      multiple: this.multiple,
      selected: () => new Set(this.chosen.map((choice) => choice.key)),
      onPick: (choice) => this.#pick(choice),
      onClose: () => this.#closed(),
    });
    this.button.setAttribute("aria-controls", this.picker.list.id);
  }

  #closed() {
    this.picker = null;
    this.button.ariaExpanded = "false";
    this.button.removeAttribute("aria-controls");
  }

  #pick(choice) {
    if (!this.multiple) return this.#set(choice.value);
    const others = this.chosen.filter((each) => each.key !== choice.key);
    const most = this.use.element.max_selected_items ?? Infinity;
    const adds = others.length === this.chosen.length && others.length < most;
    this.#set([...others, ...(adds ? [choice] : [])].map((each) => each.value));
  }

  async #set(value) {
    const before = valueOf(this.use);
    const done = act(this.use, { [this.key]: value }, this.button);
    this.#draw();
    if (!(await done)) this.use.surface.values.set(this.use.block.block_id, this.use.element.action_id, before);
    this.#draw();
  }
}
