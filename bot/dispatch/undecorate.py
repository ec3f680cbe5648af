"""What Slack's markdown, a mention or a copied line puts around a command, taken off again.

A mark is decoration where it can be nothing else: around the whole line, around the command, and before `--` or the
name of a project. Elsewhere `*` is of a glob, and `_` of a name. Backticks are of nothing; in quotes and in values all
stays as it is.
"""

from __future__ import annotations

import re

_MOST = 20
_MARKS = ("```", "`", "*", "_", "~")
_BEFORE = re.compile(
    r"(?:&gt;|[>•◦▪])\s*"  # a quote, an item of a list
    r"|(?:<@[UW]\w+\|circlebot>|@circlebot\b)[:,;]*"
    r"|/circle(?:bot)?(?=\s|$)"
    r"|[:,;–—-]+(?=\s)"  # noqa: RUF001 - what people write after a name
)
_MARKED = re.compile(r"([*_~]+)(?=--|[—–]|<http|(?:gh|github|bb|bitbucket|circleci)/)")  # noqa: RUF001 - as above


def strip_decoration(text: str) -> str:
    """The line that begins with its command. Nobody decorates without end."""
    for _ in range(_MOST):
        if (stripped := _strip_once(text)) == text:
            break
        text = stripped
    return text


def _strip_once(text: str) -> str:
    text = text.strip()
    if not text:
        return text
    if before := _BEFORE.match(text):
        return text[before.end() :]
    for mark in _MARKS:
        if _is_around(mark, text):
            return text[len(mark) : -len(mark)]
    command, space, rest = text.partition(" ")
    return f"{command.strip('`*_~')}{space}{rest}" if command.strip("`*_~") else text


def _is_around(mark: str, text: str) -> bool:
    """Around all of it, and not around its first word and its last."""
    inner = text[len(mark) : -len(mark)]
    if not inner or not (text.startswith(mark) and text.endswith(mark)):
        return False
    return mark not in inner if "`" in mark else not text.split(maxsplit=1)[0].endswith(mark) or " " not in text


_ENDED = re.compile(
    r"((?:<?https?://\S+|(?:gh|github|bb|bitbucket|gl|circleci)/[^/\s]+/\S*|#?\d+)[^\s.,;:!?])[.,;:!?]{1,9}"
    r"|(#?\d)[.,;:!?]{1,9}",
    re.IGNORECASE,
)
"""A sentence that ends with a project, a link or a number."""


def strip_sentence_end(word: str) -> str:
    """`gh/acme/web.` is the project. Elsewhere a mark at the end is of a glob or of a name."""
    ended = _ENDED.fullmatch(word)
    return (ended[1] or ended[2]) if ended else word


def strip_marks(word: str) -> str:
    """Without the marks around an option, a project or a link."""
    marks = _MARKED.match(word)
    closing = marks[1][::-1] if marks else ""
    return word[len(closing) : -len(closing)] if closing and word.endswith(closing) else word
