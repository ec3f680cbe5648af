"""Whose token reads a project: the service account's, else one of the people who asked about it, while it works."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

from bot.blocks import notice as said
from bot.circleci.client import CircleCI, CircleCIPool
from bot.circleci.links import Links
from bot.clock import Clock
from bot.domain import Account, ProjectSlug
from bot.errors import NotFound, NotThere, Rejected, Unauthorized
from bot.store.store import Store

T = TypeVar("T")


class Tokens:
    """Tries tokens in turn. What worked last for a project is tried first the next time."""

    def __init__(
        self, *, pool: CircleCIPool, service_token: str | None, store: Store, clock: Clock, links: Links
    ) -> None:
        self._pool = pool
        self._service_token = service_token
        self._store = store
        self._clock = clock
        self._links = links
        self._worked: dict[ProjectSlug, tuple[str, str]] = {}

    async def reading(self, project: ProjectSlug, read: Callable[[CircleCI], Awaitable[T]]) -> T:
        """The answer of the first token that may see the project. Raises NotThere when none may.

        A token that CircleCI no longer accepts is marked expired, and its owner told once.
        """
        async for account, circleci in self._candidates(project):
            try:
                answer = await read(circleci)
            except Unauthorized:
                await self.expire(account)
            except (NotFound, Rejected):
                self._worked.pop(project, None)
            else:
                if account:
                    self._worked[project] = (account.workspace, account.user)
                return answer
        raise NotThere(f"No connected CircleCI token can see `{project}`.")

    async def _candidates(self, project: ProjectSlug) -> AsyncIterator[tuple[Account | None, CircleCI]]:
        if self._service_token:
            yield None, self._pool.bind(self._service_token)
        for account in await self._accounts(project):
            yield account, self._pool.bind(account.token)

    async def _accounts(self, project: ProjectSlug) -> list[Account]:
        """People who made rules or triggered here first, then anybody connected in the same workspaces."""
        async with self._store.read() as tx:
            rules = await tx.subscriptions.of_project(project)
            askers = await tx.cards.askers(project)
            near = dict.fromkeys([*askers, *((rule.workspace, rule.made_by) for rule in rules)])
            accounts = await tx.accounts.of(near)
            workspaces = {workspace for workspace, _ in near}
            others = [account for account in await tx.accounts.working() if account.workspace in workspaces]
        first = self._worked.get(project)
        unique = {(account.workspace, account.user): account for account in [*accounts, *others]}
        return sorted(unique.values(), key=lambda account: (account.workspace, account.user) != first)

    async def expire(self, account: Account | None) -> None:
        """CircleCI no longer accepts this token: its owner is told once (the service account's is the operator's)."""
        if account is None:
            return
        now = self._clock.now()
        async with self._store.begin() as tx:
            if await tx.accounts.expire(account):
                key = f"expired:{account.workspace}:{account.user}:{account.connected_at.isoformat()}"
                await tx.outbox.add(key, account.workspace, account.user, said.token_expired(self._links), now=now)
