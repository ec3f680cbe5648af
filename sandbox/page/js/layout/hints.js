/** A strip for newcomers at the top of #deploys: lines to try, each filled into the composer by a click. */

import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { flag, setFlag } from "../core/storage.js";
import { state } from "../core/state.js";

const WHERE = "deploys";
const DISMISSED = "hints-dismissed";

/** Of the simulated CircleCI, by who has it. */
export const TOKENS = { U0ADA: "CCIPAT_ada", U0GRACE: "CCIPAT_grace", U0EVE: "CCIPAT_eve", U0LIN: "CCIPAT_lin" };

const LINES = [
  { line: "/circle connect", why: "Act as yourself", then: () => `paste ${TOKENS[state.me.id] ?? "a token"}` },
  { line: "/circle tour", why: "Be shown around, privately" },
];

/** Whether the person has done all that the strip leads to. */
export const isTourOver = () => state.minutes.length > 0 && state.minutes.every((each) => each.is_done);

/** @param {HTMLElement} root @param {(line: string) => void} onPick */
export function drawHints(root, channel, onPick) {
  if (channel.name !== WHERE || flag(DISMISSED) || isTourOver()) return fill(root);
  const dismiss = () => {
    setFlag(DISMISSED, "yes");
    fill(root);
  };
  const close = h(
    "button",
    { class: "icon-button", type: "button", aria: { label: "Dismiss" }, onclick: dismiss },
    icon("close", 16),
  );
  const lines = LINES.map((each) => hint(each, onPick));
  fill(
    root,
    h(
      "aside",
      { class: "hints", data: { testid: "hints" }, aria: { label: "Things to try" } },
      h("span", { class: "hints-title" }, "Try"),
      h("ol", {}, ...lines),
      close,
    ),
  );
}

function hint({ line, why, then }, onPick) {
  const button = h("button", { class: "hint-line", type: "button", onclick: () => onPick(line), title: why }, line);
  return h("li", {}, button, then && h("span", { class: "hint-then" }, then()));
}
