/**
 * A scrolling list of messages, for a channel and for a thread: days, groups, "New", and staying at the bottom.
 * A person who has scrolled up stays there; a button shows that there are new messages below.
 * Arrow keys go from message to message, Enter opens a thread, Escape leaves.
 */

import { h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { KeyedList } from "../core/keyed_list.js";
import { channelName, isBetweenPeople, state } from "../core/state.js";
import { dateOf, dayName, dayOf } from "../core/time.js";
import { openThread } from "../core/place.js";
import { isReply, keyOf, threadMessages } from "./history.js";
import { messageNode } from "./message.js";

const GROUP_WITHIN_S = 5 * 60;
const NEAR_BOTTOM_PX = 80;

export class MessageList {
  /** @param {{label: string, testid: string, inThread: boolean, onLeave?: () => void}} options `onLeave` is Escape's */
  constructor({ label, testid, inThread, onLeave }) {
    this.inThread = inThread;
    this.onLeave = onLeave;
    this.rows = h("div", { class: "rows" });
    this.pill = this.#newPill();
    const attributes = { class: "scroll", role: "log", tabindex: "0", data: { testid }, aria: { label } };
    this.root = h("div", attributes, this.rows, this.pill);
    this.list = new KeyedList(this.rows, (item) => RENDERERS[item.kind](item));
    this.atBottom = true;
    this.root.addEventListener("scroll", () => this.#scrolled());
    this.root.addEventListener("keydown", (event) => this.#key(event));
    // Pictures, unfolding and another size of the window change heights after the fact.
    const sizes = new ResizeObserver(() => this.atBottom && this.toBottom());
    for (const part of [this.rows, this.root]) sizes.observe(part);
  }

  /** @param {import("../core/state.js").Message[]} messages @param {string|null} newSince ts of the first unread one */
  show(channel, messages, newSince = null) {
    const isOther = this.channel !== channel;
    const last = messages.length ? keyOf(messages.at(-1)) : null;
    const hasMore = !isOther && last !== this.last && this.last != null;
    [this.channel, this.last] = [channel, last];
    this.list.show(this.#items(channel, messages, newSince));
    if (isOther || this.atBottom) this.toBottom();
    else if (hasMore) this.pill.hidden = false;
  }

  toBottom() {
    this.root.scrollTop = this.root.scrollHeight;
    this.atBottom = true;
    this.pill.hidden = true;
  }

  /** Bring a message into view and light it up for a moment. */
  point(ts) {
    const node = this.#nodeOf(ts);
    if (!node) return;
    this.atBottom = false;
    node.scrollIntoView({ block: "center" });
    node.classList.add("message-pointed");
  }

  /** Give the keyboard to a message. @returns {boolean} whether it is shown here */
  focusOn(ts) {
    const node = this.#nodeOf(ts);
    node?.focus({ preventScroll: true });
    return Boolean(node);
  }

  #nodeOf(ts) {
    return this.rows.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
  }

  // A control inside a message keeps its own keys, but for Escape.
  #key(event) {
    const { key, target } = event;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === "Escape" && this.onLeave) this.onLeave();
    else if (target === this.root || target.matches(".message")) this.#walk(event);
  }

  #walk(event) {
    const all = [...this.rows.querySelectorAll(".message")];
    const at = all.indexOf(event.target);
    const before = at < 0 ? all.length - 1 : Math.max(0, at - 1);
    const steps = { ArrowUp: before, ArrowDown: at < 0 ? all.length - 1 : at + 1, Home: 0, End: all.length - 1 };
    if (event.key === "Enter" && at >= 0) this.#openThread(all[at]);
    else if (!(event.key in steps) || !all.length) return;
    event.preventDefault();
    all[steps[event.key]]?.focus();
  }

  #openThread({ dataset: { ts, thread, channel, ephemeralId } }) {
    if (!this.inThread && !ephemeralId) openThread(channel, thread ?? ts);
  }

  #newPill() {
    const onclick = () => {
      this.toBottom();
      this.root.focus({ preventScroll: true });
    };
    const attributes = { class: "new-pill", type: "button", hidden: true, onclick, data: { testid: "new-messages" } };
    return h("button", attributes, icon("down", 14), "New messages");
  }

  #scrolled() {
    this.atBottom = this.#nearBottom();
    if (this.atBottom) this.pill.hidden = true;
  }

  #nearBottom() {
    return this.root.scrollHeight - this.root.scrollTop - this.root.clientHeight < NEAR_BOTTOM_PX;
  }

  #items(channel, messages, newSince) {
    const items = this.inThread ? [] : [start(state.channels.get(channel))];
    messages.forEach((message, index) => {
      const before = messages[index - 1];
      const newDay = !before || dayOf(dateOf(before.ts)) !== dayOf(dateOf(message.ts));
      const isNew = message.ts === newSince;
      if (newDay && !this.inThread) items.push(day(message));
      if (isNew) items.push({ kind: "new", key: "new" });
      const isFirstReply = this.inThread && index === 1;
      if (isFirstReply) items.push(...replyCount(messages.slice(1)));
      items.push(this.#item(channel, message, !newDay && !isNew && !isFirstReply && follows(before, message)));
    });
    return items;
  }

  #item(channel, message, grouped) {
    const key = `${channel}/${keyOf(message)}`;
    const replies = this.inThread || isReply(message) ? null : repliesOf(channel, message);
    return { kind: "message", key, message, channel, inThread: this.inThread, grouped, replies };
  }
}

const RENDERERS = {
  start: ({ about, name }) =>
    h("p", { class: "channel-start" }, `This is the very beginning of ${about}`, h("strong", {}, name), "."),
  day: (item) => h("div", { class: "day", role: "separator" }, h("span", { class: "day-name" }, item.name)),
  new: () => h("div", { class: "new-line", role: "separator" }, h("span", {}, "New")),
  count: ({ count }) =>
    h("div", { class: "reply-count" }, h("span", {}, `${count} ${count === 1 ? "reply" : "replies"}`)),
  message: messageNode,
};

/** What only its reader sees is no reply. */
function replyCount(replies) {
  const count = replies.filter((each) => !each.ephemeral).length;
  return count ? [{ kind: "count", key: "count", count }] : [];
}

function start(channel) {
  const isRoom = channel && !channel.is_im && !isBetweenPeople(channel);
  const name = isRoom ? `#${channel.name}` : channelName(channel);
  return { kind: "start", key: "start", about: isRoom ? "" : "what was said with ", name };
}

function day(message) {
  const date = dateOf(message.ts);
  return { kind: "day", key: `day/${dayOf(date)}`, name: dayName(date) };
}

// A message soon after another of the same author is shown without the author.
function follows(before, message) {
  const speaker = (each) => `${each.bot_id ?? each.user}/${each.username}`;
  const plain = (each) => !each.ephemeral && !each.reply_broadcast;
  const soon = Number(message.ts) - Number(before.ts) < GROUP_WITHIN_S;
  return soon && speaker(before) === speaker(message) && plain(before) && plain(message);
}

function repliesOf(channel, message) {
  const replies = threadMessages(channel, message.ts).filter((each) => isReply(each) && !each.ephemeral);
  if (!replies.length) return null;
  return { count: replies.length, users: [...new Set(replies.map((each) => each.user))], last: replies.at(-1).ts };
}
