"""A user group of a Slack workspace (`@deployers`), as Slack last told of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

TRUSTED_FOR = timedelta(hours=1)
"""For so long Slack may be silent before nobody has rights by a group any more."""


@dataclass(frozen=True, slots=True)
class UserGroup:
    """`is_shown`: Slack told of it when asked last, at `checked_at`. Else `members` are those that it last had."""

    id: str
    handle: str
    name: str
    members: frozenset[str]
    checked_at: datetime
    is_shown: bool = True

    def is_trusted(self, now: datetime) -> bool:
        """Whether its members have the rights that it gives them."""
        return self.is_shown and now - self.checked_at < TRUSTED_FOR
