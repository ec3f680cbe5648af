/** What is between angle brackets: links, people, channels, broadcasts, dates (slack docs: formatting text). */

import { h } from "../core/dom.js";
import { openChannel } from "../core/place.js";
import { safeUrl } from "../core/sanitise.js";
import { channelName, isAppDm, state } from "../core/state.js";
import { dateOf, wholeTime, written } from "../core/time.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

/** Slack escapes exactly three characters. */
export const unescaped = (text) => text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);
export const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** @param {string} inner what is between "<" and ">" @returns {Node} */
export function reference(inner) {
  const [target, ...rest] = inner.split("|");
  const label = rest.length ? unescaped(rest.join("|")) : null;
  if (target.startsWith("@")) return personMention(target.slice(1), label);
  if (target.startsWith("#")) return channelMention(target.slice(1), label);
  if (target.startsWith("!")) return special(target.slice(1), label);
  return link(unescaped(target), label);
}

/** A link that opens in a new tab; an address we do not open stays text. */
export function link(url, label) {
  const href = safeUrl(url);
  const shown = label || url.replace(/^mailto:/, "");
  if (!href) return document.createTextNode(shown);
  return h("a", { class: "link", href, target: "_blank", rel: "noopener noreferrer" }, shown);
}

export function personMention(id, label) {
  const person = state.people.get(id);
  const name = person?.is_bot ? state.app.name : person?.real_name;
  const mine = id === state.me?.id ? " mention-me" : "";
  return h("span", { class: `mention${mine}`, data: { user: id }, title: id }, `@${name ?? label ?? id}`);
}

export function channelMention(id, label) {
  const channel = state.channels.get(id);
  const name = channel ? channelName(channel) : label;
  if (!channel) return h("span", { class: "mention" }, name ? `#${name}` : "#unknown-channel");
  const onclick = () => openChannel(id);
  const sign = isAppDm(channel) ? "@" : "#";
  return h("button", { class: "mention mention-channel", type: "button", onclick }, `${sign}${name}`);
}

/** @param {"here"|"channel"|"everyone"} range */
export const broadcast = (range) => h("span", { class: "mention mention-me" }, `@${range}`);
export const groupMention = (id, label) => h("span", { class: "mention" }, label ?? `@${state.groups[id] ?? id}`);

/** A moment; `url` makes it a link. */
export function moment(seconds, pattern, { url, fallback } = {}) {
  const date = dateOf(seconds);
  if (Number.isNaN(date.getTime())) return document.createTextNode(fallback ?? "");
  const text = written(date, pattern, state.me?.locale);
  const time = h("time", { datetime: date.toISOString(), title: wholeTime(date) }, text);
  const href = url && safeUrl(url);
  return href ? h("a", { class: "link", href, target: "_blank", rel: "noopener noreferrer" }, time) : time;
}

function special(inner, label) {
  if (/^(here|channel|everyone)$/.test(inner)) return broadcast(inner);
  const [kind, ...parts] = inner.split("^");
  if (kind === "subteam") return groupMention(parts[0], label);
  if (kind === "date") return moment(parts[0], parts[1] ?? "", { url: parts[2], fallback: label });
  return document.createTextNode(label ?? `<${inner}>`);
}
