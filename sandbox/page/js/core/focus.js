/** Keyboard focus: kept over a redraw, and held inside dialogs. */

const FOCUSABLE = 'a[href], button, input, select, textarea, [tabindex="0"]';

/** Redraw part of the page; the same control (same block_id and action_id) has the focus and caret afterwards. */
export function keepingFocus(root, redraw) {
  const held = root.contains(document.activeElement) ? document.activeElement : null;
  const address = held && addressOf(held);
  const caret = held && caretOf(held);
  redraw();
  if (!held || held.isConnected || !address) return;
  const successor = root.querySelector(address);
  successor?.focus({ preventScroll: true });
  if (successor && caret) successor.setSelectionRange?.(...caret);
}

export function focusable(root) {
  return [...root.querySelectorAll(FOCUSABLE)].filter(
    (element) => !element.disabled && element.tabIndex >= 0 && element.getClientRects().length > 0,
  );
}

/** Tab and Shift+Tab go round inside `root`. */
export function holdTab(root, event) {
  if (event.key !== "Tab") return;
  const stops = focusable(root);
  const [first, last] = [stops[0], stops.at(-1)];
  const leaving = event.shiftKey ? document.activeElement === first : document.activeElement === last;
  if (!stops.length || !(leaving || !root.contains(document.activeElement))) return;
  event.preventDefault();
  (event.shiftKey ? last : first).focus();
}

function addressOf(element) {
  const { actionId, blockId, value, ts } = element.dataset;
  if (ts) return `[data-ts="${CSS.escape(ts)}"]`;
  if (!actionId) return null;
  const parts = [`[data-action-id="${CSS.escape(actionId)}"]`];
  if (blockId) parts.push(`[data-block-id="${CSS.escape(blockId)}"]`);
  if (value) parts.push(`[data-value="${CSS.escape(value)}"]`);
  return parts.join("");
}

function caretOf(element) {
  try {
    return element.selectionStart == null ? null : [element.selectionStart, element.selectionEnd];
  } catch {
    return null; // number and email fields have no caret to ask for
  }
}
