/** Checks URLs and colours of messages before they become attributes. */

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

const READABLE = 4.6;

/** A colour on which white words can be read (WCAG AA): this one, or as much darker as it takes. */
export function underWhite(color) {
  const digits = color.slice(1).replace(/^(.)(.)(.)$/, "$1$1$2$2$3$3");
  let parts = [0, 2, 4].map((at) => Number.parseInt(digits.slice(at, at + 2), 16));
  while (1.05 / (luminance(parts) + 0.05) < READABLE) parts = parts.map((part) => Math.floor(part * 0.96));
  return `rgb(${parts.join(" ")})`;
}

// Relative luminance as WCAG defines it.
function luminance(parts) {
  const [r, g, b] = parts.map((part) => part / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
