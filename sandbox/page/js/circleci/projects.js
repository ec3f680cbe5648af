/** The projects and their branches: pressing a branch pushes a commit to it. */

import * as api from "../core/api.js";
import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { awaiting } from "../blocks/surface.js";
import { failed, toast } from "../overlays/toast.js";

/** The story of each branch, for its tooltip; other branches have that of main. */
const STORIES = {
  main: "passes",
  broken: "fails with failing tests and a log",
  flaky: "fails, then passes on rerun",
  release: "stops at two holds",
  slow: "runs until cancelled",
  "bad-config": "errors before any workflow",
  setup: "a setup workflow comes first",
  empty: "has no workflow at all",
  "auto-rerun": "is rerun by CircleCI itself",
  unauthorized: "may not use its context",
  infra: "the machine fails",
  "ci-skip": "is skipped by its commit message",
  odd: "holds and jobs with awkward names",
  oom: "runs out of memory",
  timeout: "runs into its time limit",
  parallel: "fails on one of four nodes",
  mono: "has fifty workflows, one of which fails",
  dynamic: "passes its setup and is refused after it",
  "dynamic-empty": "passes its setup and has nothing after it",
};
const SHOWN_FIRST = 6;

export class Projects {
  /** @param {() => void} onPushed */
  constructor(onPushed) {
    this.onPushed = onPushed;
    this.root = h("section", { class: "panel-section", data: { testid: "projects" } });
    this.unfolded = false;
  }

  /** @param {{slug: string, name: string, branches: string[]}[]} projects */
  show(projects) {
    this.projects = projects;
    const drawn = JSON.stringify([projects, this.chosen, this.unfolded]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const current = projects.find((project) => project.slug === this.chosen) ?? projects[0];
    if (current)
      fill(
        this.root,
        h("h3", { class: "panel-title" }, "Push a commit to"),
        this.#chooser(current),
        this.#branches(current),
      );
  }

  #again() {
    this.show(this.projects);
  }

  #chooser(current) {
    const onchange = (event) => {
      this.chosen = event.currentTarget.value;
      this.#again();
    };
    const option = ({ slug, name }) => h("option", { value: slug, selected: slug === current.slug }, label(slug, name));
    return h(
      "select",
      { class: "input panel-select", onchange, aria: { label: "Project" } },
      ...this.projects.map(option),
    );
  }

  #branches({ slug, branches }) {
    const shown = this.unfolded ? branches : branches.slice(0, SHOWN_FIRST);
    const rest = branches.length - SHOWN_FIRST;
    const unfold = () => {
      this.unfolded = !this.unfolded;
      this.#again();
    };
    const words = this.unfolded ? "Fewer" : `${rest} more`;
    const more = rest > 0 && h("button", { class: "branch branch-more", type: "button", onclick: unfold }, words);
    return h("div", { class: "branches" }, ...shown.map((branch) => this.#branch(slug, branch)), more);
  }

  #branch(project, branch) {
    const story = STORIES[branch] ?? STORIES.main;
    const attributes = {
      class: "branch",
      type: "button",
      title: `${branch}: ${story}`,
      aria: { label: `Push to ${branch}` },
    };
    const onclick = (event) => this.#push(event.currentTarget, project, branch);
    return h("button", { ...attributes, onclick, data: { branch, project } }, icon("branch", 14), branch);
  }

  #push(button, project, branch) {
    awaiting(button, async () => {
      const { number } = await api.push({ project, branch });
      toast(`Pushed to ${branch}: pipeline ${number}`);
      this.onPushed();
    }).catch(failed);
  }
}

/** Slugs of GitHub App projects are two long ids: their name says more. */
export const label = (slug, name) => (slug.startsWith("circleci/") ? `${name} (GitHub App)` : slug);
