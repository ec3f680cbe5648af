/** Pictures of people and of the app: initials on their colour, or the app's mark. */

import { h } from "./dom.js";
import { appMark } from "./icons.js";
import { safeColor, underWhite } from "./sanitise.js";

/** @param {{avatar: {initials: string, color: string}|null, name: string}} who @param {number} size pixels */
export function avatar(who, size = 36) {
  const frame = {
    class: "avatar",
    style: { width: `${size}px`, height: `${size}px`, "font-size": `${size * 0.42}px` },
  };
  if (!who.avatar?.initials || who.is_bot) return h("span", { ...frame, aria: { hidden: "true" } }, appMark(size));
  const style = { ...frame.style, "background-color": underWhite(safeColor(who.avatar.color) ?? "#6b7480") };
  return h("span", { ...frame, style, aria: { hidden: "true" } }, who.avatar.initials);
}
