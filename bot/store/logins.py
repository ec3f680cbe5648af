"""Whose pipelines are whose: the logins at GitHub, Bitbucket or GitLab by which CircleCI calls a person of a workspace.

A login is verified when CircleCI named it for the person's own token; it is claimed when the person said so. A verified
login counts more. One that two people have with equal right is nobody's, so that neither gets messages about the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Select, and_, delete, select

from bot.domain.people import Login
from bot.naming import fold_login
from bot.store.engine.adapters import DatabaseConnection
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.identities import logins

T = TypeVar("T", bound=Any)

_KNOWN = select(logins).order_by(logins.c.workspace, logins.c.linked_at)
_OF_PERSON = _KNOWN.where(bind_columns(logins, "workspace", "user"))
_OF_LOGIN = _KNOWN.where(bind_columns(logins, "folded"))
_OF_LOGIN_HERE = _OF_LOGIN.where(bind_columns(logins, "workspace"))


class LoginRepository(Repository):
    """`changed` collects the workspaces in which somebody's logins are no longer what they were."""

    def __init__(self, connection: DatabaseConnection, changed: set[str]) -> None:
        super().__init__(connection)
        self._changed = changed

    async def upsert_verified(self, workspace: str, user: str, login: str, *, now: datetime) -> None:
        """CircleCI says so. Other people's claims of it end."""
        self._changed.add(workspace)
        folded = fold_login(login)
        claimed = and_(logins.c.user != user, logins.c.verified.is_(False))
        await self._connection.execute(delete(logins).where(_is_same_login(workspace, folded), claimed))
        known = await self._find_one(workspace, user, folded)
        linked_at = known.linked_at if known and known.verified else now
        values = {"workspace": workspace, "user": user, "folded": folded, "login": login}
        await self._upsert(
            logins, {**values, "verified": True, "linked_at": linked_at}, ("workspace", "user", "folded")
        )

    async def insert_claimed(self, workspace: str, user: str, login: str, *, now: datetime) -> Login | None:
        """None: it is theirs from now on, or was before. Otherwise somebody else's, who stays its owner."""
        self._changed.add(workspace)
        folded = fold_login(login)
        others = [
            one
            for one in await self._list_logins(_OF_LOGIN_HERE, workspace=workspace, folded=folded)
            if one.user != user
        ]
        if others:
            return max(others, key=lambda one: one.verified)
        values = {"workspace": workspace, "user": user, "folded": folded, "login": login}
        await self._insert_if_new(logins, {**values, "verified": False, "linked_at": now})
        return None

    async def delete(self, workspace: str, user: str, login: str) -> bool:
        """True when it was theirs."""
        self._changed.add(workspace)
        theirs = and_(_is_same_login(workspace, fold_login(login)), logins.c.user == user)
        return (await self._connection.execute(delete(logins).where(theirs))).rowcount == 1

    async def list_for_user(self, workspace: str, user: str) -> list[Login]:
        """Verified ones first."""
        found = await self._list_logins(_OF_PERSON, workspace=workspace, user=user)
        return sorted(found, key=lambda one: (not one.verified, one.login.casefold()))

    async def list_owners(self, login: str) -> list[Login]:
        """Who it is, in every workspace that knows; nobody where two have it with equal right."""
        by_workspace: dict[str, list[Login]] = defaultdict(list)
        for one in await self._list_logins(_OF_LOGIN, folded=fold_login(login)):
            by_workspace[one.workspace].append(one)
        return [first for found in by_workspace.values() if (first := pick_owner(found))]

    async def find_owner(self, workspace: str, login: str) -> str | None:
        """Who it is in this workspace, by Slack's id."""
        found = pick_owner(await self._list_logins(_OF_LOGIN_HERE, workspace=workspace, folded=fold_login(login)))
        return found.user if found else None

    async def _find_one(self, workspace: str, user: str, folded: str) -> Login | None:
        known = await self._list_logins(_OF_LOGIN_HERE, workspace=workspace, folded=folded)
        return next((one for one in known if one.user == user), None)

    async def _list_logins(self, query: Select[Any], **values: str) -> list[Login]:
        return [_build_login(row) for row in await self._connection.execute(query, values)]


def _is_same_login(workspace: str, folded: str) -> ColumnElement[bool]:
    return and_(logins.c.workspace == workspace, logins.c.folded == folded)


def pick_owner(found: Sequence[T]) -> T | None:
    """The one whose right is best, of those who are `verified` or not; nobody where two have it."""
    best = [one for one in found if one.verified] or found
    return best[0] if len(best) == 1 else None


def _build_login(row: Row[Any]) -> Login:
    return Login(row.workspace, row.user, row.login, row.verified, row.linked_at)
