/** The side panel: the simulated CircleCI. Push commits, see pipelines, break things, read the rules. */

import * as api from "../core/api.js";
import { h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { flag, setFlag } from "../core/storage.js";
import { emit, on, state } from "../core/state.js";
import { narrow } from "../core/width.js";
import { Minutes } from "./minutes.js";
import { Pipelines } from "./pipelines.js";
import { Projects } from "./projects.js";
import { Rules } from "./rules.js";
import { Breaks } from "./breaks.js";

const LOOK_EVERY_MS = 2000;
const SOON_MS = 150;
const CLOSED = "circleci-closed";

export class Panel {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.button = this.#toggler();
    this.projects = new Projects(() => this.#makeWay());
    this.minutes = new Minutes();
    this.pipelines = new Pipelines();
    this.breaks = new Breaks();
    this.rules = new Rules();
    root.append(
      this.#head(),
      h(
        "div",
        { class: "panel-scroll" },
        ...[this.minutes, this.projects, this.pipelines, this.breaks, this.rules].map((part) => part.root),
      ),
    );
    on("world", () => this.#soon());
    on("boot", () => this.#begin());
    this.#watchWidth();
    setInterval(() => this.root.hidden || this.#look(), LOOK_EVERY_MS);
  }

  #head() {
    const onclick = () => this.#choose(false);
    const attributes = { class: "icon-button", type: "button", aria: { label: "Hide CircleCI" }, onclick };
    this.close = h("button", attributes, icon("close"));
    return h(
      "header",
      { class: "pane-head" },
      h("h2", { class: "pane-title" }, "CircleCI"),
      h("span", { class: "pane-where" }, "simulated"),
      this.close,
    );
  }

  #begin() {
    this.#open(!flag(CLOSED) && !narrow.matches);
  }

  // Where it lies over the conversation, it is opened by hand and makes way for whatever is opened next.
  #watchWidth() {
    narrow.addEventListener("change", () => this.#begin());
    for (const topic of ["place", "line"]) on(topic, () => narrow.matches && this.#open(false));
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || !narrow.matches) return;
      this.#open(false);
      this.button.focus();
    });
  }

  #toggler() {
    const onclick = () => this.#choose(this.root.hidden);
    const data = { testid: "panel-toggle" };
    return h(
      "button",
      { class: "head-tool", type: "button", onclick, data, aria: { pressed: "false" } },
      icon("panel", 16),
      "CircleCI",
    );
  }

  #choose(open) {
    if (!narrow.matches) setFlag(CLOSED, open ? null : "yes");
    this.#open(open);
    (open ? this.close : this.button).focus();
  }

  #open(open) {
    this.root.hidden = !open;
    this.button.ariaPressed = String(open);
    this.#look();
  }

  // What comes of a push is in the conversation.
  #makeWay() {
    if (narrow.matches) this.#choose(false);
    this.#soon();
  }

  #soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#look(), SOON_MS);
  }

  async #look() {
    if (document.visibilityState !== "visible" || !state.me || !state.online) return;
    const world = await api.circleci().catch(() => null);
    if (!world) return;
    this.minutes.show((state.minutes = world.minutes));
    this.projects.show(world.projects, world.stories);
    this.pipelines.show(world.pipelines, new Map(world.projects.map((project) => [project.slug, project.name])));
    this.rules.show(world.rules);
    emit("looked");
  }
}
