/** Buttons that make Slack or CircleCI fail for the app's next calls, the faults in force, and a reset. */

import * as api from "../core/api.js";
import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { on } from "../core/state.js";
import { awaiting } from "../blocks/surface.js";
import { confirmed } from "../overlays/dialog.js";
import { toast } from "../overlays/toast.js";

/** Each button adds these faults (their fields: sandbox/faults.py). */
const FAULTS = [
  {
    name: "Slack says 429",
    about: "the next 3 posts are rate limited",
    faults: posting({ status: 429, retry_after: 2, count: 3 }),
  },
  {
    name: "Slack is down",
    about: "the next 10 calls answer 503",
    faults: [{ target: "slack", match: "", status: 503, count: 10 }],
  },
  {
    name: "Slack loses an answer",
    about: "the next post is made, its answer lost",
    faults: posting({ accept_then_drop: true, count: 1 }),
  },
  {
    name: "Socket drops",
    about: "the app's connection is cut",
    faults: [{ target: "slack", match: "socket", drop_socket: true }],
  },
  {
    name: "CircleCI says 500",
    about: "the next 10 calls fail",
    faults: [{ target: "circleci", match: "", status: 500, count: 10 }],
  },
  {
    name: "CircleCI says 401",
    about: "the next 3 calls are refused",
    faults: [{ target: "circleci", match: "", status: 401, count: 3 }],
  },
  {
    name: "CircleCI says 429",
    about: "the next 5 calls are rate limited",
    faults: [{ target: "circleci", match: "", status: 429, retry_after: 3, count: 5 }],
  },
  {
    name: "CircleCI is slow",
    about: "the next 5 calls take 4 s",
    faults: [{ target: "circleci", match: "", delay_s: 4, count: 5 }],
  },
];

function posting(fault) {
  return [{ target: "slack", match: "chat.postMessage", ...fault }];
}

export class Faults {
  constructor() {
    this.inForce = h("div", { class: "in-force" });
    const buttons = h("div", { class: "faults" }, ...FAULTS.map((fault) => this.#button(fault)));
    const reset = h(
      "button",
      {
        class: "button button-plain button-small",
        type: "button",
        onclick: (event) => startOver(event.currentTarget),
        data: { testid: "reset" },
      },
      "Reset the world",
    );
    const title = h("h3", { class: "panel-title" }, icon("warning", 16), "Faults");
    this.root = h(
      "section",
      { class: "panel-section", data: { testid: "faults" } },
      title,
      buttons,
      this.inForce,
      reset,
    );
    on("looked", () => this.#watch());
    this.mayHaveFaults = true;
  }

  #button({ name, about, faults }) {
    const onclick = (event) => this.#add(event.currentTarget, faults);
    return h(
      "button",
      { class: "fault-button", type: "button", onclick, title: about },
      h("span", {}, name),
      h("span", { class: "fault-button-about" }, about),
    );
  }

  #add(button, faults) {
    awaiting(button, async () => {
      for (const fault of faults) await api.addFault(fault);
      this.mayHaveFaults = true;
      await this.#watch();
    });
  }

  // The whole state is large, so it is asked for only while some fault may be left.
  async #watch() {
    if (!this.mayHaveFaults) return;
    const { faults } = await api.world();
    this.mayHaveFaults = faults.length > 0;
    fill(this.inForce, faults.length > 0 && h("ul", {}, ...faults.map((fault) => h("li", {}, sentence(fault)))));
  }
}

function sentence(fault) {
  const what =
    fault.status ?? (fault.delay_s ? `slow by ${fault.delay_s} s` : fault.accept_then_drop ? "answer lost" : "broken");
  return `${fault.target} ${fault.match || "(any call)"}: ${what}, ${fault.count > 0 ? `${fault.count} left` : "until reset"}`;
}

async function startOver(button) {
  const plain = (text) => ({ type: "plain_text", text });
  const question = {
    title: plain("Reset the world?"),
    text: plain("Messages, pipelines, faults and what the demo's bot remembers go back to how they were at the start."),
    confirm: plain("Reset"),
    deny: plain("Keep it"),
    style: "danger",
  };
  if (!(await confirmed(question))) return;
  await awaiting(button, api.reset);
  toast("Everything is as it was at the start");
}
