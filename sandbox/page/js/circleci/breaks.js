/** "Break things": CircleCI's pace, switches that break and mend, faults that strike a few times, and a reset. */

import * as api from "../core/api.js";
import { fill, h } from "../core/dom.js";
import { keepingFocus } from "../core/focus.js";
import { icon } from "../core/icons.js";
import { openChannel, place } from "../core/place.js";
import { on, state } from "../core/state.js";
import { awaiting } from "../blocks/surface.js";
import { confirmed } from "../overlays/dialog.js";
import { failed, toast } from "../overlays/toast.js";
import { look } from "./incident.js";

/** Each button adds this fault (its fields: sandbox/faults.py). */
const FAULTS = [
  {
    name: "Slack loses an answer",
    about: "the next post is made, its answer lost",
    fault: { target: "slack", match: "chat.postMessage", accept_then_drop: true, count: 1 },
  },
  {
    name: "Socket drops",
    about: "the app's connection is cut",
    fault: { target: "slack", match: "socket", drop_socket: true },
  },
  {
    name: "CircleCI says 401",
    about: "the next 3 calls are refused",
    fault: { target: "circleci", match: "", status: 401, count: 3 },
  },
  {
    name: "CircleCI says 429",
    about: "the next 5 calls are rate limited",
    fault: { target: "circleci", match: "", status: 429, retry_after: 3, count: 5 },
  },
  {
    name: "CircleCI is slow",
    about: "the next 5 calls take 4 s",
    fault: { target: "circleci", match: "", delay_s: 4, count: 5 },
  },
];

const EDITIONS = { cloud: "the cloud (API v3)", server: "a Server (API v2)" };
const PACES = { slow: "Slow", normal: "Normal", fast: "Fast" };

export class Breaks {
  constructor() {
    this.switches = h("div", { class: "breaks" });
    this.inForce = h("div", { class: "in-force" });
    const more = h(
      "details",
      { class: "break-more" },
      h("summary", {}, "More that can go wrong"),
      h("div", { class: "faults" }, ...FAULTS.map((fault) => this.#button(fault))),
      this.inForce,
    );
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
    const title = h("h3", { class: "panel-title" }, icon("warning", 16), "Break things");
    this.root = h(
      "section",
      { class: "panel-section", data: { testid: "faults" } },
      ...[title, this.switches, more, reset],
    );
    on("looked", () => this.#watch());
    on("breaks", () => keepingFocus(this.switches, () => fill(this.switches, drawn())));
    this.mayHaveFaults = true;
  }

  #button({ name, about, fault }) {
    const onclick = (event) => this.#add(event.currentTarget, fault);
    return h(
      "button",
      { class: "fault-button", type: "button", onclick, title: about },
      h("span", {}, name),
      h("span", { class: "fault-button-about" }, about),
    );
  }

  #add(button, fault) {
    awaiting(button, async () => {
      await api.addFault(fault);
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

function drawn() {
  const { switches, incident, drill, runs_bot: runsBot } = state.breaks;
  const about = incident?.words ?? "Break something, push a commit, mend it: nothing is lost, nothing is said twice.";
  const alone = `The sandbox does not run ${state.app.name} here: stop and start it where you started it.`;
  return [
    pace(),
    edition(),
    h("p", { class: "panel-about", data: { testid: "incident-words" } }, about),
    ...switches.map(breaker),
    runsBot ? drillOf(drill) : h("p", { class: "panel-about" }, alone),
  ];
}

function pace() {
  const choose = ({ currentTarget }) => act(currentTarget, () => api.setPace(currentTarget.value));
  const option = (name) => h("option", { value: name, selected: name === state.breaks.pace }, PACES[name]);
  const select = h(
    "select",
    { class: "input panel-select", onchange: choose, data: { control: "pace" } },
    ...state.breaks.paces.map(option),
  );
  return h("label", { class: "pace" }, "CircleCI runs", select);
}

function edition() {
  const choose = ({ currentTarget }) => act(currentTarget, () => api.setServer(currentTarget.value === "server"));
  const option = ([value, words]) =>
    h("option", { value, selected: (value === "server") === state.breaks.is_server }, words);
  const select = h(
    "select",
    { class: "input panel-select", onchange: choose, data: { control: "edition" } },
    ...Object.entries(EDITIONS).map(option),
  );
  return h("label", { class: "pace" }, "CircleCI is", select);
}

function breaker({ name, label, about, on: isOn, act: does }) {
  const onclick = (event) => act(event.currentTarget, () => api.turn(name, !isOn));
  const aria = { checked: String(isOn), label, describedby: `break-${name}` };
  return h(
    "button",
    { class: "fault-button breaker", type: "button", role: "switch", aria, onclick, data: { control: name } },
    h("span", { class: "breaker-label" }, label, h("span", { class: "breaker-state" }, does)),
    h("span", { class: "fault-button-about", id: `break-${name}` }, about),
  );
}

function drillOf({ lines, running }) {
  const onclick = (event) => act(event.currentTarget, play);
  const about = "Kill, outage and restore while builds go on, in two minutes: nothing is lost, nothing is said twice.";
  const button = h(
    "button",
    { class: "button button-plain button-small", type: "button", disabled: running, onclick, data: { control: "drill" } },
    running ? "The drill is under way…" : lines.length ? "Play the drill again" : "Play the drill",
  );
  const said = h("ol", { class: "drill-lines", data: { testid: "drill-lines" } }, ...lines.map((line) => h("li", {}, line)));
  return h("div", { class: "drill" }, h("p", { class: "panel-about" }, about), button, lines.length > 0 && said);
}

/** What it brings is said in a channel of its own, which is the first workspace's. */
async function play() {
  const { channel } = await api.playDrill();
  if (!place().team) openChannel(channel.id);
}

function act(control, call) {
  return awaiting(control, () => call().finally(look)).catch(failed);
}

function sentence(fault) {
  const what =
    fault.status ?? (fault.delay_s ? `slow by ${fault.delay_s} s` : fault.accept_then_drop ? "answer lost" : "broken");
  return `${fault.target} ${fault.match || "(any call)"}: ${what}, ${fault.count > 0 ? `${fault.count} left` : "until it is mended"}`;
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
