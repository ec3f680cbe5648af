"""The database as a file. Applying that file changes nothing."""

from __future__ import annotations

from typing import Any

import yaml
from pydantic import BaseModel

from bot.operating.as_code.plan import as_hours_entry, as_mark_entry, as_preset_entry
from bot.rules.policy_plain import to_plain
from bot.rules.subscription import Subscription
from bot.store.store import Store, Tx


async def export_documents(store: Store, workspace: str | None = None) -> str:
    """A YAML document for this workspace, or for each that is installed or has anything."""
    async with store.begin_read() as tx:
        wanted = [workspace] if workspace else await _list_workspaces(tx)
        documents = [await _dump_workspace(tx, one) for one in wanted]
    return yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True, width=110)


async def _list_workspaces(tx: Tx) -> list[str]:
    """Every workspace that a document could be about."""
    installed = set(await tx.installations.list_workspaces())
    nouns = (tx.subscriptions, tx.policy_versions, tx.hours, tx.presets)
    return sorted(installed.union(*[await noun.list_workspaces() for noun in nouns]))


async def _dump_workspace(tx: Tx, workspace: str) -> dict[str, Any]:
    marks = [_dump_row(as_mark_entry(one)) for one in await tx.project_marks.list_for_workspace(workspace)]
    return {
        "workspace": workspace,
        "subscriptions": [_dump_rule(one) for one in await tx.subscriptions.list_for_workspace(workspace)],
        "policy": [to_plain(one) for one in await tx.policy_versions.load_lines(workspace)],
        "hours": [
            _dump_row(as_hours_entry(channel, one))
            for channel, one in (await tx.hours.list_for_workspace(workspace)).items()
        ],
        "presets": [_dump_row(as_preset_entry(one)) for one in await tx.presets.list_for_workspace(workspace)],
        **({"marks": marks} if marks else {}),
    }


def _dump_rule(one: Subscription) -> dict[str, Any]:
    """Channel and projects, the rule's fields, the owner."""
    return {"channel": one.channel, "project": str(one.scope), **one.rule.to_plain(), "made_by": one.made_by}


def _dump_row(row: BaseModel) -> dict[str, Any]:
    """The fields that differ from the default, in YAML's own types, always in the same order."""
    return row.model_dump(mode="json", exclude_defaults=True, by_alias=True)
