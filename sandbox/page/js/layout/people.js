/** The narrow strip at the left: the workspaces and, below, the people that this tab can act as. */

import { avatar } from "../core/avatar.js";
import { fill, h } from "../core/dom.js";
import { walkByArrows } from "../core/focus.js";
import { go } from "../core/place.js";
import { on, state } from "../core/state.js";

/** @param {HTMLElement} root */
export function mountPeople(root) {
  on("boot", () => drawPeople(root));
  walkByArrows(root, ".person");
}

function drawPeople(root) {
  const people = [...state.people.values()].filter((person) => !person.is_bot);
  const several = state.teams.length > 1;
  const marks = several ? state.teams.map(teamButton) : [mark("div", state.team, { aria: { hidden: "true" } })];
  const label = h("div", { class: "people-label", id: "be" }, "You are");
  const group = h("div", {
    class: "people",
    role: "radiogroup",
    aria: { labelledby: "be" },
    data: { testid: "people" },
  });
  group.append(...people.map(personButton));
  fill(root, ...marks, h("div", { class: "people-gap" }), label, group);
}

const mark = (tag, team, attributes) => h(tag, { class: "team-mark", ...attributes }, team.name.slice(0, 1));

function teamButton(team) {
  const isHere = team.id === state.team.id;
  const place = { team: team.path ? team.id : null, as: team.as, channel: null, thread: null, tab: null };
  const aria = { label: `Workspace ${team.name}`, current: isHere ? "true" : null };
  const attributes = { type: "button", title: team.name, aria, data: { team: team.id, testid: "team" } };
  return mark("button", team, { ...attributes, onclick: () => isHere || go(place) });
}

function personButton(person) {
  const isMe = person.id === state.me.id;
  const name = person.remark ? `${person.real_name} (${person.remark})` : person.real_name;
  const attributes = { class: `person${isMe ? " person-me" : ""}`, type: "button", role: "radio", title: `Be ${name}` };
  const aria = { checked: String(isMe), label: name };
  const onclick = () => go({ as: person.id, thread: null });
  const remark = person.remark && h("span", { class: "person-remark" }, person.remark);
  const words = h("span", { class: "person-name" }, firstName(person));
  return h(
    "button",
    { ...attributes, aria, onclick, data: { user: person.id, testid: "person" } },
    avatar(person, 36),
    words,
    remark,
  );
}

const firstName = (person) => person.real_name.split(" ")[0];
