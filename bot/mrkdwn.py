"""Text as Slack's mrkdwn: foreign strings made harmless, and cut to length.

Whatever comes from CircleCI or from a person goes through `escape`, `code` or `link` before Slack sees it.
"""

from __future__ import annotations

from collections.abc import Iterable


def escape(text: str) -> str:
    """Foreign text made harmless: no mention, link or entity survives (Slack: "Escaping text")."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, an ellipsis for what is gone; never in the middle of an entity."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    entity = kept.rfind("&", max(0, len(kept) - 5))
    if entity != -1 and ";" not in kept[entity:]:
        kept = kept[:entity]
    return kept + "…"


def code(text: str, limit: int = 200) -> str:
    """Foreign text as inline code; a backtick inside would end it, so it becomes an apostrophe."""
    inner = cut(escape(text.replace("`", "'").replace("\n", " ")), limit)
    return f"`{inner}`" if inner else "` `"


def preformatted(lines: Iterable[str], limit: int = 2900) -> str:
    """Lines as a code block; when they are too long the last ones are kept."""
    text = escape("\n".join(lines)).replace("```", "'''")
    return f"```{text if len(text) <= limit else '…' + text[-limit:]}```"


def link(url: str, label: str, limit: int = 150) -> str:
    """A link with foreign text as its label; `|` and newlines would break the label."""
    return f"<{url}|{cut(escape(label.replace('|', '¦').replace(chr(10), ' ')), limit)}>"
