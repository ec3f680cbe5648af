"""What Slack puts in the place of what was typed: references to people, channels and addresses, and entities.

Slack: "Escaping user, channel and group names".
"""

from __future__ import annotations

import re

from bot.errors import UsageError
from bot.language import _

_REFERENCE = re.compile(r"<(?P<what>[^<>|\s]+)(?:\|(?P<label>[^<>]*))?>")
_EVERYBODY = ("!here", "!channel", "!everyone")
_HOST = re.compile(r"[^\s/.]+(?:\.[^\s/.]+)+(?:/\S*)?$")
"""To what was typed like this Slack adds a scheme; the address may be spelt in another way."""
_ENTITY = re.compile(r"&(lt|gt|amp);")
_CHARACTER = {"lt": "<", "gt": ">", "amp": "&"}
_NAMING = re.compile(r"<(?:[@#]|!subteam\^)")


def as_typed(word: str) -> str:
    """With references as they were typed: `<https://x.dev>`, `<http://x.dev|x.dev>`, `<@U1|ada>`, `<#C1|web>`.

    Raises UsageError for one that does not say what was typed.
    """
    return restore_entities(_REFERENCE.sub(_restore_reference, word))


def is_name(word: str) -> bool:
    """Whether it begins with a reference to a person, a user group or a channel."""
    return _NAMING.match(word) is not None


def restore_entities(text: str) -> str:
    """Slack's three entities as the characters that they stand for."""
    return _ENTITY.sub(lambda entity: _CHARACTER[entity[1]], text)


def _restore_reference(reference: re.Match[str]) -> str:
    what, label = reference["what"], reference["label"] or ""
    if what.startswith("#"):
        return f"#{label}" if label else _refuse_reference(what)
    if what in _EVERYBODY:
        return f"@{what[1:]}"
    if what.startswith(("@", "!")):
        return f"@{label.removeprefix('@')}" if label else _refuse_reference(what)
    if what.startswith("http://") and _HOST.match(label):
        return label
    if what.startswith(("mailto:", "tel:")):
        return label or what.partition(":")[2]
    return label if label and what.endswith(label) else what


def _refuse_reference(what: str) -> str:
    """Slack knows who or where it is, and keeps the name that was typed to itself."""
    sentence = (
        _("Slack has put a link to a channel in the place of a name that you typed, and does not tell me the name.")
        if what.startswith("#")
        else _("Slack has put a link to somebody in the place of a name that you typed, and does not tell me the name.")
    )
    raise UsageError(sentence, _("In a form it stays as you type it; here it does without its `#` or `@`."))
