/** The first five minutes: what to do, a line that does it, and a tick once Slack and CircleCI have seen it. */

import { fill, h } from "../core/dom.js";
import { keepingFocus } from "../core/focus.js";
import { state } from "../core/state.js";
import { TOKENS } from "../layout/hints.js";
import { lineButton } from "./projects.js";

export class Minutes {
  constructor() {
    this.root = h("section", { class: "panel-section", data: { testid: "minutes" } });
  }

  /** @param {{title: string, line: string, is_done: boolean}[]} minutes */
  show(minutes) {
    const drawn = JSON.stringify([minutes, state.me.id]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.root.hidden = !minutes.length;
    const done = minutes.filter((each) => each.is_done).length;
    const count = h("span", { class: "minutes-count" }, `${done} of ${minutes.length} done`);
    const title = h("h3", { class: "panel-title" }, "The first five minutes", count);
    keepingFocus(this.root, () => fill(this.root, title, h("ol", { class: "minutes" }, ...minutes.map(entry))));
  }
}

function entry({ title, line, is_done: isDone }, index) {
  const mark = h("span", { class: "minute-mark", aria: { hidden: "true" } }, isDone ? "✓" : String(index + 1));
  const said = isDone && h("span", { class: "unseen" }, " (done)");
  const token = line.endsWith(" connect") && h("span", { class: "minute-token" }, `and paste ${TOKENS[state.me.id]}`);
  const next = !isDone && h("p", { class: "story-next" }, lineButton(line, ""), token);
  return h("li", { class: "minute", data: { done: String(isDone) } }, mark, h("div", { class: "minute-words" }, title, said, next));
}
