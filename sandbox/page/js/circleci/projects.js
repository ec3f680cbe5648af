/** The projects and the stories of their branches: what happens, what to try then, and a button that pushes a commit. */

import * as api from "../core/api.js";
import { fill, h } from "../core/dom.js";
import { keepingFocus } from "../core/focus.js";
import { icon } from "../core/icons.js";
import { emit } from "../core/state.js";
import { awaiting } from "../blocks/surface.js";
import { failed, toast } from "../overlays/toast.js";

const SHOWN_FIRST = 6;

export class Projects {
  /** @param {() => void} onPushed */
  constructor(onPushed) {
    this.onPushed = onPushed;
    this.root = h("section", { class: "panel-section", data: { testid: "projects" } });
    this.unfolded = false;
  }

  /**
   * @param {{slug: string, name: string, branches: string[]}[]} projects
   * @param {Record<string, {happens: string, line: string}>} stories by branch; other branches have that of main
   */
  show(projects, stories) {
    [this.projects, this.stories] = [projects, stories];
    const drawn = JSON.stringify([projects, stories, this.chosen, this.unfolded]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const current = projects.find((project) => project.slug === this.chosen) ?? projects[0];
    if (!current) return;
    const title = h("h3", { class: "panel-title" }, "Push a commit to");
    keepingFocus(this.root, () =>
      fill(this.root, title, this.#chooser(current), about(current), this.#branches(current)),
    );
  }

  #again() {
    this.show(this.projects, this.stories);
  }

  #chooser(current) {
    const onchange = (event) => {
      this.chosen = event.currentTarget.value;
      this.#again();
    };
    const option = ({ slug, name }) => h("option", { value: slug, selected: slug === current.slug }, label(slug, name));
    return h(
      "select",
      { class: "input panel-select", onchange, data: { control: "project" }, aria: { label: "Project" } },
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
    const words = this.unfolded ? "Show fewer" : `Show ${rest} more`;
    const attributes = { class: "link-button stories-more", type: "button", onclick: unfold, data: { control: "more" } };
    const more = rest > 0 && h("button", attributes, words);
    return [h("ul", { class: "stories" }, ...shown.map((branch) => this.#story(slug, branch))), more];
  }

  #story(project, branch) {
    const { happens, line } = this.stories[branch] ?? this.stories.main;
    const onclick = (event) => this.#push(event.currentTarget, project, branch);
    const attributes = { class: "button button-plain button-small", type: "button", onclick };
    const aria = { label: `Push to ${branch}` };
    const push = h("button", { ...attributes, aria, data: { branch, project } }, h("span", { class: "button-words" }, "Push"));
    const name = h("span", { class: "story-branch" }, icon("branch", 14), h("span", { class: "story-name" }, branch));
    const next = h("p", { class: "story-next" }, "Then try ", lineButton(line, project));
    return h("li", { class: "story" }, h("div", { class: "story-head" }, name, push), h("p", {}, happens), next);
  }

  #push(button, project, branch) {
    awaiting(button, async () => {
      const { number } = await api.push({ project, branch });
      toast(`Pushed to ${branch}: pipeline ${number}`);
      this.onPushed();
    }).catch(failed);
  }
}

function about({ slug }) {
  const subscribe = lineButton("/circle subscribe {project}", slug);
  return h("p", { class: "panel-about" }, "A push starts a pipeline. A channel gets a message after ", subscribe);
}

/** A line that a press writes into the message field. */
export function lineButton(pattern, project) {
  const line = pattern.replace("{project}", short(project));
  const words = pattern.replace(" {project}", "");
  const onclick = () => emit("line", line);
  return h("button", { class: "hint-line", type: "button", onclick, title: line, aria: { label: `Write ${line}` } }, words);
}

/** Slugs of GitHub App projects are two long ids: their name says more. */
export const label = (slug, name) => (slug.startsWith("circleci/") ? `${name} (GitHub App)` : short(slug));

/** As people call a project of GitHub, and as the bot takes it: `acme/web`. */
const short = (slug) => slug.replace(/^gh\//, "");
