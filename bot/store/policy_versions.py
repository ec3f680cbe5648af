"""A workspace's policy: every version that was ever written, of which the newest counts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Row, bindparam, func, select

from bot.rules.policy_line import PolicyLine
from bot.rules.policy_plain import from_stored, to_plain
from bot.rules.policy_version import PolicyVersion
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.workspaces import policy_versions

_NEWEST = (
    select(policy_versions)
    .where(bind_columns(policy_versions, "workspace"))
    .order_by(policy_versions.c.version.desc())
    .limit(bindparam("limit", type_=Integer()))
    .offset(bindparam("offset", type_=Integer()))
)
_OTHER = policy_versions.alias()
_NEWEST_OF_ALL = select(policy_versions.c.workspace, policy_versions.c.lines).where(
    policy_versions.c.version
    == select(func.max(_OTHER.c.version)).where(_OTHER.c.workspace == policy_versions.c.workspace).scalar_subquery()
)
_ONE = select(policy_versions).where(bind_columns(policy_versions, "workspace", "version"))
_COUNT = select(func.count()).select_from(policy_versions).where(bind_columns(policy_versions, "workspace"))
_WORKSPACES = select(policy_versions.c.workspace).distinct().order_by(policy_versions.c.workspace)


class PolicyVersionRepository(Repository):
    async def load_lines(self, workspace: str) -> tuple[PolicyLine, ...]:
        """Those that count now."""
        newest = await self.list_newest(workspace, 1)
        return newest[0].lines if newest else ()

    async def load_all_lines(self) -> dict[str, tuple[PolicyLine, ...]]:
        """Those that count now, of each workspace."""
        return {row.workspace: _parse_lines(row.lines) for row in await self._connection.execute(_NEWEST_OF_ALL)}

    async def list_newest(self, workspace: str, limit: int, offset: int = 0) -> list[PolicyVersion]:
        rows = await self._connection.execute(_NEWEST, {"workspace": workspace, "limit": limit, "offset": offset})
        return [_build_version(row) for row in rows]

    async def find(self, workspace: str, version: int) -> PolicyVersion | None:
        row = (await self._connection.execute(_ONE, {"workspace": workspace, "version": version})).first()
        return _build_version(row) if row else None

    async def count(self, workspace: str) -> int:
        return await self._connection.scalar(_COUNT, {"workspace": workspace}) or 0

    async def list_workspaces(self) -> list[str]:
        """Those that ever had a policy."""
        return list((await self._connection.execute(_WORKSPACES)).scalars())

    async def insert(self, new: PolicyVersion) -> bool:
        """False where somebody else wrote a version of this number meanwhile: nothing is written then."""
        return await self._insert_if_new(
            policy_versions,
            {
                "workspace": new.workspace,
                "version": new.number,
                "lines": _dump_lines(new.lines),
                "changed_by": new.changed_by,
                "changed_at": new.changed_at,
                "summary": new.summary,
            },
        )


def _dump_lines(lines: Sequence[PolicyLine]) -> str:
    return json.dumps([to_plain(one) for one in lines], ensure_ascii=False)


@lru_cache(maxsize=64)
def _parse_lines(text: str) -> tuple[PolicyLine, ...]:
    """Each version once: every command asks."""
    return tuple(from_stored(one) for one in json.loads(text))


def _build_version(row: Row[Any]) -> PolicyVersion:
    lines = _parse_lines(row.lines)
    return PolicyVersion(row.workspace, row.version, lines, row.changed_by, row.changed_at, row.summary)
