/** The rules that the simulated CircleCI enforces, and which of them are assumed. */

import { fill, h } from "../core/dom.js";

const MARKS = { rule: "assumed", message: "its message is assumed" };

export class Rules {
  constructor() {
    this.root = h("details", { class: "panel-section rules", data: { testid: "rules" } });
  }

  /** @param {{rule: string, source: string, status: number|null, message: string, assumed: ""|"rule"|"message"}[]} rules */
  show(rules) {
    if (this.shown === rules.length) return;
    this.shown = rules.length;
    const assumed = rules.filter((rule) => rule.assumed === "rule").length;
    const count = `${rules.length} rules, ${assumed} of them assumed`;
    const title = h("summary", { class: "panel-title rules-title" }, "Rules of CircleCI", h("span", {}, count));
    fill(this.root, title, h("ul", { class: "rules-list" }, ...rules.map(entry)));
  }
}

function entry({ rule, source, status, message, assumed }) {
  const answer = status && h("div", { class: "rule-answer" }, h("b", {}, String(status)), message && ` ${message}`);
  const mark = assumed
    ? h("span", { class: "rule-assumed" }, MARKS[assumed])
    : h("span", { class: "rule-source" }, source);
  return h("li", { class: "rule", data: { assumed } }, h("div", {}, ...withCode(rule)), answer, mark);
}

// What is between backticks is code.
const withCode = (text) =>
  text.split("`").map((part, index) => (index % 2 ? h("code", { class: "code" }, part) : part));
