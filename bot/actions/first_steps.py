"""How far somebody is with what a newcomer does first: what the store knows of it."""

from __future__ import annotations

from collections.abc import Collection

from bot.blocks import deed_blocks
from bot.blocks.first_steps_blocks import FirstSteps
from bot.circleci.snapshot import Snapshot
from bot.domain import ProjectSlug
from bot.domain.people import Account
from bot.store.store import Tx

_OWN, _DEEDS, _RULES = 10, 50, 1


async def load_known_steps(tx: Tx, account: Account | None) -> FirstSteps:
    """Where CircleCI is not asked which projects they can see: then no channel has one."""
    if account is None or not account.is_active:
        return FirstSteps(account)
    return await load_first_steps(tx, account, ())


async def load_first_steps(tx: Tx, account: Account, seen: Collection[ProjectSlug]) -> FirstSteps:
    """`seen` are the projects that they can see: what a channel has besides is none of theirs."""
    workspace, user = account.workspace, account.user
    asked = await tx.cards.list_asked(workspace, user, _OWN)
    own = {one.id: one for one in await tx.pipelines.list_by_ids(asked)}
    failed = [key for key in asked if key in own and own[key].snapshot.failed_jobs]
    deeds = await tx.audit.list_by_user(workspace, user, _DEEDS)
    return FirstSteps(
        account,
        has_project=not (await tx.channels.list_projects(workspace)).isdisjoint(seen),
        newest=asked[0] if asked else None,
        failed=failed[0] if failed else None,
        has_watched=any(one.finished_at or _has_ended_once(one.snapshot) for one in own.values()),
        has_acted=not all(deed_blocks.is_start(deed.text) for deed in deeds),
        has_rule=bool(await tx.subscriptions.list_made_by(workspace, user, _RULES)),
    )


def _has_ended_once(snapshot: Snapshot) -> bool:
    """Each of its workflows: a rerun takes nothing back."""
    runs = [one.workflow for one in snapshot.workflows]
    return bool(runs) and {run.name for run in runs} == {run.name for run in runs if run.has_ended}
