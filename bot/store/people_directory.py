"""Who is who in a workspace: whom its logins and ids of CircleCI belong to, remembered for all that is drawn there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, String, func, literal, literal_column, select, true, union_all

from bot.expiring_cache import ExpiringCache
from bot.naming import PeopleDirectory
from bot.store.engine.adapters import DatabaseConnection
from bot.store.engine.statements import Repository, bind_columns
from bot.store.logins import pick_owner
from bot.store.tables.identities import logins
from bot.store.tables.workspaces import accounts

PeopleCache = ExpiringCache[str, PeopleDirectory]
"""By workspace. This process drops what it changes (Store.begin); what another one changes is seen a minute later."""

MOST_WORKSPACES = 100
_FRESH_FOR = timedelta(minutes=1)
_MOST = 10_000
"""Of a workspace. Whom it leaves out keeps the name that CircleCI gives."""

_OF_WORKSPACE = union_all(
    select(
        literal_column("'login'", String).label("kind"),
        logins.c.folded.label("key"),
        logins.c.user.label("user"),
        logins.c.verified.label("verified"),
        literal("").label("name"),
    ).where(bind_columns(logins, "workspace")),
    select(
        literal_column("'id'", String),
        accounts.c.circleci_id,
        accounts.c.user,
        true(),
        func.coalesce(func.nullif(accounts.c.name, ""), accounts.c.login),
    ).where(bind_columns(accounts, "workspace")),
).limit(_MOST)


class PeopleRepository(Repository):
    def __init__(self, connection: DatabaseConnection, cache: PeopleCache) -> None:
        super().__init__(connection)
        self._cache = cache

    async def load(self, workspace: str) -> PeopleDirectory:
        """One statement, or none while it is remembered."""
        return await self._cache.load(workspace, lambda: self._fetch(workspace), lambda _found: _FRESH_FOR)

    async def _fetch(self, workspace: str) -> PeopleDirectory:
        rows = (await self._connection.execute(_OF_WORKSPACE, {"workspace": workspace})).all()
        by_kind = {kind: [row for row in rows if row.kind == kind] for kind in ("login", "id")}
        names = {row.user: row.name for row in by_kind["id"] if row.name}
        return PeopleDirectory(_find_owners(by_kind["login"]), _find_owners(by_kind["id"]), names)


def _find_owners(rows: Iterable[Row[Any]]) -> Mapping[str, str]:
    by_key: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_key[row.key].append(row)
    return {key: owner.user for key, found in by_key.items() if (owner := pick_owner(found))}
