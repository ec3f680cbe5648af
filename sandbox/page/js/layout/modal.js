/** The stack of this person's open modals: the top one is active, the others show behind it. */

import * as api from "../core/api.js";
import { avatar } from "../core/avatar.js";
import { fill, h } from "../core/dom.js";
import { focusable, keepingFocus } from "../core/focus.js";
import { icon } from "../core/icons.js";
import { on, state } from "../core/state.js";
import { renderBlocks } from "../blocks/blocks.js";
import { refusals } from "../blocks/input.js";
import { Surface } from "../blocks/surface.js";
import { raise } from "../overlays/layers.js";
import { withEmoji } from "../text/mrkdwn.js";

/** @type {Modal[]} */
let open = [];

export function mountModals() {
  on("view", () => {
    const views = state.views;
    const gone = open.filter((modal) => !views.some((view) => view.id === modal.view.id));
    gone.reverse().forEach((modal) => modal.lower());
    open = views.map((view) => open.find((modal) => modal.view.id === view.id) ?? new Modal(view));
    open.forEach((modal, index) => modal.show(views[index], { depth: views.length - 1 - index }));
  });
}

class Modal {
  constructor(view) {
    this.view = view;
    this.surface = new Surface("modal", { view_id: view.id });
    this.surface.onValue = (blockId) => this.#forgive(blockId);
    this.errors = {};
    this.head = h("header", { class: "modal-head" });
    this.trouble = h("div", { class: "modal-trouble", role: "alert", hidden: true });
    this.body = h("div", { class: "modal-body", tabindex: "-1" });
    this.foot = h("footer", { class: "modal-foot" });
    const onsubmit = (event) => (event.preventDefault(), this.#submit());
    this.form = h(
      "form",
      { class: "modal", role: "dialog", novalidate: true, onsubmit },
      this.head,
      this.trouble,
      this.body,
      this.foot,
    );
    this.veil = h("div", { class: "veil", data: { testid: "modal" } }, this.form);
    this.form.addEventListener("keydown", (event) => submitKeys(event, this.form));
    this.lower = raise(this.veil, { dismiss: () => this.#close(), modal: true });
  }

  /** Take a view's newest content; what was typed stays where block_id and action_id do. */
  show(view, { depth }) {
    this.veil.dataset.depth = depth;
    if (this.shown === view) return;
    this.shown = this.view = view;
    this.errors = view.errors ?? {};
    this.surface.values.seed(view.blocks, view.state);
    this.#draw();
    const focused = document.activeElement;
    if (focused === this.body || !this.body.contains(focused)) this.#focusFirst();
  }

  #draw() {
    const { view } = this;
    this.form.dataset.viewId = view.id;
    this.form.dataset.callbackId = view.callback_id;
    this.form.setAttribute("aria-label", view.title);
    this.form.setAttribute("aria-modal", "true");
    const x = h(
      "button",
      { class: "icon-button", type: "button", aria: { label: "Close" }, onclick: () => this.#close() },
      icon("close", 20),
    );
    fill(this.head, avatar(state.app, 28), h("h2", { class: "modal-title" }, withEmoji(view.title)), x);
    keepingFocus(this.body, () => fill(this.body, renderBlocks(view.blocks, this.surface, this.errors)));
    fill(this.foot, this.#buttons());
  }

  #buttons() {
    const { submit, close } = this.view;
    const later = h(
      "button",
      { class: "button button-plain", type: "button", onclick: () => this.#close(), data: { testid: "modal-close" } },
      close || (submit ? "Cancel" : "Close"),
    );
    if (!submit) return [later];
    this.submitter = h(
      "button",
      { class: "button button-primary", type: "submit", data: { testid: "modal-submit" } },
      h("span", { class: "button-words" }, submit),
    );
    return [later, this.submitter];
  }

  async #submit() {
    if (!this.submitter || this.busy) return;
    const refused = refusals(this.view.blocks, this.surface.values);
    if (Object.keys(refused).length) return this.#wrong(refused);
    this.#setBusy(true);
    try {
      const { errors } = await api.submit(this.view.id, this.surface.values.all());
      this.#trouble(null);
      this.#wrong(errors ?? {});
    } catch (error) {
      this.#trouble(error.code);
    } finally {
      this.#setBusy(false);
    }
  }

  #wrong(errors) {
    if (JSON.stringify(errors) === JSON.stringify(this.errors)) return;
    this.errors = errors;
    keepingFocus(this.body, () => fill(this.body, renderBlocks(this.view.blocks, this.surface, errors)));
    const first = this.body.querySelector(".input-block-wrong");
    first?.scrollIntoView({ block: "nearest" });
    focusable(first ?? this.foot)[0]?.focus();
  }

  // A field that is being edited loses its error.
  #forgive(blockId) {
    if (!this.errors[blockId]) return;
    delete this.errors[blockId];
    const block = this.body.querySelector(`[data-block-id="${CSS.escape(blockId)}"] .input-block-wrong`);
    block?.classList.remove("input-block-wrong");
    block?.querySelector(".fault")?.remove();
  }

  #trouble(words) {
    this.trouble.hidden = !words;
    fill(this.trouble, words && [icon("warning", 16), words]);
  }

  #setBusy(busy) {
    this.busy = busy;
    this.submitter.ariaBusy = busy ? "true" : null;
    this.form.classList.toggle("modal-busy", busy);
  }

  #close() {
    api.close(this.view.id).catch(() => {
      state.views = state.views.filter((view) => view.id !== this.view.id);
      this.lower();
    });
  }

  #focusFirst() {
    const field = focusable(this.body).find((element) => element.matches("input, textarea, .select-button"));
    const wanted = this.body.querySelector("[autofocus]") ?? field ?? this.submitter ?? this.body;
    wanted.focus({ preventScroll: true });
  }
}

// Enter in a one-line field submits, as in any form; Ctrl+Enter does from everywhere.
function submitKeys(event, form) {
  if (event.key !== "Enter" || event.isComposing) return;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    form.requestSubmit();
  }
}
