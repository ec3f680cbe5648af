/** Pinned messages: the mark above one, and the list of a channel's in its head. */

import { h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { mrkdwn } from "../text/mrkdwn.js";
import { openMenu } from "../overlays/menu.js";
import { mainMessages } from "./history.js";

const pinned = (channelId) => mainMessages(channelId).filter((message) => message.pinned_to?.includes(channelId));

/** Changes when the list does. */
export const pinsKey = (channelId) => pinned(channelId).map((message) => message.ts).join();

/** Above a message that is pinned. */
export function pinMark() {
  return h("div", { class: "pin-mark", data: { testid: "pin-mark" } }, icon("pin", 14), "Pinned");
}

/** Opens the list; false where nothing is pinned. @param {(ts: string) => void} point shows the message */
export function pinsButton(channelId, point) {
  const messages = pinned(channelId);
  if (!messages.length) return false;
  const entries = messages.reverse().map((message) => ({ text: excerpt(message), act: () => point(message.ts) }));
  const label = messages.length === 1 ? "1 pinned message" : `${messages.length} pinned messages`;
  const onclick = (event) =>
    openMenu(event.currentTarget, [{ label: "Pinned" }, ...entries], { label, alignEnd: true });
  const attributes = { class: "head-tool", type: "button", title: label, aria: { label, haspopup: "menu" }, onclick };
  return h("button", { ...attributes, data: { testid: "pins" } }, icon("pin", 16), String(messages.length));
}

function excerpt(message) {
  const text = mrkdwn(message.text ?? "")
    .map((node) => node.textContent)
    .join("");
  return text.length > 60 ? `${text.slice(0, 59)}…` : text || "a message";
}
