"""Whom a rule mentions, as words: the author, the breaker, people and user groups of Slack by their ids."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.errors import UsageError
from bot.language import _
from bot.mrkdwn import as_code

AUTHOR, BREAKER = "author", "breaker"
CHOICES = (AUTHOR, BREAKER)
SHIPPED = "shipped"
"""Whose pushes a deploy brought: `author` means them too."""

_MOST = 10
_NOBODY = "nobody"
_ALSO = {"actor": AUTHOR, "starter": AUTHOR, "culprit": BREAKER}
_EVERYBODY = frozenset({"here", "channel", "everyone"})
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>|@?([UW](?:[A-Z0-9]{7,}|(?=\w*\d)[A-Z0-9]{2,}))")
_GROUP = re.compile(r"<!subteam\^(S[A-Z0-9]+)(?:\|[^<>]*)?>|@?(S(?:[A-Z0-9]{7,}|(?=\w*\d)[A-Z0-9]{2,}))")


def parse(name: str, texts: Sequence[str]) -> tuple[str, ...]:
    """Whom these texts mean, sorted; none for `nobody`. Raises UsageError."""
    words = [word.strip() for text in texts for word in text.split(",") if word.strip()]
    if not words or len(words) > _MOST:
        raise UsageError(
            _(
                "`--{option}` needs to say whom: `{author}`, `{breaker}`, people and user groups as in "
                "`@ada,@platform` ({most} at most), or `{nobody}`.",
                option=name,
                author=AUTHOR,
                breaker=BREAKER,
                most=_MOST,
                nobody=_NOBODY,
            )
        )
    if _NOBODY in map(str.lower, words):
        if len(words) > 1:
            raise UsageError(_("`--{option} {nobody}` stands alone.", option=name, nobody=_NOBODY))
        return ()
    return tuple(sorted({_parse_one(name, word) for word in words}))


def _parse_one(name: str, word: str) -> str:
    plain = word.lower()
    if plain in CHOICES or plain in _ALSO:
        return _ALSO.get(plain, plain)
    if found := find_id(word):
        return found
    if plain.strip("<>!@") in _EVERYBODY:
        raise UsageError(
            _("`--{option}` cannot mention everybody in a channel.", option=name), _("Name people or a user group.")
        )
    raise UsageError(
        _("I do not know {word}.", word=as_code(word, 60)),
        _(
            "`--{option}` takes `{author}`, `{breaker}`, people and user groups. Choose them from the list "
            "that Slack shows after an `@`, or type their id (`U0123ABCD`, `S0123ABCD`).",
            option=name,
            author=AUTHOR,
            breaker=BREAKER,
        ),
    )


def find_id(word: str) -> str | None:
    """Of the person or user group that Slack's reference or an id names."""
    found = _PERSON.fullmatch(word) or _GROUP.fullmatch(word)
    return (found[1] or found[2]) if found else None


def is_id(whom: str) -> bool:
    """Whether it names somebody of Slack, and not a part that somebody plays."""
    return whom not in CHOICES


def format_mention(slack_id: str) -> str:
    """A person or a user group as mrkdwn that mentions them (Slack: "Formatting text", mentions)."""
    return f"<!subteam^{slack_id}>" if slack_id.startswith("S") else f"<@{slack_id}>"
