"""What a line does with one of a project's settings: `project --keys rm …`, `env set …`."""

from __future__ import annotations

from collections.abc import Container, Sequence
from difflib import get_close_matches

from bot.actions import target_words
from bot.errors import UsageError
from bot.language import _
from bot.mrkdwn import as_code

LIST = "list"

_ALSO = {"ls": LIST, "create": "add", "new": "add", "get": "show", "remove": "rm", "delete": "rm", "unpause": "resume"}
"""What people are used to from elsewhere."""


def parse(words: Sequence[str], known: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The verb, and the words after it. A line that begins with none of them lists (`env gh/acme/web`)."""
    if not words:
        return LIST, ()
    verb = _ALSO.get(words[0].lower(), words[0].lower())
    if verb in known:
        return verb, tuple(words[1:])
    if near := get_close_matches(verb, known, n=1, cutoff=0.7):
        sentence = _("I do not know {word}. Did you mean `{near}`?", word=as_code(words[0], 20), near=near[0])
        raise UsageError(sentence, misread=(words[0], near[0]))
    return LIST, tuple(words)


def list_if_unnamed(verb: str, named: str, naming: Container[str]) -> str:
    """The verb; `list` where it needs a name and has none: the rows there have the same act as a button."""
    return LIST if verb in naming and not named else verb


def split_project(verb: str, words: Sequence[str]) -> tuple[str | None, tuple[str, ...]]:
    """The project, if one is named, and what is left. Only a list takes a bare `repo`: elsewhere it would be a name."""
    words = target_words.move_project_first(words)
    if words and ("/" in words[0] or verb == LIST):
        return words[0], tuple(words[1:])
    return None, tuple(words)


def check_no_more(words: Sequence[str]) -> None:
    """Raises UsageError for words that nobody asked for."""
    if words:
        raise UsageError(_("I do not know what {word} is for.", word=as_code(words[0], 100)))
