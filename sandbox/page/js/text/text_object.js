/** Slack's text objects: `{type: "plain_text"|"mrkdwn", text, emoji?}`. */

import { h } from "../core/dom.js";
import { mrkdwn, withEmoji } from "./mrkdwn.js";

/** @returns {Node[]} */
export function textNodes(object) {
  if (!object) return [];
  if (object.type === "mrkdwn") return mrkdwn(object.text);
  return object.emoji === false ? [document.createTextNode(object.text)] : withEmoji(object.text);
}

export const textSpan = (object, className) => h("span", { class: className }, ...textNodes(object));
