/** The search field at the top: go to a channel or the app, or act as another person (Ctrl+K). */

import { avatar } from "../core/avatar.js";
import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { go, openChannel } from "../core/place.js";
import { channelName, isAppDm, on, state } from "../core/state.js";
import { Listbox } from "../overlays/listbox.js";
import { openPopover } from "../overlays/popover.js";

/** @param {HTMLElement} root */
export function mountSwitcher(root) {
  const label = h("span", {});
  const button = h(
    "button",
    { class: "switcher", type: "button", onclick: () => open(button), data: { testid: "switcher" } },
    icon("search", 16),
    label,
  );
  on("boot", () => fill(label, `Go to a channel or act as somebody else in ${state.team.name}`));
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    open(button);
  });
  fill(root, button);
}

function open(anchor) {
  const list = new Listbox({ label: "Places and people", onPick: (choice) => (close(), choice.value()) });
  const oninput = () => list.show(groups(field.value.trim().toLowerCase()));
  const onkeydown = (event) => list.onKey(event);
  const field = h("input", {
    class: "picker-search",
    type: "text",
    placeholder: "Where to?",
    oninput,
    onkeydown,
    aria: { label: "Where to?" },
  });
  const close = openPopover(anchor, [field, list.root], { className: "picker", fit: true });
  oninput();
  field.focus();
}

function groups(query) {
  const fits = (choice) => choice.text.toLowerCase().includes(query);
  return [
    { label: "Go to", choices: [...state.channels.values()].map(toChannel).filter(fits) },
    {
      label: "Be",
      choices: [...state.people.values()]
        .filter((person) => !person.is_bot)
        .map(toPerson)
        .filter(fits),
    },
  ];
}

function toChannel(channel) {
  const picture = isAppDm(channel) ? avatar(state.app, 18) : icon(channel.is_private ? "lock" : "hash", 16);
  return { key: channel.id, text: channelName(channel), picture, value: () => openChannel(channel.id) };
}

function toPerson(person) {
  return {
    key: person.id,
    text: person.real_name,
    hint: person.remark,
    picture: avatar(person, 18),
    value: () => go({ as: person.id }),
  };
}
