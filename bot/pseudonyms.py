"""Who was erased: a word that is nobody's stands where rows named them, the same in all of them.

It is made anew for each person that is erased, and kept nowhere else: it leads back to nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from secrets import token_hex

_BEGIN = "erased-"
_MENTION = re.compile(rf"<@{_BEGIN}[0-9a-f]+>")


def make_pseudonym() -> str:
    return f"{_BEGIN}{token_hex(6)}"


def is_erased(user: str) -> bool:
    """Whether this stands for somebody who was erased."""
    return user.startswith(_BEGIN)


def replace_erased(text: str, find_word: Callable[[], str]) -> str:
    """The text, with a word where it mentions somebody who was erased: Slack would show the mention as it is typed."""
    return _MENTION.sub(find_word(), text) if f"<@{_BEGIN}" in text else text
