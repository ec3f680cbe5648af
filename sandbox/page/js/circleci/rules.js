/** What the simulated CircleCI insists on, and what of it nobody has published. */

import { fill, h } from "../core/dom.js";

const MARKS = { rule: "assumed", words: "its words are assumed" };

export class Rules {
  constructor() {
    this.root = h("details", { class: "panel-section rules", data: { testid: "rules" } });
  }

  /** @param {{says: string, source: string, status: number|null, words: string, assumed: ""|"rule"|"words"}[]} rules */
  show(rules) {
    if (this.shown === rules.length) return;
    this.shown = rules.length;
    const assumed = rules.filter((rule) => rule.assumed === "rule").length;
    const count = `${rules.length} rules, ${assumed} of them assumed`;
    const title = h("summary", { class: "panel-title rules-title" }, "What CircleCI insists on", h("span", {}, count));
    fill(this.root, title, h("ul", { class: "rules-list" }, ...rules.map(entry)));
  }
}

function entry({ says, source, status, words, assumed }) {
  const answer = status && h("div", { class: "rule-answer" }, h("b", {}, String(status)), words && ` ${words}`);
  const mark = assumed
    ? h("span", { class: "rule-assumed" }, MARKS[assumed])
    : h("span", { class: "rule-source" }, source);
  return h("li", { class: "rule", data: { assumed } }, h("div", {}, ...spoken(says)), answer, mark);
}

// What stands between backticks is code.
const spoken = (says) =>
  says.split("`").map((part, index) => (index % 2 ? h("code", { class: "code" }, part) : part));
