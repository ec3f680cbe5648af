/** The message field: completes commands, sends on Enter, recalls earlier lines with Up, keeps a draft per place. */

import * as api from "../core/api.js";
import { h } from "../core/dom.js";
import { draft, keepDraft, keepLine, lines } from "../core/storage.js";
import { state } from "../core/state.js";
import { Suggestions } from "./suggestions.js";
import { composerFoot, formatBar } from "./composer_tools.js";
import { note } from "./history.js";

const TALLEST_PX = 260;

export class Composer {
  /** @param {{testid: string, onSend?: () => void}} options `onSend` is called after something was sent */
  constructor({ testid, onSend = () => {} }) {
    this.recalled = null;
    this.onSend = onSend;
    this.field = h("textarea", this.#fieldAttributes());
    const box = h("div", { class: "composer-box" }, formatBar(this), this.field, composerFoot(this));
    const onsubmit = (event) => (event.preventDefault(), this.send());
    this.root = h("form", { class: "composer", data: { testid }, onsubmit }, box);
    this.suggestions = new Suggestions(this.root, this.field, () => this.#changed());
  }

  /** Turn to a place. @param {{channel: string, thread?: string|null, placeholder: string}} target */
  aim(target) {
    const key = `${state.me.id}/${target.channel}/${target.thread ?? ""}`;
    this.target = target;
    this.field.placeholder = target.placeholder;
    this.field.ariaLabel = target.placeholder;
    if (key === this.key) return;
    this.key = key;
    this.recalled = null;
    this.suggestions.close();
    this.write(draft(key), { quietly: true });
  }

  /** Replace what is written, as a clicked hint or a completion does. */
  write(text, { quietly = false } = {}) {
    this.field.value = text;
    this.#grow();
    this.#buttonState();
    if (quietly) return;
    keepDraft(this.key, text);
    this.field.focus();
    this.field.setSelectionRange(text.length, text.length);
  }

  /** Put a text where the caret is; `wrap` puts it around what is selected. */
  insert(text, { wrap = false } = {}) {
    const { selectionStart: from, selectionEnd: to, value } = this.field;
    const middle = wrap ? `${text}${value.slice(from, to)}${text}` : text;
    this.field.focus();
    this.field.setRangeText(middle, from, to, "end");
    if (wrap && from === to) this.field.setSelectionRange(from + text.length, from + text.length);
    this.#changed();
  }

  /** Take the keyboard, unless something above the page has it. */
  focus() {
    if (!this.field.closest("[inert]")) this.field.focus({ preventScroll: true });
  }

  async send() {
    const text = this.field.value.trim();
    if (!text) return;
    const { channel, thread } = this.target;
    keepLine(state.me.id, text);
    this.recalled = null;
    this.suggestions.close();
    this.write("");
    this.onSend();
    await api.say(channel, text, thread ?? undefined).catch((error) => this.#refused(error, text));
  }

  #fieldAttributes() {
    const oninput = () => this.#changed();
    const onkeydown = (event) => this.#key(event);
    const onblur = () => this.suggestions.close();
    const aria = { autocomplete: "list", haspopup: "listbox" };
    return {
      class: "composer-field",
      rows: 1,
      spellcheck: "false",
      data: { testid: "composer-field" },
      aria,
      oninput,
      onkeydown,
      onblur,
    };
  }

  #changed() {
    this.recalled = null;
    keepDraft(this.key, this.field.value);
    this.#grow();
    this.#buttonState();
    this.suggestions.update();
  }

  #key(event) {
    if (event.isComposing || this.suggestions.onKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      this.send();
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") this.#recall(event);
  }

  // Up in an empty field, or while going through earlier lines.
  #recall(event) {
    const known = lines(state.me.id);
    const recalling = this.recalled !== null;
    if (!known.length || (!recalling && (this.field.value || event.key === "ArrowDown"))) return;
    event.preventDefault();
    const from = recalling ? this.recalled : known.length;
    const at = Math.max(0, from + (event.key === "ArrowUp" ? -1 : 1));
    this.write(known[at] ?? "");
    this.recalled = at < known.length ? at : null;
  }

  #refused(error, text) {
    note(this.target.channel, error.code, this.target.thread);
    if (!this.field.value) this.write(text);
  }

  #grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, TALLEST_PX)}px`;
  }

  #buttonState() {
    const sender = this.root?.querySelector(".composer-send");
    if (sender) sender.disabled = !this.field.value.trim();
  }
}
