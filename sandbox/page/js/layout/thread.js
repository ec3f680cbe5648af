/** The thread pane at the right. */

import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { closeThread, currentChannel, place } from "../core/place.js";
import { channelName, on, state } from "../core/state.js";
import { Composer } from "../messages/composer.js";
import { threadMessages } from "../messages/history.js";
import { MessageList } from "../messages/message_list.js";

export class Thread {
  /**
   * @param {HTMLElement} root hidden and empty while no thread is open
   * @param {{onClose: (ts: string) => void}} options `onClose` is called when it had the keyboard
   */
  constructor(root, { onClose }) {
    this.root = root;
    this.onClose = onClose;
    this.head = h("header", { class: "pane-head" });
    this.list = new MessageList({ label: "Thread", testid: "thread-messages", inThread: true });
    this.composer = new Composer({ testid: "thread-composer", onSend: () => this.list.toBottom() });
    this.foot = h("footer", { class: "conversation-foot" }, this.composer.root);
    root.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && closeThread());
    for (const topic of ["boot", "place", "channels"]) on(topic, () => this.#show());
    on("messages", (channelId) => channelId === this.channel?.id && this.#messages());
  }

  #show() {
    this.channel = state.me && currentChannel();
    this.ts = this.channel ? place().thread : null;
    const hadKeyboard = this.root.contains(document.activeElement);
    this.root.hidden = !this.ts;
    this.#fill(this.ts ? [this.head, this.list.root, this.foot] : []);
    if (!this.ts) return this.#closed(hadKeyboard);
    this.#drawHead();
    this.composer.aim({ channel: this.channel.id, thread: this.ts, placeholder: "Reply…" });
    this.#messages();
    if (this.opened !== this.ts) this.composer.field.focus();
    this.opened = this.ts;
  }

  #closed(hadKeyboard) {
    if (this.opened && hadKeyboard) this.onClose(this.opened);
    this.opened = null;
  }

  // Only when it opens or closes: moving the field would take the keyboard from it.
  #fill(parts) {
    if (this.root.childElementCount !== parts.length) fill(this.root, parts);
  }

  #drawHead() {
    const close = h(
      "button",
      { class: "icon-button", type: "button", aria: { label: "Close thread" }, onclick: closeThread },
      icon("close"),
    );
    const where = h("span", { class: "pane-where" }, `#${channelName(this.channel)}`);
    fill(this.head, h("h2", { class: "pane-title" }, "Thread"), where, close);
  }

  #messages() {
    if (this.ts) this.list.show(this.channel.id, threadMessages(this.channel.id, this.ts));
  }
}
