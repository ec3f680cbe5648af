/** Attachments: a coloured bar with blocks or with the older fields beside it (slack docs: secondary attachments). */

import { h } from "../core/dom.js";
import { safeColor, safeUrl } from "../core/sanitise.js";
import { clockTime, dateOf, dayName } from "../core/time.js";
import { renderBlocks } from "../blocks/blocks.js";
import { picture } from "../elements/elements.js";
import { mrkdwn, withEmoji } from "../text/mrkdwn.js";
import { link } from "../text/references.js";

/** @param {object} attachment @param {import("../blocks/surface.js").Surface} surface */
export function attachmentNode(attachment, surface) {
  const style = { "background-color": safeColor(attachment.color) };
  const bar = h("span", { class: "attachment-bar", style });
  const words = attachment.blocks?.length ? renderBlocks(attachment.blocks, surface) : legacy(attachment);
  const body = h("div", { class: "attachment-body" }, words);
  const pretext = attachment.pretext && h("div", { class: "pretext" }, ...mrkdwn(attachment.pretext));
  return h(
    "div",
    { class: "attachment-block" },
    pretext,
    h("div", { class: "attachment", data: { testid: "attachment" } }, bar, body),
  );
}

function legacy(attachment) {
  const { title, title_link: url, text, fields, image_url: image, thumb_url: thumb, fallback } = attachment;
  const empty = !title && !text && !fields?.length && !image && !attachment.author_name;
  return [
    thumb && picture({ image_url: thumb, alt_text: "" }, "attachment-thumb"),
    attachment.author_name && author(attachment),
    title && h("div", { class: "attachment-title" }, url ? link(url, title) : withEmoji(title)),
    text && h("div", { class: "section-text" }, ...mrkdwn(text)),
    fields?.length && h("div", { class: "fields" }, ...fields.map(field)),
    image && picture({ image_url: image, alt_text: fallback ?? title }, "image-picture"),
    empty && fallback && h("div", {}, ...mrkdwn(fallback)),
    (attachment.footer || attachment.ts) && footer(attachment),
  ];
}

function author({ author_name: name, author_link: url, author_icon: face }) {
  const image = face && safeUrl(face) && picture({ image_url: face, alt_text: "" }, "context-image");
  return h("div", { class: "attachment-author" }, image, url ? link(url, name) : name);
}

function field({ title, value, short }) {
  const words = h("div", {}, ...mrkdwn(String(value ?? "")));
  return h(
    "div",
    { class: `field${short ? "" : " field-long"}` },
    h("div", { class: "field-title" }, ...withEmoji(title)),
    words,
  );
}

function footer({ footer: text, footer_icon: image, ts }) {
  const date = ts && dateOf(ts);
  const moment = date && `${dayName(date)} at ${clockTime(date)}`;
  const face = image && picture({ image_url: image, alt_text: "" }, "context-image");
  return h("div", { class: "attachment-footer" }, face, ...mrkdwn(text ?? ""), text && moment && " | ", moment);
}
