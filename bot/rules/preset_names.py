"""What a preset may be called, and what it may ask for: short enough for a button and a line."""

from __future__ import annotations

import re

from bot.errors import UsageError
from bot.language import _

LONGEST_NAME = 80
MOST_ASKED = 10
BRANCH = "branch"
"""What a preset may ask for beside parameters."""

_NAME = re.compile(r"[^\W_](?:[\w.-]{0,78}\w)?")


def parse_name(text: str) -> str:
    """The name, as it is kept: small letters, so that `Staging` and `staging` are one. Raises UsageError."""
    name = text.strip().casefold()
    if len(text) > LONGEST_NAME or not _NAME.fullmatch(name):
        raise UsageError(
            _(
                "A preset's name is one word of letters, digits, dots and dashes, {longest} characters at most.",
                longest=LONGEST_NAME,
            ),
            _("For example `deploy-staging`."),
        )
    return name


def is_name(text: str) -> bool:
    """Whether a preset may be called so."""
    return len(text) <= LONGEST_NAME and _NAME.fullmatch(text.strip().casefold()) is not None
