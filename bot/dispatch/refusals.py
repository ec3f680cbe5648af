"""What we refuse somebody is recorded, with what it would have been done to, as far as that is known by then."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.actions.audit_trail import build_record
from bot.command import Command, Group, Request
from bot.dispatch.parsed_call import ParsedCommand
from bot.domain.audit_records import AuditKind, AuditResult, AuditTrail
from bot.errors import BotError, NotAllowed
from bot.store.store import Store

_KINDS: dict[str | Group, AuditKind] = {
    "admins": AuditKind.POLICY,
    "freeze": AuditKind.POLICY,
    "policy": AuditKind.POLICY,
    "requests": AuditKind.ACT,
    Group.YOU: AuditKind.ACCOUNT,
}
"""Of commands that change something here, else of groups; the rest is what a channel or a person is told."""


async def record_refusal(
    store: Store, request: Request, call: ParsedCommand | None, *, error: BotError, trail: AuditTrail, at: datetime
) -> None:
    """Nothing for a mistake in what was typed, or where CircleCI refused: those end elsewhere."""
    if call is None or trail.recorded or not isinstance(error, NotAllowed):
        return
    detail = {"said": error.message, **trail.known.get("detail", {})}
    known = {"act": call.command.name, **trail.known, "detail": detail}
    async with store.begin() as tx:
        account = await tx.accounts.find(request.team, request.user)
        kind = _choose_kind(call.command, changes=trail.changes)
        tx.record(build_record(request, account, trail, kind=kind, result=AuditResult.REFUSED, at=at, **known))


def _choose_kind(command: Command[Any], *, changes: bool) -> AuditKind:
    if not changes:
        return AuditKind.READ
    if command.writes:
        return AuditKind.ACT
    return _KINDS.get(command.name) or _KINDS.get(command.group, AuditKind.RULE)
