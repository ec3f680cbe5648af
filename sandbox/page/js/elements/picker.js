/** The list a select opens: a search field over a listbox, asking its source as one types. */

import { h } from "../core/dom.js";
import { activate, Listbox } from "../overlays/listbox.js";
import { openPopover } from "../overlays/popover.js";

const SETTLE_MS = 200;
const SEARCH_FROM = 8;

export class Picker {
  /**
   * @param {HTMLElement} anchor
   * @param {{source: object, label: string, multiple: boolean, selected: () => Set<string>,
   *   onPick: (choice: object) => void, onClose: () => void, typed?: string}} options
   *   `typed` is what was typed before there was a field to type in
   */
  constructor(anchor, options) {
    this.options = options;
    this.asked = 0;
    this.list = new Listbox({
      label: options.label,
      multiple: options.multiple,
      onPick: (choice) => this.#pick(choice),
    });
    this.field = this.#field();
    this.list.onLight = (id) => activate(this.field, id);
    const close = () => options.onClose();
    this.close = openPopover(anchor, [this.field, this.list.root], {
      className: "picker",
      label: options.label,
      fit: true,
      onClose: close,
    });
    this.field.value = options.typed ?? "";
    this.#search();
    this.field.focus();
  }

  #field() {
    const { label, source } = this.options;
    const attributes = {
      class: "picker-search",
      type: "text",
      role: "combobox",
      autocomplete: "off",
      placeholder: "Search",
    };
    const oninput = () => this.#soon(source.remote ? SETTLE_MS : 0);
    const onkeydown = (event) => this.#key(event);
    const aria = { label: `Search ${label}`, controls: this.list.id, expanded: "true", autocomplete: "list" };
    return h("input", { ...attributes, aria, oninput, onkeydown, data: { testid: "select-search" } });
  }

  #key(event) {
    if (event.key === "Tab") this.close();
    else this.list.onKey(event);
  }

  #soon(pause_ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#search(), pause_ms);
  }

  // Answers may overtake one another: only the newest question's answer is shown.
  async #search() {
    const { source, selected } = this.options;
    const query = this.field.value;
    const number = ++this.asked;
    if (query.length < source.minLength) return this.list.say(typeMore(source.minLength - query.length));
    if (source.remote) this.list.say("Loading…");
    const groups = await source.search(query).catch(() => null);
    if (number !== this.asked) return;
    if (!groups) return this.list.say("The app did not answer. Try again.");
    this.#fitSearch(groups, query);
    this.list.show(groups, { selected: selected() });
  }

  // A short list needs no search field to look at; typing still filters.
  #fitSearch(groups, query) {
    const size = groups.reduce((sum, group) => sum + group.choices.length, 0);
    const short = !this.options.source.remote && !query && size < SEARCH_FROM;
    this.field.classList.toggle("unseen", short);
  }

  #pick(choice) {
    this.options.onPick(choice);
    if (this.options.multiple) this.#search();
    else this.close();
  }
}

const typeMore = (missing) => `Type ${missing} more character${missing === 1 ? "" : "s"} to search`;
