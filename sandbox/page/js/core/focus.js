/** Keyboard focus: kept over a redraw, and held inside dialogs. */

const FOCUSABLE = 'a[href], button, input, select, textarea, [tabindex="0"]';

/** What names a control over a redraw, beside block_id and action_id. */
const NAMES = ["ts", "channelId", "user", "branch", "control"];

/** Redraw part of the page; the same control has the focus and caret afterwards. */
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

/** Arrow keys go round the controls of `root` that match. */
export function walkByArrows(root, selector) {
  root.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const all = [...root.querySelectorAll(selector)];
    const at = all.indexOf(event.target);
    if (!step || at < 0) return;
    event.preventDefault();
    all[(at + step + all.length) % all.length].focus();
  });
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
  const { actionId, blockId, value } = element.dataset;
  if (!actionId) return nameOf(element);
  const parts = [`[data-action-id="${CSS.escape(actionId)}"]`];
  if (blockId) parts.push(`[data-block-id="${CSS.escape(blockId)}"]`);
  if (value) parts.push(`[data-value="${CSS.escape(value)}"]`);
  return parts.join("");
}

function nameOf({ dataset }) {
  const name = NAMES.find((each) => dataset[each]);
  return name ? `[data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}="${CSS.escape(dataset[name])}"]` : null;
}

function caretOf(element) {
  try {
    return element.selectionStart == null ? null : [element.selectionStart, element.selectionEnd];
  } catch {
    return null; // number and email fields have no caret to ask for
  }
}
