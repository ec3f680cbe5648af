"""A person is erased: in one transaction, after CircleCI was asked to take away what only their token looks after."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from bot.actions import disconnection
from bot.circleci.client import CircleCI
from bot.clock import Clock
from bot.store.personal_data import PersonalRows
from bot.store.store import Store

log = structlog.get_logger(__name__)


async def erase_person(
    store: Store, circleci: CircleCI | None, clock: Clock, *, workspace: str, user: str
) -> Sequence[PersonalRows]:
    """What there was of them. A process that dies before the end has erased nothing: ask again."""
    released = await disconnection.release_webhooks(store, circleci, workspace, user)
    async with store.begin() as tx:
        known = await tx.personal_data.count(workspace, user)
        await disconnection.delete_account(tx, released, workspace, user, now=clock.now())
        word = await tx.personal_data.erase(workspace, user)
    log.info("person.erased", workspace=workspace, word=word, tables=len(known))
    return known
