/** The live stream of what happens to this person: `GET /_page/live`, reconnected for as long as the tab is open. */

import { liveUrl } from "./api.js";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5000;

export class Live {
  /**
   * @param {{onEvent: (event: object) => void, onOpen: () => void, onLost: () => void}} hooks
   *   `onOpen` fetches the present state; later changes come as events
   */
  constructor(hooks) {
    this.hooks = hooks;
    this.source = null;
    this.lost = false;
    this.pause_ms = FIRST_PAUSE_MS;
  }

  /** Listen as another person from now on. @param {string} as a user id */
  listen(as) {
    this.close();
    this.as = as;
    this.lost = false;
    this.#open();
  }

  close() {
    clearTimeout(this.timer);
    this.source?.close();
  }

  #open() {
    this.source = new EventSource(liveUrl(this.as));
    this.source.onopen = () => this.#opened();
    this.source.onmessage = (message) => this.hooks.onEvent(JSON.parse(message.data));
    this.source.onerror = () => this.retry();
  }

  #opened() {
    this.pause_ms = FIRST_PAUSE_MS;
    this.lost = false;
    this.hooks.onOpen();
  }

  /** Begin anew after a pause. The browser's own retry gives up on an HTTP error, so a new source is made each time. */
  retry() {
    this.source.close();
    if (!this.lost) this.hooks.onLost();
    this.lost = true;
    this.timer = setTimeout(() => this.#open(), this.pause_ms);
    this.pause_ms = Math.min(this.pause_ms * 2, LONGEST_PAUSE_MS);
  }
}
