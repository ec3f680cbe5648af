/** Recent pipelines with the live state of their workflows and jobs. */

import { h } from "../core/dom.js";
import { KeyedList } from "../core/keyed_list.js";
import { ago, duration } from "../core/time.js";
import { label } from "./projects.js";

const SHOWN = 7;

/** The colour of each CircleCI status; anything unknown is grey. */
const LOOKS = {
  success: "good",
  fixed: "good",
  failed: "bad",
  failing: "bad",
  error: "bad",
  errored: "bad",
  infrastructure_fail: "bad",
  timedout: "bad",
  unauthorized: "bad",
  running: "busy",
  queued: "waiting",
  on_hold: "held",
  blocked: "waiting",
  canceled: "off",
  not_run: "off",
};

export class Pipelines {
  constructor() {
    this.rows = h("div", { class: "pipelines" });
    this.root = h(
      "section",
      { class: "panel-section", data: { testid: "pipelines" } },
      h("h3", { class: "panel-title" }, "Recent pipelines"),
      this.rows,
    );
    this.list = new KeyedList(this.rows, row);
  }

  /** @param {object[]} pipelines newest first, as of API v2 with `workflows` @param {Map<string, string>} names by slug */
  show(pipelines, names) {
    this.list.show(
      pipelines.slice(0, SHOWN).map((pipeline) => ({
        key: pipeline.id,
        pipeline,
        name: names.get(pipeline.project_slug),
        when: when(pipeline),
      })),
    );
  }
}

function row({ pipeline, name, when: moment }) {
  const href = `/circleci/pipelines/${pipeline.project_slug}/${pipeline.number}`;
  const short = label(pipeline.project_slug, name).replace(/^(bb\/)?[^/]+\//, "");
  const link = h(
    "a",
    { class: "pipeline-name", href, target: "_blank", rel: "noopener noreferrer" },
    `${short} #${pipeline.number}`,
  );
  const branch = h("span", { class: "pipeline-branch" }, pipeline.branch ?? pipeline.tag ?? "");
  const data = { pipelineId: pipeline.id, number: pipeline.number, testid: "pipeline" };
  const title = h("div", { class: "pipeline-title" }, link, branch, h("span", { class: "pipeline-when" }, moment));
  const subject = pipeline.subject && h("div", { class: "pipeline-subject" }, pipeline.subject);
  return h("div", { class: "pipeline", data }, title, subject, workflows(pipeline));
}

function workflows(pipeline) {
  if (pipeline.workflows.length) return pipeline.workflows.map(workflow);
  const status = pipeline.errors?.length ? "errored" : (pipeline.state ?? "pending");
  return h("div", { class: "workflow" }, dot(status), h("span", {}, pipeline.errors?.[0]?.message ?? status));
}

function workflow({ name, status, jobs, created_at: from, stopped_at: to }) {
  const took = to && h("span", { class: "workflow-took" }, duration((new Date(to) - new Date(from)) / 1000));
  const cells = jobs.map((job) =>
    h("span", { class: `job job-${look(job.status)}`, title: `${job.name}: ${job.status}` }),
  );
  const words = h("span", { class: "workflow-name", title: `${name}: ${status}` }, name);
  return h(
    "div",
    { class: "workflow", data: { status } },
    dot(status),
    words,
    h("span", { class: "jobs" }, ...cells),
    took,
  );
}

const look = (status) => LOOKS[status] ?? "off";
const dot = (status) =>
  h("span", { class: `dot dot-${look(status)}`, role: "img", title: status, aria: { label: status } });
const when = (pipeline) =>
  ago(new Date(pipeline.created_at))
    .replace(/ minutes?/, " min")
    .replace(/ hours?/, " h");
