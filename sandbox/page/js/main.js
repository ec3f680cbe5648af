/**
 * A small Slack in the browser, for the sandbox. Start here: this module builds the page and signs a person in.
 *
 * Where things are: core/ (state, place, API, DOM), text/ (mrkdwn, Markdown, rich text, emoji), blocks/ and elements/
 * (Block Kit), messages/ (messages and the composer), layout/ (the parts of the page), circleci/ (the side panel),
 * overlays/ (menus, dialogs).
 *
 * Hooks for tests, kept stable:
 *   data-testid   "team-name" "team" "people" "person" "channel" "channel-head" "tab-home" "tab-messages" "messages" "message"
 *                 "attachment" "file" "thread-bar" "thread-messages" "composer" "thread-composer" "composer-field"
 *                 "suggestions" "listbox" "option" "menu" "select" "select-search" "button" "overflow" "field"
 *                 "field-error" "modal" "modal-submit" "modal-close" "confirm" "confirm-yes" "confirm-deny" "ask" "home"
 *                 "drawer-button" "hints" "new-messages" "toast" "offline" "app-away" "incident" "incident-words" "drill" "drill-lines" "switcher" "panel-toggle" "panel" "minutes" "projects" "pipelines"
 *                 "pipeline" "faults" "reset" "rules"
 *   data-ts, data-channel, data-author, data-ephemeral-id   on every message
 *   data-block-id, data-block-type                          on every block
 *   data-block-id, data-action-id                           on every interactive element (data-value on buttons)
 *   data-view-id, data-callback-id                          on a modal's form; data-view-id on the home tab
 *   data-value                                              on options of selects and menus
 *   data-channel-id, data-unread                            on rows of the sidebar
 *   data-user                                               on people at the left and on mentions
 *   data-branch, data-project                               on the panel's push buttons
 *   data-pipeline-id, data-number                           on the panel's pipelines
 *   The thread's pane, the suggestions, menus and modals are in the document only while they are open.
 *   body[data-ready]                                        "true" once a person's workspace is shown
 */

import { begin } from "./core/session.js";
import { on } from "./core/state.js";
import { watchPlace } from "./core/place.js";
import { watchBreaks } from "./circleci/incident.js";
import { Panel } from "./circleci/panel.js";
import { mountBanner } from "./layout/banner.js";
import { Conversation } from "./layout/conversation.js";
import { mountDrawer } from "./layout/drawer.js";
import { mountModals } from "./layout/modal.js";
import { mountPeople } from "./layout/people.js";
import { watchSectionKeys } from "./layout/section_keys.js";
import { mountSidebar } from "./layout/sidebar.js";
import { mountSwitcher } from "./layout/switcher.js";
import { Thread } from "./layout/thread.js";

const part = (id) => document.getElementById(id);

function build() {
  mountBanner(part("banner"));
  mountSwitcher(part("topbar"));
  mountDrawer(part("drawer"), part("topbar"));
  mountPeople(part("people"));
  mountSidebar(part("sidebar"));
  const panel = new Panel(part("panel"));
  const conversation = new Conversation(part("conversation"), { panelButton: panel.button });
  new Thread(part("thread"), { onClose: (ts) => conversation.returnTo(ts) });
  part("skip").addEventListener("click", () => conversation.composer.focus());
  mountModals();
  watchSectionKeys();
  watchPlace();
  watchBreaks();
  on("boot", () => (document.body.dataset.ready = "true"));
}

build();
begin();
