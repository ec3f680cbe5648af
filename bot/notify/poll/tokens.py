"""Whose token reads a project: the service account's, else one of the people who asked about it, while it works."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Hashable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from bot.blocks import notice_blocks
from bot.circleci.client import CircleCI, CircleCIPool
from bot.circleci.links import Links
from bot.circleci.token_load import PLANNED_AN_HOUR, HourlyLoad
from bot.clock import Clock
from bot.domain import ProjectSlug
from bot.domain.people import Account, Person
from bot.domain.project_feeds import TokenOwner
from bot.errors import HIDDEN, BotError, RateLimited, TargetError, Unauthorized
from bot.expiring_cache import ExpiringCache
from bot.notify.poll.last_tokens import LastTokens
from bot.notify.poll.token_quota import PollToken, ServiceAccount, TokenQuota, count_requests
from bot.store.store import Store

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

PollTarget = ProjectSlug | str
"""A project, or an organisation by its slug."""

_ASKED_ABOUT = 20
"""Of an organisation: for how many of its projects we look up who asked about them."""

_ASKED_ASIDE = 2
_ASIDE_AT_MOST = timedelta(hours=1)

_BUSY = 0.5
_BLIND_FOR = timedelta(hours=1)
"""Who did not see a project is asked after the others for this long."""

_MOST_BLIND, _MOST_READ = 10_000, 50_000
_READ_FOR = timedelta(hours=1)


class PollTokens:
    """Tries tokens in turn. What worked last for a project is tried first the next time, unless it has to rest."""

    def __init__(
        self, *, pool: CircleCIPool, service: ServiceAccount | None, store: Store, clock: Clock, links: Links
    ) -> None:
        self._pool = pool
        self._service = service
        self._store = store
        self._clock = clock
        self._links = links
        self._last_tokens: LastTokens[PollTarget] = LastTokens(clock)
        self._blind: ExpiringCache[tuple[Person, Any], bool] = ExpiringCache(_MOST_BLIND, clock.now)
        self._workspace_tokens: LastTokens[tuple[str, ProjectSlug]] = LastTokens(clock)
        self._limited_aside: ExpiringCache[Person, bool] = ExpiringCache(_MOST_BLIND, clock.now)
        self._read_at: ExpiringCache[tuple[str, ProjectSlug], datetime] = ExpiringCache(_MOST_READ, clock.now)

    async def fetch_for_project(self, project: ProjectSlug, read: Callable[[CircleCI], Awaitable[T]]) -> T:
        """The answer of the first token that may see the project. Raises TargetError when none may.

        A token that CircleCI no longer accepts is marked expired, and its owner notified once. One that has used up its
        budget rests, and the next one is asked; RateLimited when all who may see the project have to rest.
        """
        reader, answer = await self._try_each(
            self._last_tokens, project, self._list_candidates(project, [project]), read
        )
        self._note_read(reader, project)
        return answer

    async def fetch_aside(self, project: ProjectSlug, read: Callable[[CircleCI], Awaitable[T]]) -> T:
        """What CircleCI says of something that nothing else hangs on. Raises BotError.

        Two tokens are asked at most, and whatever they hear, they are thought of as before. One that is limited is not
        asked so again until CircleCI allows it.
        """
        refused: BotError = TargetError(f"No connected CircleCI token can see `{project}`.")
        tries = 0
        async for reader in self._list_candidates(project, [project]):
            if self._limited_aside.get(reader.owner):
                continue
            try:
                self._check_budget(reader)
                return await read(reader.circleci)
            except RateLimited as error:
                refused = error
                ttl = min(timedelta(seconds=error.retry_after_s), _ASIDE_AT_MOST)
                self._limited_aside.set(reader.owner, value=True, ttl=ttl)
            except (Unauthorized, *HIDDEN) as error:
                refused = error
            if (tries := tries + 1) == _ASKED_ASIDE:
                break
        raise refused

    async def fetch_for_org(
        self, org_slug: str, projects: Sequence[ProjectSlug], read: Callable[[CircleCI], Awaitable[T]]
    ) -> tuple[str, T]:
        """Who answered (a name to compare by) and what, of those who may read one of the projects. Raises as above."""
        readers = self._list_candidates(org_slug, projects[:_ASKED_ABOUT])
        reader, answer = await self._try_each(self._last_tokens, org_slug, readers, read)
        return "/".join(reader.owner), answer

    async def fetch_for_workspace(
        self, workspace: str, project: ProjectSlug, read: Callable[[CircleCI], Awaitable[T]]
    ) -> T:
        """The same as `fetch_for_project`, with tokens of this workspace and no other's."""
        readers, place = self._list_in_workspace(workspace, project), (workspace, project)
        reader, answer = await self._try_each(self._workspace_tokens, place, readers, read)
        self._note_read(reader, project)
        return answer

    async def is_seen_in(self, workspace: str, project: ProjectSlug) -> bool:
        """Whether a token of the workspace sees the project. Raises CircleCIError where that cannot be found out."""
        try:
            await self.fetch_for_workspace(workspace, project, lambda circleci: circleci.fetch_project(project))
        except TargetError:
            return False
        return True

    def has_read(self, workspace: str, project: ProjectSlug, since: datetime) -> bool:
        """Whether a token that reads for this workspace has read the project since then."""
        whose = ["", workspace] if self.serves(workspace) else [workspace]
        return any((read_at := self._read_at.get((one, project))) and read_at > since for one in whose)

    def serves(self, workspace: str) -> bool:
        """Whether the service account reads for this workspace."""
        return self._service is not None and self._service.serves(workspace)

    def find_owner(self, project: ProjectSlug) -> TokenOwner | None:
        """Whose token read the project the last time; None before the first time."""
        reader = self._last_tokens.find(project)
        return TokenOwner(*reader.owner) if reader else None

    def list_tokens(self) -> Collection[PollToken]:
        """Those whose tokens read, each once."""
        tokens = (*self._last_tokens.list_all(), *self._workspace_tokens.list_all())
        return {token.owner: token for token in tokens}.values()

    def get_hourly_limit(self, place: PollTarget) -> int:
        """How many requests an hour the token that reads this may make, as far as anybody says."""
        reader = self._last_tokens.find(place)
        return self._get_load(reader).hourly_limit if reader else PLANNED_AN_HOUR

    def find_quota(self, place: PollTarget) -> TokenQuota | None:
        """What the token that reads this may still spend on it; None while CircleCI does not say."""
        reader = self._last_tokens.find(place)
        budget = reader and reader.circleci.budget
        if not reader or not budget:
            return None
        others = self._last_tokens.list_other_demands(place)
        return TokenQuota.from_budget(budget, kept=reader.reserved_share, others=others, now=self._clock.now())

    def plan_pause(self, place: PollTarget, pipelines: int, wait: timedelta) -> timedelta:
        """How long to pause after a listing and that many `pipelines`; `wait` is the pause without any limit."""
        self._last_tokens.set_demand(place, count_requests(pipelines) / max(1.0, wait.total_seconds()))
        quota = self.find_quota(place)
        return quota.get_wait(pipelines) if quota else timedelta()

    async def _try_each(
        self,
        last: LastTokens[K],
        place: K,
        readers: AsyncIterator[PollToken],
        read: Callable[[CircleCI], Awaitable[T]],
    ) -> tuple[PollToken, T]:
        limits: list[RateLimited] = []
        async for reader in readers:
            try:
                self._check_budget(reader)
                answer = await read(reader.circleci)
            except Unauthorized:
                await self.expire(reader.account)
            except RateLimited as error:
                limits.append(error)
            except HIDDEN:
                last.drop(place)
                self._note_blind(reader, place)
            else:
                last.set(place, reader)
                return reader, answer
        if limits:
            raise min(limits, key=lambda error: error.retry_after_s)
        raise TargetError(f"No connected CircleCI token can see `{place[1] if isinstance(place, tuple) else place}`.")

    def _note_blind(self, reader: PollToken, place: Any) -> None:
        self._blind.set((reader.owner, place), value=True, ttl=_BLIND_FOR)

    def _note_read(self, reader: PollToken, project: ProjectSlug) -> None:
        """For its workspace the project is seen; the service account's is none."""
        self._read_at.set((reader.owner[0], project), self._clock.now(), _READ_FOR)

    def _check_budget(self, reader: PollToken) -> None:
        """Raises RateLimited while the token's budget is used up, but for what is kept for its owner."""
        budget, now = reader.circleci.budget, self._clock.now()
        if budget and (left_s := budget.count_seconds_left(now)) > 0 and not budget.get_spare(reader.reserved_share):
            raise RateLimited(f"This token rests for {left_s:.0f} s.", retry_after_s=left_s)

    async def _list_candidates(self, place: PollTarget, projects: Sequence[ProjectSlug]) -> AsyncIterator[PollToken]:
        """The service account; who answered the last time; who asked about the projects; others of the same workspaces.

        People are looked up, and a token is opened, only when nobody before them has answered.
        """
        before = self._last_tokens.find(place)
        steady = isinstance(place, str) or not before or not self._is_busy(before)
        if self._service and (self._service.workspaces is None or await self._is_served(projects)):
            yield self._build_service_token(self._service)
        if not steady:
            async for one in self._list_least_busy(place, projects):
                yield one
            return
        if before and (reader := await self._find_token(before.owner, projects)):
            yield reader
        tried = {before.owner} if before else set()
        for look_up in (self._list_askers, self._list_connected):
            for person in await look_up(projects):
                if person not in tried and (reader := await self._find_token(person, projects)):
                    yield reader
                tried.add(person)

    def _is_busy(self, reader: PollToken) -> bool:
        """Whether half of its hour is used up: then others take their part."""
        return self._get_load(reader).used_share >= _BUSY

    def _get_load(self, reader: PollToken) -> HourlyLoad:
        budget = reader.circleci.budget
        return HourlyLoad(reader.circleci.request_counts.last_hour, budget.hourly_limit if budget else None)

    async def _list_least_busy(self, place: PollTarget, projects: Sequence[ProjectSlug]) -> AsyncIterator[PollToken]:
        """All who may read it, by how much of their hour is used up; who did not see it lately comes last."""
        people = dict.fromkeys([*await self._list_askers(projects), *await self._list_connected(projects)])
        readers = [one for person in people if (one := await self._find_token(person, projects))]

        def order(reader: PollToken) -> tuple[bool, float]:
            return bool(self._blind.get((reader.owner, place))), self._get_load(reader).used_share

        for one in sorted(readers, key=order):
            yield one

    async def _list_in_workspace(self, workspace: str, project: ProjectSlug) -> AsyncIterator[PollToken]:
        """The service account where it serves; who answered the last time; who else is connected there."""
        if self._service and self._service.serves(workspace):
            yield self._build_service_token(self._service)
        last = self._workspace_tokens.find((workspace, project))
        before = [last.owner] if last and last.account else []
        asked = await self._list_askers([project])
        async with self._store.begin_read() as tx:
            others = await tx.accounts.list_active_people(workspace)
        for person in dict.fromkeys([*before, *(one for one in asked if one[0] == workspace), *others]):
            async with self._store.begin_read() as tx:
                found = await tx.accounts.list_for_people([person])
            for account in found:
                yield PollToken(person, account, self._pool.bind(account.token, waits=False))

    async def _is_served(self, projects: Sequence[ProjectSlug]) -> bool:
        """Whether a workspace that the service account reads for gets messages about one of the projects."""
        return any(self.serves(workspace) for workspace, _ in await self._list_askers(projects))

    def _build_service_token(self, service: ServiceAccount) -> PollToken:
        return PollToken(Person("", ""), None, self._pool.bind(service.token, waits=False))

    async def _find_token(self, person: Person, projects: Sequence[ProjectSlug]) -> PollToken | None:
        """With their token as it is now: they may have disconnected, connected anew, or left its channels."""
        async with self._store.begin_read() as tx:
            account = await tx.accounts.find_for_projects(*person, projects)
        return PollToken(person, account, self._pool.bind(account.token, waits=False)) if account else None

    async def _list_askers(self, projects: Sequence[ProjectSlug]) -> list[Person]:
        """They triggered here, or made rules."""
        async with self._store.begin_read() as tx:
            return list(
                dict.fromkeys([*await tx.cards.list_askers(projects), *await tx.subscriptions.list_makers(projects)])
            )

    async def _list_connected(self, projects: Sequence[ProjectSlug]) -> list[Person]:
        """They are connected in the workspaces of those who asked."""
        async with self._store.begin_read() as tx:
            return await tx.accounts.list_people_for_projects(projects)

    async def expire(self, account: Account | None) -> None:
        """CircleCI no longer accepts this token: its owner is notified once (not the operator)."""
        if account is None:
            return
        now = self._clock.now()
        async with self._store.begin() as tx:
            if await tx.accounts.mark_expired(account):
                key = f"expired:{account.workspace}:{account.user}:{account.connected_at.isoformat()}"
                await tx.outbox.insert(
                    key,
                    account.workspace,
                    account.user,
                    message=partial(notice_blocks.render_token_expired, self._links),
                    now=now,
                )
