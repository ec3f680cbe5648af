"""People's CircleCI tokens, sealed to their workspace and user."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Integer, Row, bindparam, delete, literal_column, or_, select, tuple_, update

from bot.domain import ProjectSlug
from bot.domain.people import Account, AccountState, Person
from bot.store.engine.adapters import DatabaseConnection
from bot.store.engine.moment import UtcDateTime
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.publishing import cards, pipelines
from bot.store.tables.rule_index import covers, subscriptions
from bot.store.tables.workspaces import accounts
from bot.store.vault import Vault, VaultError

_ONE = select(accounts).where(bind_columns(accounts, "workspace", "user"))
_THESE = select(accounts).where(
    tuple_(accounts.c.workspace, accounts.c.user).in_(bindparam("people", expanding=True)),
)
_USERS = select(accounts.c.user).where(
    bind_columns(accounts, "workspace"),
    accounts.c.circleci_id.in_(bindparam("circleci_ids", expanding=True)),
)

_PROJECTS: BindParameter[Any] = bindparam("projects", expanding=True)
_IS_ACTIVE = accounts.c.state == literal_column(f"'{AccountState.ACTIVE}'")  # As the index of them says it.
_IS_INTERESTED = or_(
    accounts.c.workspace.in_(
        select(subscriptions.c.workspace)
        .join(covers, covers.c.subscription_id == subscriptions.c.id)
        .where(covers.c.project.in_(_PROJECTS))
    ),
    accounts.c.workspace.in_(
        select(cards.c.workspace)
        .join(pipelines, pipelines.c.id == cards.c.pipeline_id)
        .where(pipelines.c.project.in_(_PROJECTS), pipelines.c.next_look_at.is_not(None), cards.c.gone_at.is_(None))
    ),
)
"""A rule of theirs covers one of the projects, or a card there shows a pipeline that still moves."""

_ONE_INTERESTED = _ONE.where(_IS_ACTIVE, _IS_INTERESTED)
_ALL_INTERESTED = (
    select(accounts.c.workspace, accounts.c.user)
    .where(_IS_ACTIVE, _IS_INTERESTED)
    .order_by(accounts.c.connected_at)
    .limit(bindparam("limit", type_=Integer()))
)


_EVERYBODY = select(accounts.c.workspace, accounts.c.user).where(_IS_ACTIVE).order_by(accounts.c.connected_at)
_ACTIVE_USERS = (
    select(accounts.c.user)
    .where(_IS_ACTIVE, bind_columns(accounts, "workspace"))
    .order_by(accounts.c.connected_at)
    .limit(bindparam("limit", type_=Integer()))
)


_ENDING = select(accounts).where(_IS_ACTIVE, accounts.c.expires_at <= bindparam("before", type_=UtcDateTime()))

USE_NOTED_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class EndingToken:
    """Whose token ends when; `told` is how many days before that they were last told."""

    person: Person
    expires_at: datetime
    told: int | None


def format_owner(workspace: str, user: str) -> str:
    """Whose secret it is: what the vault binds it to."""
    return f"account:{workspace}:{user}"


class AccountRepository(Repository):
    """A token that does not open (its key is lost, or the row was copied) reads as expired and empty.

    So its owner can connect again, and one dead row stops nobody else's commands and polling; `circlebot doctor` tells.
    `changed` collects the workspaces in which somebody connected or disconnected.
    """

    def __init__(self, connection: DatabaseConnection, vault: Vault, changed: set[str]) -> None:
        super().__init__(connection)
        self._vault = vault
        self._changed = changed

    async def upsert(self, account: Account) -> None:
        self._changed.add(account.workspace)
        values = {
            "workspace": account.workspace,
            "user": account.user,
            "circleci_id": account.circleci_id,
            "login": account.login,
            "name": account.name,
            "state": account.state,
            "connected_at": account.connected_at,
            "token_sealed": self._vault.seal(format_owner(account.workspace, account.user), account.token),
            "scope": account.scope,
            "expires_at": account.expires_at,
            "last_used_at": account.last_used_at,
            "expiry_told": None,
        }
        await self._upsert(accounts, values, ("workspace", "user"))

    async def find(self, workspace: str, user: str) -> Account | None:
        """With its token, in whatever state."""
        row = (await self._connection.execute(_ONE, {"workspace": workspace, "user": user})).one_or_none()
        return self.build_account(row) if row else None

    async def list_for_people(self, people: Iterable[Person], *, only_active: bool = True) -> list[Account]:
        """In the order of `people`; the expired ones too unless `only_active`."""
        named = list(people)
        rows = (await self._connection.execute(_THESE, {"people": named})).all() if named else []
        by_person = {(row.workspace, row.user): self.build_account(row) for row in rows}
        found = [by_person[person] for person in named if person in by_person]
        return [account for account in found if account.is_active or not only_active]

    async def list_users(self, workspace: str, circleci_ids: Iterable[str]) -> frozenset[str]:
        """Who these are in this workspace."""
        named = list(circleci_ids)
        theirs = {"workspace": workspace, "circleci_ids": named}
        return frozenset(await self._connection.scalars(_USERS, theirs)) if named else frozenset()

    async def find_for_projects(self, workspace: str, user: str, projects: Iterable[ProjectSlug]) -> Account | None:
        """Theirs with its token, if it is active and their workspace has a rule or a moving card of a project."""
        asked = {"workspace": workspace, "user": user, "projects": [str(project) for project in projects]}
        row = (await self._connection.execute(_ONE_INTERESTED, asked)).one_or_none()
        account = self.build_account(row) if row else None
        return account if account and account.is_active else None

    async def list_people_for_projects(self, projects: Iterable[ProjectSlug], limit: int = 50) -> list[Person]:
        """Who is connected where a rule or a moving card is of a project, longest first. No token is opened."""
        asked = {"projects": [str(project) for project in projects], "limit": limit}
        return [Person(row.workspace, row.user) for row in await self._connection.execute(_ALL_INTERESTED, asked)]

    async def list_active_people(self, workspace: str, limit: int = 50) -> list[Person]:
        """Who is connected in this workspace, longest first. No token is opened."""
        users = await self._connection.scalars(_ACTIVE_USERS, {"workspace": workspace, "limit": limit})
        return [Person(workspace, user) for user in users]

    async def list_all_active_people(self) -> list[Person]:
        """Who is connected, anywhere. No token is opened."""
        return [Person(row.workspace, row.user) for row in await self._connection.execute(_EVERYBODY)]

    async def mark_expired(self, account: Account) -> bool:
        """CircleCI no longer accepts this token. True the first time, so that its owner is notified once.

        One that was connected meanwhile in its place goes on.
        """
        same = (accounts.c.workspace == account.workspace) & (accounts.c.user == account.user)
        working = (accounts.c.connected_at == account.connected_at) & (accounts.c.state == AccountState.ACTIVE)
        ended = await self._connection.execute(
            update(accounts).where(same & working).values(state=AccountState.EXPIRED)
        )
        return ended.rowcount == 1

    async def mark_used(self, person: Person, now: datetime) -> None:
        """Unless that is known already; to the hour is near enough."""
        unknown = accounts.c.last_used_at.is_(None) | (accounts.c.last_used_at <= now - USE_NOTED_EVERY)
        theirs = (accounts.c.workspace == person.workspace) & (accounts.c.user == person.user)
        await self._connection.execute(update(accounts).where(theirs & unknown).values(last_used_at=now))

    async def list_ending(self, before: datetime) -> list[EndingToken]:
        """Those that CircleCI takes until then at most. No token is opened."""
        rows = await self._connection.execute(_ENDING, {"before": before})
        return [EndingToken(Person(row.workspace, row.user), row.expires_at, row.expiry_told) for row in rows]

    async def mark_end_told(self, token: EndingToken, days: int) -> bool:
        """True for the one process that is to say so, unless the person has connected again meanwhile."""
        person = token.person
        same = (accounts.c.workspace == person.workspace) & (accounts.c.user == person.user)
        fresh = (accounts.c.expires_at == token.expires_at) & accounts.c.expiry_told.is_not_distinct_from(token.told)
        told = await self._connection.execute(update(accounts).where(same & fresh).values(expiry_told=days))
        return told.rowcount == 1

    async def delete(self, workspace: str, user: str) -> bool:
        self._changed.add(workspace)
        person = (accounts.c.workspace == workspace) & (accounts.c.user == user)
        return (await self._connection.execute(delete(accounts).where(person))).rowcount == 1

    def build_account(self, row: Row[Any]) -> Account:
        try:
            token = self._vault.open(format_owner(row.workspace, row.user), row.token_sealed)
            state = AccountState(row.state)
        except VaultError:
            token, state = "", AccountState.EXPIRED
        return Account(
            workspace=row.workspace,
            user=row.user,
            circleci_id=row.circleci_id,
            login=row.login,
            name=row.name,
            state=state,
            connected_at=row.connected_at,
            token=token,
            scope=row.scope,
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
        )
