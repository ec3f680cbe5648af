"""How an attempt to deploy is doing: CircleCI's words, as those that we know where they are."""

from __future__ import annotations

from bot.circleci.models import Release

PLANNED, VALIDATING = "pending", "validating"
MOVING = frozenset({PLANNED, "running", VALIDATING, "queued", "created", "started"})
_GOOD = frozenset({"success", "succeeded"})


def get_state(release: Release) -> str:
    """CircleCI's word in lower case, as one of those that we know where it is one."""
    said = release.status.casefold()
    return "success" if said in _GOOD else "canceled" if said == "cancelled" else said
