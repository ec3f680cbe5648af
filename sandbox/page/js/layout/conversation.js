/** The middle of the page: one conversation, or the app's home tab. */

import { fill, h } from "../core/dom.js";
import { currentChannel, go, place } from "../core/place.js";
import { channelName, isAppDm, isBetweenPeople, on, state } from "../core/state.js";
import { failed } from "../overlays/toast.js";
import { drawHead, openTab } from "../messages/channel_head.js";
import { Composer } from "../messages/composer.js";
import { load, mainMessages, markRead, isWatched } from "../messages/history.js";
import { MessageList } from "../messages/message_list.js";
import { pinsKey } from "../messages/pins.js";
import { drawHints, isTourOver } from "./hints.js";
import { HomeTab } from "./home.js";

export class Conversation {
  /** @param {HTMLElement} root @param {{panelButton: HTMLElement}} options */
  constructor(root, { panelButton }) {
    this.panelButton = panelButton;
    this.head = h("header", { class: "head", data: { testid: "channel-head" } });
    this.hints = h("div", { class: "hints-place" });
    const onLeave = () => this.composer.focus();
    this.list = new MessageList({ label: "Messages", testid: "messages", inThread: false, onLeave });
    this.composer = new Composer({ testid: "composer", onSend: () => this.list.toBottom() });
    this.footer = h("footer", { class: "conversation-foot" }, this.composer.root);
    this.home = new HomeTab();
    root.append(this.head, this.hints, this.list.root, this.home.root, this.footer);
    this.#listen();
  }

  #listen() {
    for (const topic of ["boot", "channels", "place"]) on(topic, () => this.#show());
    on("looked", () => isTourOver() && fill(this.hints));
    on("line", (line) => this.#write(line));
    on("messages", (channelId) => channelId === this.channel?.id && this.#messages());
    document.addEventListener("keydown", (event) => this.#typed(event));
    document.addEventListener(
      "visibilitychange",
      () => this.channel && isWatched(this.channel.id) && markRead(this.channel.id),
    );
  }

  /** The keyboard comes back from the thread of this message. */
  returnTo(ts) {
    if (!this.list.focusOn(ts)) this.composer.focus();
  }

  #show() {
    const channel = state.me && currentChannel();
    if (!channel) return;
    const key = `${state.me.id}/${channel.id}`;
    const isOther = key !== this.key;
    if (channel.id !== this.channel?.id) this.newSince = state.unread.get(channel.id)?.since ?? null;
    [this.channel, this.key] = [channel, key];
    document.title = `${channelName(channel)} - ${state.team.name}`;
    this.#head();
    drawHints(this.hints, channel, (line) => this.composer.write(line));
    this.#tab(channel);
    this.#foot(channel);
    load(channel.id).catch(failed);
    this.#messages();
    if (isOther && !place().thread) this.composer.focus();
  }

  #head() {
    this.pins = pinsKey(this.channel.id);
    drawHead(this.head, this.channel, { panelButton: this.panelButton, point: (ts) => this.list.point(ts) });
  }

  #write(line) {
    if (this.footer.hidden) go({ tab: null });
    this.composer.write(line);
  }

  // Keys that no other field takes go to the composer, as in Slack.
  #typed(event) {
    const { target, key } = event;
    const isNowhere = target === document.body || target === this.list.root || target.parentNode === this.list.rows;
    if (key.length !== 1 || key === " " || event.ctrlKey || event.metaKey || event.altKey || !isNowhere) return;
    this.composer.focus();
  }

  #tab(channel) {
    const atHome = isAppDm(channel) && openTab() === "home";
    for (const part of [this.list.root, this.footer, this.hints]) part.hidden = atHome;
    this.home.show(atHome);
    if (isAppDm(channel)) this.home.tellOpened(atHome ? "home" : "messages", channel.id);
    else this.home.left();
  }

  #foot(channel) {
    const name = channelName(channel);
    const closed = h(
      "div",
      { class: "archived-note" },
      "You are viewing ",
      h("strong", {}, `#${name}`),
      ", an archived channel.",
    );
    fill(this.footer, channel.is_archived ? closed : this.composer.root);
    this.composer.aim({ channel: channel.id, placeholder: `Message ${channel.is_im || isBetweenPeople(channel) ? name : `#${name}`}` });
  }

  #messages() {
    const { id } = this.channel;
    this.list.root.setAttribute("aria-label", `Messages in ${channelName(this.channel)}`);
    this.list.show(id, mainMessages(id), this.newSince);
    if (isWatched(id)) markRead(id);
    if (pinsKey(id) !== this.pins) this.#head();
    this.#pointAt(place().at);
  }

  // Once per link: later redraws leave the scroll position alone.
  #pointAt(ts) {
    if (!ts || this.pointed === location.hash || !mainMessages(this.channel.id).some((message) => message.ts === ts))
      return;
    this.pointed = location.hash;
    requestAnimationFrame(() => this.list.point(ts));
  }
}
