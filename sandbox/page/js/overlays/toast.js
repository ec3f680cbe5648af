/** A short message at the foot of the page that goes away after a while. */

import { h } from "../core/dom.js";
import { icon } from "../core/icons.js";

const SHOWN_MS = 6000;

export function toast(text, kind = "info") {
  const shown = h("div", { class: `toast toast-${kind}`, role: "status", data: { testid: "toast" } });
  shown.append(icon(kind === "error" ? "warning" : "check", 16), h("span", {}, text));
  document.getElementById("toasts").append(shown);
  setTimeout(() => shown.remove(), SHOWN_MS);
}

const WORDS = {
  message_changed: "That message has changed in the meantime. Look again.",
  view_not_found: "That view is gone.",
};

/** Show why a call to the Page API failed; for its catch. */
export function failed(error) {
  toast(WORDS[error.code] ?? error.code ?? String(error), "error");
}
