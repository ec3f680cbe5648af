/** Files under a message: pictures shown, text as a snippet with its first lines, others as a card. */

import { h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { safeUrl } from "../core/sanitise.js";
import { state } from "../core/state.js";

const LINES_SHOWN = 8;
const LINES_UNFOLDED = 400;
const TEXTUAL = /^text\/|json|yaml|xml|javascript/;
const KINDS = { zip: "Zip archive", gz: "Gzip archive", tar: "Tar archive", pdf: "PDF", bin: "Binary" };
const TEXT_TYPES = new Set(["text", "log", "json", "yaml", "markdown", "diff", "python", "javascript", "csv"]);

/** @param {{id: string, name?: string, title?: string, mimetype?: string, filetype?: string, size?: number,
 *   url_private?: string, url_private_download?: string, preview?: string}} file */
export function fileCard(file) {
  const url = readable(file.url_private ?? file.url_private_download ?? "");
  if (/^image\//.test(file.mimetype ?? "")) return imageFile(file, url);
  if (TEXTUAL.test(file.mimetype ?? "") || TEXT_TYPES.has(file.filetype)) return snippet(file, url);
  const kind = h("div", { class: "file-kind" }, KINDS[file.filetype] ?? "File");
  return h("div", { class: "file file-card", data: { testid: "file" } }, head(file, url), kind);
}

// The workspace's own files come from this host, under any name it has, and only to a signed-in person.
function readable(url) {
  const safe = safeUrl(url);
  const { pathname = "" } = safe ? new URL(safe) : {};
  return pathname.startsWith("/slack/files/") ? `${pathname}?as=${encodeURIComponent(state.me.id)}` : safe;
}

function imageFile(file, url) {
  const shown = h("img", { class: "file-image", src: url, alt: file.alt_txt ?? file.title ?? file.name ?? "image" });
  return h(
    "figure",
    { class: "file" },
    head(file, url),
    h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, shown),
  );
}

function head(file, url) {
  const name = file.title || file.name || "Untitled";
  const size = file.size ? h("span", { class: "file-size" }, bytes(file.size)) : null;
  const attributes = {
    class: "file-name",
    href: url,
    target: "_blank",
    rel: "noopener noreferrer",
    download: file.name,
  };
  return h("div", { class: "file-head" }, icon("file", 16), h("a", attributes, name), size);
}

function snippet(file, url) {
  const code = h("pre", { class: "snippet", tabindex: "0" }, file.preview ?? "…");
  const more = h("button", { class: "snippet-more", type: "button", aria: { expanded: "false" } });
  const card = h("div", { class: "file file-snippet", data: { testid: "file" } }, head(file, url), code, more);
  fetchText(file, url).then((text) => unfoldable(code, more, text));
  return card;
}

async function fetchText(file, url) {
  const response = url && (await fetch(url).catch(() => null));
  return response?.ok ? response.text() : (file.preview ?? "This file cannot be read.");
}

function unfoldable(code, more, text) {
  const lines = text.replace(/\n$/, "").split("\n");
  const show = (open) => {
    more.ariaExpanded = String(open);
    code.textContent = lines.slice(0, open ? LINES_UNFOLDED : LINES_SHOWN).join("\n");
    more.textContent = open ? "Show less" : `Show all ${lines.length} lines`;
  };
  more.hidden = lines.length <= LINES_SHOWN;
  more.onclick = () => show(more.ariaExpanded !== "true");
  show(false);
}

function bytes(size) {
  const [unit, by] = size > 1e6 ? ["MB", 1e6] : size > 1e3 ? ["kB", 1e3] : ["B", 1];
  return `${Number((size / by).toFixed(1))} ${unit}`;
}
