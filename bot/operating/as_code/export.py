"""The database as a file that `circlebot apply` would find nothing to do with."""

from __future__ import annotations

from typing import Any

import yaml
from pydantic import BaseModel

from bot.operating.as_code.plan import as_day, as_grant, as_saved
from bot.rules.subscription import Subscription
from bot.store.store import Store, Tx


async def export(store: Store, workspace: str | None = None) -> str:
    """This workspace, or every one that has anything or was installed; a YAML document each."""
    async with store.read() as tx:
        wanted = [workspace] if workspace else await _known(tx)
        documents = [await _document(tx, one) for one in wanted]
    return yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True, width=110)


async def _known(tx: Tx) -> list[str]:
    """All that a document could say something of."""
    installed = {one.workspace for one in await tx.installations.all()}
    nouns = (tx.subscriptions, tx.policies, tx.hours, tx.presets)
    return sorted(installed.union(*[await noun.workspaces() for noun in nouns]))


async def _document(tx: Tx, workspace: str) -> dict[str, Any]:
    return {
        "workspace": workspace,
        "subscriptions": [_rule(one) for one in await tx.subscriptions.of_workspace(workspace)],
        "policy": [_plain(as_grant(one)) for one in await tx.policies.of(workspace)],
        "hours": [_plain(as_day(channel, one)) for channel, one in (await tx.hours.of_workspace(workspace)).items()],
        "presets": [_plain(as_saved(one)) for one in await tx.presets.of(workspace)],
    }


def _rule(one: Subscription) -> dict[str, Any]:
    """Where, what, and who answers for it."""
    return {"channel": one.channel, "project": str(one.scope), **one.rule.plain(), "made_by": one.made_by}


def _plain(row: BaseModel) -> dict[str, Any]:
    """What differs from the default, in YAML's own types and always in the same order."""
    found = row.model_dump(mode="json", exclude_defaults=True)
    return {name: sorted(value) if name == "users" else value for name, value in found.items()}
