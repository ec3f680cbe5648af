"""Text as Slack's mrkdwn: foreign strings made harmless, and cut to length.

Whatever comes from CircleCI or from a person goes through `escape`, `as_bold`, `as_code`, `as_quote`, `as_code_block`
or `as_link` before Slack sees it. No mark that nobody sees passes any of them (bot/untrusted/invisible_marks.py), nor a
line break a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import quote

from bot.language import ngettext
from bot.untrusted.invisible_marks import strip_invisible, to_one_line

_OF_ADDRESSES = ":/?#[]@!$&'()*+,;=%~"
"""Beside letters, digits and `-._`: what an address may hold as it is (RFC 3986), and what is encoded already."""


def escape(text: str) -> str:
    """A foreign name made harmless, on one line: no mention, link or entity survives (Slack: "Escaping text")."""
    return _escape_entities(to_one_line(text))


def _escape_entities(text: str) -> str:
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


def cut_middle(text: str, limit: int) -> str:
    """At most `limit` characters of a name, its beginning and its end: names that are alike differ at either."""
    shown = to_one_line(text)
    if len(shown) <= limit:
        return shown
    kept = limit - 1
    return f"{shown[: kept - kept // 2]}…{shown[len(shown) - kept // 2 :]}"


def cut_apart(names: Iterable[str], limit: int) -> list[str]:
    """Each as `cut_middle` has it; what would read alike then is numbered, so that no two are called the same."""
    shown: list[str] = []
    for name in names:
        told, number = cut_middle(name, limit), 1
        while told in shown:
            number += 1
            told = f"{cut_middle(name, limit - len(f' ({number})'))} ({number})"
        shown.append(told)
    return shown


def format_leftover(left: int) -> str:
    """How a list ends of which `left` entries are not shown: `…and 3 more`; "" when all are shown."""
    return ngettext("…and {count} more", "…and {count} more", left) if left > 0 else ""


def join_first(names: Sequence[str], most: int) -> str:
    """The first `most` of them on one line: `a, b and 3 more`."""
    left, shown = len(names) - most, ", ".join(names[:most])
    if left <= 0:
        return shown
    return ngettext("{names} and {count} more", "{names} and {count} more", left, names=shown)


def as_bold(text: str) -> str:
    """Mrkdwn made bold, whatever of it is bold already: asterisks inside of asterisks would be shown."""
    parts = text.split("`")
    parts[::2] = [part.replace("*", "") for part in parts[::2]]
    return f"*{'`'.join(parts)}*"


def as_code(text: str, limit: int = 200) -> str:
    """Foreign text as inline code; a backtick inside would end it, so it becomes an apostrophe."""
    inner = cut(escape(text.replace("`", "'")), limit)
    return f"`{inner}`" if inner else "` `"


def as_quote(text: str, limit: int) -> str:
    """Foreign text as a quote: every line of it, however many it has."""
    return "\n".join(f"> {line}" for line in cut(_escape_entities(strip_invisible(text)), limit).split("\n"))


def as_code_block(lines: Iterable[str], limit: int = 2900) -> str:
    """Lines as a code block; when they are too long the last ones are kept. What would end the block does not."""
    text = _escape_entities(strip_invisible("\n".join(lines))).replace("```", "'''")
    held = text.rstrip("`")
    text = held + "'" * (len(text) - len(held))
    return f"```{text if len(text) <= limit else '…' + text[-limit:]}```"


def as_link(url: str, label: str, limit: int = 150) -> str:
    """A link with foreign text as its label; `|` would break the label. What is no web address leads nowhere."""
    shown = cut(escape(label.replace("|", "¦")), limit)
    return f"<{_escape_entities(encode_url(url))}|{shown}>" if url.startswith(("https://", "http://")) else shown


def encode_url(url: str) -> str:
    """The address as it may be written anywhere: what no address may hold is percent-encoded."""
    return quote(url, safe=_OF_ADDRESSES, errors="replace")
