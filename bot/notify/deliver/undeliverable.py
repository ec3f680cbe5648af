"""Slack says that something can never be sent: whoever wanted it is told once for each channel and reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.blocks.undelivered_blocks import render_unreachable
from bot.conversation import is_person
from bot.notify.send_results import WORKSPACE_GONE
from bot.notify.withholding import HIDDEN
from bot.store.store import Tx

SUMMARISED = "summarised"
FORGOTTEN = "pipeline_forgotten"
STALE = "stale"

_OUR_OWN = frozenset({SUMMARISED, FORGOTTEN, STALE, HIDDEN})
"""Reasons of ours, which nobody can do anything about."""


async def notify_owners(
    tx: Tx, workspace: str, channel: str, reason: str, *, asked_by: str | None, now: datetime
) -> None:
    """By DM to who asked, else to those who made the channel's rules.

    What is for a person alone is told to nobody: another
    direct message would fail too. One that is not ours (people talk there without us) is a channel like any other.
    """
    if reason in _OUR_OWN | WORKSPACE_GONE or is_person(channel):
        return
    for user in [asked_by] if asked_by else await _list_owners(tx, workspace, channel):
        key = f"gone:{workspace}:{channel}:{reason}:{user}"
        await tx.outbox.insert(key, workspace, user, message=render_unreachable(channel, reason), now=now)


async def _list_owners(tx: Tx, workspace: str, channel: str) -> Iterable[str]:
    return dict.fromkeys(rule.made_by for rule in await tx.subscriptions.list_for_channel(workspace, channel))
