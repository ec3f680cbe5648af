"""What is kept about a person is handed out, or erased: in one transaction, after CircleCI took away their webhooks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from bot import __version__
from bot.actions import disconnection, waiting_starts
from bot.circleci.client import CircleCI
from bot.domain.audit_records import AuditRecord
from bot.rules.start_request import StartState
from bot.store.personal_data import PersonalRows
from bot.store.store import Store, Tx

log = structlog.get_logger(__name__)


async def build_export(tx: Tx, workspace: str, user: str, now: datetime) -> str:
    """All of it as JSON that people can read, with why each part is kept and for how long."""
    head = {"circlebot": __version__, "made_at": now.isoformat(timespec="seconds")}
    data = await tx.personal_data.export(workspace, user)
    return json.dumps({**head, "workspace": workspace, "user": user, "data": data}, indent=2, ensure_ascii=False)


async def erase_person(
    store: Store, circleci: CircleCI | None, record: AuditRecord, *, workspace: str, user: str
) -> Sequence[PersonalRows]:
    """What there was of them; `record` says that it was done. A process that dies before the end has erased nothing."""
    released = await disconnection.release_webhooks(store, circleci, workspace, user)
    async with store.begin() as tx:
        known = await tx.personal_data.count(workspace, user)
        for start in await tx.start_requests.list_of_person(workspace, user):
            await waiting_starts.end(tx, replace(start, state=StartState.WITHDRAWN, reason=""), record.at)
        await disconnection.delete_account(tx, released, workspace, user, now=record.at)
        word = await tx.personal_data.erase(workspace, user)
        tx.record(record)
    log.info("person.erased", workspace=workspace, word=word, tables=len(known))
    return known
