"""Webhooks that we installed: by which address CircleCI tells us of a project, and how well that works."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    select,
    update,
)

from bot.domain import OutcomeKind, ProjectSlug
from bot.domain.project_feeds import Hook
from bot.store.engine.adapters import DatabaseConnection
from bot.store.engine.moment import UtcDateTime
from bot.store.engine.statements import Repository, bind_columns
from bot.store.processed_events import ANNOUNCED
from bot.store.tables.polling import hooks
from bot.store.tables.publishing import outcomes
from bot.store.tables.rule_index import covers, subscriptions
from bot.store.tables.workspaces import seen
from bot.store.vault import Vault, VaultError


def is_trusted(table: FromClause) -> ColumnElement[bool]:
    """As `Hook.is_trusted` has it."""
    return and_(table.c.proven_at.is_not(None), table.c.hook_id.is_not(None))


def format_owner(project: str) -> str:
    """Whose secret it is: what the vault binds it to."""
    return f"hook:{project}"


_ONE = select(hooks).where(bind_columns(hooks, "workspace", "project"))
_URLS = select(hooks.c.url).where(bind_columns(hooks, "project_id"))
_BY_KEY = select(hooks).where(hooks.c.key == bindparam("key"))
_BY_PROJECT_ID = select(hooks).where(bind_columns(hooks, "project_id")).order_by(hooks.c.key).limit(1)
_WITH_RULES = select(hooks.c.key).where(
    exists()
    .where(covers.c.project == hooks.c.project, covers.c.subscription_id == subscriptions.c.id)
    .where(subscriptions.c.workspace == hooks.c.workspace)
)
_ANNOUNCED = exists().where(seen.c.id == ANNOUNCED + outcomes.c.workflow_id)
_SILENT = select(hooks.c.key).where(
    exists().where(
        outcomes.c.project == hooks.c.project,
        outcomes.c.workflow_id.is_not(None),
        outcomes.c.kind != OutcomeKind.ON_HOLD,
        outcomes.c.deploy.is_(None),
        outcomes.c.known_at > func.coalesce(hooks.c.proven_at, hooks.c.checked_at),
        outcomes.c.known_at <= bindparam("until", type_=UtcDateTime()),
        ~_ANNOUNCED,
    )
)
_HEARD = (
    update(hooks)
    .where(hooks.c.key == bindparam("this_key"))
    .values(
        heard_at=bindparam("now", type_=UtcDateTime()),
        refused_at=None,
        quiet_at=case((hooks.c.proven_at.is_(None), None), else_=hooks.c.quiet_at),
        proven_at=func.coalesce(hooks.c.proven_at, bindparam("now", type_=UtcDateTime())),
    )
)


class HookRepository(Repository):
    def __init__(self, connection: DatabaseConnection, vault: Vault) -> None:
        super().__init__(connection)
        self._vault = vault

    async def upsert(self, hook: Hook) -> None:
        """Write it down before CircleCI is asked for it: what was installed and never noted could not be removed."""
        values = {
            "project": str(hook.project),
            "key": hook.key,
            "project_id": hook.project_id,
            "hook_id": hook.hook_id,
            "url": hook.url,
            "secret_sealed": self._vault.seal(format_owner(str(hook.project)), hook.secret),
            "workspace": hook.workspace,
            "user": hook.user,
            "checked_at": hook.checked_at,
            "error": hook.error,
        }
        fresh = {"heard_at": None, "proven_at": None, "quiet_at": None, "refused_at": None}
        await self._upsert(hooks, values | fresh, ["workspace", "project"])

    async def mark_established(self, hook: Hook, hook_id: str | None, now: datetime) -> None:
        """CircleCI has it as we do; `proven_at` and the like stay."""
        ours = {"project_id": hook.project_id, "url": hook.url, "user": hook.user, "hook_id": hook_id}
        this = update(hooks).where(hooks.c.key == hook.key)
        await self._connection.execute(this.values(**ours, checked_at=now, error=None, refused_at=None))

    async def find(self, workspace: str, project: ProjectSlug) -> Hook | None:
        """The workspace's own; another's is none of its business."""
        return await self._find_one(_ONE, workspace=workspace, project=str(project))

    async def list_urls(self, project_id: str) -> frozenset[str]:
        """The addresses of all webhooks of this project that are ours, whichever workspace they are for."""
        return frozenset(await self._connection.scalars(_URLS, {"project_id": project_id}))

    async def list_for_workspace(self, workspace: str) -> list[Hook]:
        these = select(hooks).where(hooks.c.workspace == workspace).order_by(hooks.c.project)
        return [self._build_hook(row) for row in await self._connection.execute(these)]

    async def find_by_key(self, key: str) -> Hook | None:
        """The one whose address ends so."""
        return await self._find_one(_BY_KEY, key=key)

    async def find_by_project_id(self, project_id: str) -> Hook | None:
        return await self._find_one(_BY_PROJECT_ID, project_id=project_id)

    async def list_all(self) -> list[Hook]:
        rows = await self._connection.execute(select(hooks).order_by(hooks.c.project, hooks.c.workspace))
        return [self._build_hook(row) for row in rows]

    async def count(self) -> tuple[int, int]:
        """How many there are, and how many of them are trusted. Opens no secret."""
        trusted = case((is_trusted(hooks), 1))
        counts = select(func.count(), func.count(trusted)).select_from(hooks)
        row: Any = (await self._connection.execute(counts)).one()
        return row[0], row[1]

    async def mark_heard(self, key: str, now: datetime) -> None:
        """An event came that we believe. After a silence it has to prove itself anew."""
        await self._connection.execute(_HEARD, {"this_key": key, "now": now})

    async def mark_refused(self, key: str, now: datetime) -> None:
        """Something came to its address whose signature is wrong; the first time counts."""
        first = and_(hooks.c.key == key, hooks.c.refused_at.is_(None))
        await self._connection.execute(update(hooks).where(first).values(refused_at=now))

    async def mark_quiet(self, key: str, now: datetime) -> None:
        """It did not announce what polling found."""
        this = update(hooks).where(hooks.c.key == key)
        await self._connection.execute(this.values(quiet_at=now, proven_at=None))

    async def mark_checked(self, key: str, now: datetime, hook_id: str | None, *, error: str | None) -> None:
        """What CircleCI was found to have."""
        this = update(hooks).where(hooks.c.key == key)
        await self._connection.execute(this.values(checked_at=now, hook_id=hook_id, error=error, refused_at=None))

    async def delete(self, key: str) -> None:
        await self._connection.execute(delete(hooks).where(hooks.c.key == key))

    async def list_keys_with_rules(self) -> set[str]:
        """Of those for whose project their workspace has a rule."""
        return set(await self._connection.scalars(_WITH_RULES))

    async def list_keys_of_silent(self, until: datetime) -> set[str]:
        """Of those that did not announce an end known by `until`, since they proved themselves or were last checked."""
        return set(await self._connection.scalars(_SILENT, {"until": until}))

    async def _find_one(self, query: Select[Any], **values: str) -> Hook | None:
        row = (await self._connection.execute(query, values)).one_or_none()
        return self._build_hook(row) if row else None

    def _build_hook(self, row: Row[Any]) -> Hook:
        """Without its secret where that does not open any more: then nothing that comes is believed."""
        try:
            secret = self._vault.open(format_owner(row.project), row.secret_sealed)
        except VaultError:
            secret = ""
        return Hook(
            project=ProjectSlug.parse(row.project),
            key=row.key,
            project_id=row.project_id,
            hook_id=row.hook_id,
            url=row.url,
            workspace=row.workspace,
            user=row.user,
            checked_at=row.checked_at,
            heard_at=row.heard_at,
            proven_at=row.proven_at,
            quiet_at=row.quiet_at,
            refused_at=row.refused_at,
            error=row.error,
            secret=secret,
        )
