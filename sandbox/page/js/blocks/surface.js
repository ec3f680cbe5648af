/** A surface of blocks: a message, a modal or the home tab. It holds their values and sends their actions. */

import * as api from "../core/api.js";
import { confirmed } from "../overlays/dialog.js";
import { failed } from "../overlays/toast.js";
import { Values, isStateful } from "./values.js";

export class Surface {
  /**
   * @param {"message"|"modal"|"home"} kind
   * @param {{channel: string, ts?: string, ephemeral_id?: string}|{view_id: string}} address
   */
  constructor(kind, address) {
    this.kind = kind;
    this.address = address;
    this.values = new Values();
  }

  /** Options for what was typed into an external select. @returns {Promise<{options?: [], option_groups?: []}>} */
  suggest(blockId, actionId, value) {
    return api.suggest({ ...this.address, block_id: blockId, action_id: actionId, value });
  }

  press(blockId, actionId, value) {
    const state = this.values.all();
    return api.press({ ...this.address, block_id: blockId, action_id: actionId, ...value, state });
  }
}

/**
 * One element in its place.
 * @typedef {{surface: Surface, block: object, element: object, isInput: boolean}} Use
 * `isInput` elements send their value with the form; others, and those of a block with dispatch_action, at once.
 */

export const valueOf = ({ surface, block, element }) => surface.values.get(block.block_id, element.action_id);

export const hooks = ({ block, element }) => ({ blockId: block.block_id, actionId: element.action_id });

/**
 * A person used an element: store the value, show the confirm dialog if there is one, send the action.
 * @param {Use} use
 * @param {object} value e.g. `{selected_option}`, `{value}`
 * @param {HTMLElement} node shows that the answer is awaited
 * @returns {Promise<boolean>} false when the person said no or the server refused
 */
export async function act(use, value, node) {
  if (use.element.confirm && !(await confirmed(use.element.confirm))) return false;
  remember(use, value);
  if (use.isInput && !use.block.dispatch_action) return true;
  return awaiting(node, () => use.surface.press(use.block.block_id, use.element.action_id, value));
}

/** Store a value without sending an action, as a text field does between two events. */
export function remember({ surface, block, element }, value) {
  if (!isStateful(element)) return;
  surface.values.set(block.block_id, element.action_id, { type: element.type, ...value });
  surface.onValue?.(block.block_id);
}

/** Mark a node as busy until the call is answered; an error is shown as a toast. */
export async function awaiting(node, call) {
  if (node.ariaBusy === "true") return false;
  node.ariaBusy = "true";
  try {
    await call();
    return true;
  } catch (error) {
    failed(error);
    return false;
  } finally {
    node.ariaBusy = null;
  }
}
