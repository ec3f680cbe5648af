"""What a person chose last when they triggered a project: sealed, since a value may be a secret."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from bot.domain import ProjectSlug
from bot.store.engine.adapters import DatabaseConnection
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.workspaces import choices
from bot.store.vault import Vault, VaultError

CHOICES_KEPT = timedelta(days=30)

_ONE = select(choices).where(bind_columns(choices, "workspace", "user", "project"))


@dataclass(frozen=True, slots=True)
class TriggerChoice:
    """`parameters` are by name as they were typed, without those that are the config's defaults."""

    branch: str | None = None
    definition: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)


class TriggerChoiceRepository(Repository):
    def __init__(self, connection: DatabaseConnection, vault: Vault) -> None:
        super().__init__(connection)
        self._vault = vault

    async def find(self, workspace: str, user: str, project: ProjectSlug) -> TriggerChoice:
        """An empty one where there is none, or none that opens."""
        place = {"workspace": workspace, "user": user, "project": str(project)}
        row = (await self._connection.execute(_ONE, place)).one_or_none()
        if row is None:
            return TriggerChoice()
        try:
            return TriggerChoice(
                **json.loads(self._vault.open(format_owner(workspace, user), row.chosen_sealed, known=False))
            )
        except VaultError:
            return TriggerChoice()

    async def upsert(
        self, workspace: str, user: str, project: ProjectSlug, *, choice: TriggerChoice, now: datetime
    ) -> None:
        chosen = json.dumps({**asdict(choice), "parameters": dict(choice.parameters)})
        values = {
            "workspace": workspace,
            "user": user,
            "project": str(project),
            "chosen_sealed": self._vault.seal(format_owner(workspace, user), chosen, known=False),
            "chosen_at": now,
        }
        await self._upsert(choices, values, ("workspace", "user", "project"))

    async def delete_for_user(self, workspace: str, user: str) -> None:
        await self._connection.execute(delete(choices).where(choices.c.workspace == workspace, choices.c.user == user))

    async def prune(self, before: datetime) -> int:
        return (await self._connection.execute(delete(choices).where(choices.c.chosen_at < before))).rowcount


def format_owner(workspace: str, user: str) -> str:
    return f"choices:{workspace}:{user}"
