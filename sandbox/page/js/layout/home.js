/** The app's Home tab: the view it publishes for this person. */

import * as api from "../core/api.js";
import { fill, h } from "../core/dom.js";
import { keepingFocus } from "../core/focus.js";
import { emit, on, state } from "../core/state.js";
import { renderBlocks } from "../blocks/blocks.js";
import { Surface } from "../blocks/surface.js";
import { failed } from "../overlays/toast.js";

export class HomeTab {
  constructor() {
    this.body = h("div", { class: "home-body" });
    this.root = h(
      "section",
      { class: "home", hidden: true, tabindex: "0", data: { testid: "home" }, aria: { label: "Home" } },
      this.body,
    );
    on("home", () => this.#draw());
    on("connected", () => state.home || this.#draw());
    on("boot", () => this.left());
  }

  show(isOpen) {
    this.root.hidden = !isOpen;
  }

  /** The app hears once of every tab that is opened, and answers with a view. */
  async tellOpened(tab, channel) {
    const opened = `${state.me.id}/${channel}/${tab}`;
    if (this.opened === opened) return;
    this.opened = opened;
    const { view } = await api.openTab(tab).catch((error) => (failed(error), {}));
    if (view && !state.home) emit("home", (state.home = view));
    this.#draw();
  }

  /** Somewhere else now: coming back counts as opening again. */
  left() {
    this.opened = null;
  }

  #draw() {
    const view = state.home;
    if (!view) return fill(this.body, h("p", { class: "home-empty" }, missing()));
    if (this.surface?.address.view_id !== view.id) this.surface = new Surface("home", { view_id: view.id });
    this.surface.values.seed(view.blocks, view.state);
    this.body.dataset.viewId = view.id;
    keepingFocus(this.body, () => fill(this.body, renderBlocks(view.blocks, this.surface)));
  }
}

const missing = () =>
  state.connected
    ? `${state.app.name} has not published a home tab yet.`
    : `${state.app.name} is not connected, so it publishes no home tab. Open this tab again once it is back.`;
