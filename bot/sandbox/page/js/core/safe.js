/** What may leave a message and enter an attribute: foreign URLs and colours, looked at first. */

const SCHEMES = new Set(["http:", "https:", "mailto:", "tel:"]);
const NAMED = { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" };

/** The URL when it may be opened, else null: no `javascript:`, no `data:`. */
export function safeUrl(url) {
  try {
    const parsed = new URL(String(url), location.href);
    return SCHEMES.has(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

/** An attachment's colour: `good`, `warning`, `danger` or six hex digits with or without `#`; else null. */
export function safeColor(color) {
  if (NAMED[color]) return NAMED[color];
  const digits = /^#?([0-9a-f]{6}|[0-9a-f]{3})$/i.exec(color ?? "");
  return digits ? `#${digits[1]}` : null;
}
