"""`/circle me --export` and `--erase`: what is kept about whoever asks, where they ask and where they come from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.actions import confirm, data_requests
from bot.actions.audit_trail import build_record, record
from bot.blocks import personal_data_blocks
from bot.blocks.personal_data_blocks import KeptPart
from bot.command import Context, Reply
from bot.domain.audit_records import AuditKind, AuditRecord
from bot.language import _
from bot.messages import File
from bot.store.personal_data import PersonalRows


async def export(context: Context) -> Reply:
    """As a file in their direct messages; nobody else gets it."""
    files = []
    async with context.store.begin() as tx:
        for workspace in _list_workspaces(context):
            told = await data_requests.build_export(tx, workspace, context.request.user, context.clock.now())
            files.append(File(f"circlebot-{workspace}.json", _("What circlebot keeps about me"), told.encode()))
        record(context, tx, AuditKind.ACCOUNT, act="me --export")
    return Reply(personal_data_blocks.render_exported(), files=files)


async def erase(context: Context, *, sure: bool) -> Reply:
    """After they confirmed what it means."""
    known = [one for workspace in _list_workspaces(context) for one in await _count(context, workspace)]
    if not any(not one.fact.stays for one in known):
        return Reply(personal_data_blocks.render_nothing())
    if not confirm.is_confirmed(context.request, sure=sure):
        return _ask(context, known)
    for workspace in _list_workspaces(context):
        circleci = context.circleci if context.account and workspace == context.account.workspace else None
        done = _build_record(context, workspace, context.clock.now())
        await data_requests.erase_person(context.store, circleci, done, workspace=workspace, user=context.request.user)
    context.trail.recorded = True
    return Reply(personal_data_blocks.render_erased(), clears=True)


def _list_workspaces(context: Context) -> list[str]:
    return list(dict.fromkeys([context.request.workspace, context.request.team]))


async def _count(context: Context, workspace: str) -> list[PersonalRows]:
    async with context.store.begin_read() as tx:
        return await tx.personal_data.count(workspace, context.request.user)


def _ask(context: Context, known: list[PersonalRows]) -> Reply:
    parts = [part for one in known for part in _split(one)]
    if context.request.view_id:
        return Reply(view=personal_data_blocks.render_question(parts))
    return Reply(personal_data_blocks.render_question_message(parts))


def _split(rows: PersonalRows) -> Iterator[KeptPart]:
    """What goes, and what stays of the same kind."""
    if rows.own:
        yield KeptPart(rows.fact.what, rows.own, goes=True)
    if rows.count > rows.own:
        yield KeptPart(rows.fact.what, rows.count - rows.own, goes=False, stays=rows.fact.stays)


def _build_record(context: Context, workspace: str, now: datetime) -> AuditRecord:
    known = {"workspace": workspace, "kind": AuditKind.ACCOUNT, "at": now, "act": "me --erase"}
    return build_record(context.request, context.account, context.trail, **known)
