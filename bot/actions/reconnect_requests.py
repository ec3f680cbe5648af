"""An admin asks people whose connection with CircleCI ended, or ends soon, to connect again: nobody else can."""

from __future__ import annotations

from functools import partial

from bot.actions.audit_trail import record
from bot.blocks import account_blocks
from bot.command import Context
from bot.domain.admin_overview import ConnectedPerson
from bot.domain.audit_records import AuditKind
from bot.errors import NextStep, TargetError
from bot.language import _, ngettext
from bot.line import format_line
from bot.store.store import Tx

EVERYBODY = "all"


async def ask(context: Context, whom: str) -> str:
    """In a direct message, once a day each. What became of it, in words.

    Raises TargetError for somebody who has no reason to connect again.
    """
    workspace, now = context.request.workspace, context.clock.now()
    async with context.store.begin() as tx:
        known = await tx.administration.list_people(workspace)
        meant = [one for one in known if whom in {EVERYBODY, one.user} and one.has_to_reconnect(now)]
        if not meant:
            people = NextStep(_("Show People"), format_line("admin", "people"))
            raise TargetError(_("Nobody of them has to connect again."), people)
        asked = [one.user for one in meant if await _ask(tx, context, one)]
        if asked:
            record(context, tx, AuditKind.OPERATION, what=f"ask to connect again: {', '.join(asked)}")
    context.wake()
    return _format_asked(len(asked), len(meant) - len(asked))


async def _ask(tx: Tx, context: Context, one: ConnectedPerson) -> bool:
    """False where somebody has done so today."""
    request, now = context.request, context.clock.now()
    message = partial(account_blocks.render_reconnect_request, request.user, one.expires_at if one.is_active else None)
    key = f"reconnect:{request.workspace}:{one.user}:{now.date()}"
    return await tx.outbox.insert(key, request.workspace, one.user, message=message, now=now)


def _format_asked(asked: int, before: int) -> str:
    told = ngettext("I ask {count} person to connect again.", "I ask {count} people to connect again.", asked)
    known = ngettext("{count} person was asked today already.", "{count} people were asked today already.", before)
    return " ".join([*([told] if asked else []), *([known] if before else [])])
