"""Whose token reads a project: the service account's, else one of the people who asked about it, while it works."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot.blocks import notice_blocks
from bot.circleci.client import CircleCI, CircleCIPool
from bot.circleci.links import Links
from bot.circleci.token_load import PLANNED_AN_HOUR, Load
from bot.clock import Clock
from bot.domain import Account, ProjectSlug
from bot.errors import NotFound, NotThere, RateLimited, Rejected, Unauthorized
from bot.notify.poll.token_quota import Share, spent
from bot.store.dm_preferences import Person
from bot.store.polled_projects import Payer
from bot.store.store import Store

T = TypeVar("T")
K = TypeVar("K")

Place = ProjectSlug | str
"""A project, or an organisation by its slug."""

_KEPT_FOR_PEOPLE = 0.2
"""The part of a person's limit that polling leaves to the person."""

_ASKED_ABOUT = 20
"""Of an organisation: for how many of its projects we look up who asked about them."""

_BUSY = 0.5
_BLIND_FOR = timedelta(hours=1)
"""For so long who did not see a project is asked after the others."""

_MOST_BLIND = 10_000
_UNKNOWN = 1 / 60
"""Requests a second of what has not been read twice."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A token that may read; `who` is its owner's workspace and user, both empty for the service account."""

    who: Person
    account: Account | None
    circleci: CircleCI

    @property
    def kept(self) -> float:
        return _KEPT_FOR_PEOPLE if self.account else 0.0


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """The operator's own token (CIRCLECI_TOKEN). It reads for these workspaces; None: for every one."""

    token: str
    workspaces: frozenset[str] | None = None

    def serves(self, workspace: str) -> bool:
        return self.workspaces is None or workspace in self.workspaces


class Tokens:
    """Tries tokens in turn. What worked last for a project is tried first the next time, unless it has to rest."""

    def __init__(
        self, *, pool: CircleCIPool, service: ServiceAccount | None, store: Store, clock: Clock, links: Links
    ) -> None:
        self._pool = pool
        self._service = service
        self._store = store
        self._clock = clock
        self._links = links
        self._readers: dict[Place, Reader] = {}
        self._blind: dict[tuple[Person, Any], datetime] = {}
        self._wants: dict[Place, float] = {}
        self._witnesses: dict[tuple[str, ProjectSlug], Reader] = {}
        self._read_at: dict[tuple[str, ProjectSlug], datetime] = {}

    async def reading(self, project: ProjectSlug, read: Callable[[CircleCI], Awaitable[T]]) -> T:
        """The answer of the first token that may see the project. Raises NotThere when none may.

        A token that CircleCI no longer accepts is marked expired, and its owner told once. One that has used up its
        budget rests, and the next one is asked; RateLimited when all who may see the project have to rest.
        """
        reader, answer = await self._first(self._readers, project, self._candidates(project, [project]), read)
        self._note(reader, project)
        return answer

    async def listing(
        self, org_slug: str, projects: Sequence[ProjectSlug], read: Callable[[CircleCI], Awaitable[T]]
    ) -> tuple[str, T]:
        """Who answered (a name to compare by) and what, of those who may read one of the projects. Raises as above."""
        readers = self._candidates(org_slug, projects[:_ASKED_ABOUT])
        reader, answer = await self._first(self._readers, org_slug, readers, read)
        return "/".join(reader.who), answer

    async def of_workspace(self, workspace: str, project: ProjectSlug, read: Callable[[CircleCI], Awaitable[T]]) -> T:
        """The same as `reading`, with tokens of this workspace and no other's."""
        readers, place = self._of_workspace(workspace, project), (workspace, project)
        reader, answer = await self._first(self._witnesses, place, readers, read)
        self._note(reader, project)
        return answer

    async def is_seen_in(self, workspace: str, project: ProjectSlug) -> bool:
        """Whether a token of the workspace sees the project. Raises CircleCIError where that cannot be found out."""
        try:
            await self.of_workspace(workspace, project, lambda circleci: circleci.project(project))
        except NotThere:
            return False
        return True

    def has_read(self, workspace: str, project: ProjectSlug, since: datetime) -> bool:
        """Whether a token that reads for this workspace has read the project since then."""
        whose = ["", workspace] if self.serves(workspace) else [workspace]
        return any((read_at := self._read_at.get((one, project))) and read_at > since for one in whose)

    def serves(self, workspace: str) -> bool:
        """Whether the service account reads for this workspace."""
        return self._service is not None and self._service.serves(workspace)

    def payer(self, project: ProjectSlug) -> Payer | None:
        """Whose token read the project the last time; None before the first time."""
        reader = self._readers.get(project)
        return Payer(*reader.who) if reader else None

    def polling(self) -> Collection[Reader]:
        """Those whose tokens read, each once."""
        return {reader.who: reader for reader in (*self._readers.values(), *self._witnesses.values())}.values()

    def an_hour(self, place: Place) -> int:
        """How many requests an hour the token that reads this may make, as far as anybody says."""
        reader = self._readers.get(place)
        return self._load(reader).an_hour if reader else PLANNED_AN_HOUR

    def share(self, place: Place) -> Share | None:
        """What the token that reads this may still spend on it; None while CircleCI does not say."""
        reader = self._readers.get(place)
        budget = reader and reader.circleci.budget
        if not reader or not budget:
            return None
        others = (
            self._wants.get(other, _UNKNOWN)
            for other, its in self._readers.items()
            if its.who == reader.who and other != place
        )
        return Share.of(budget, kept=reader.kept, others=others, now=self._clock.now())

    def rest(self, place: Place, pipelines: int, wait: timedelta) -> timedelta:
        """How long to pause after a listing and so many pipelines; `wait` is how long we would without any limit."""
        self._wants[place] = spent(pipelines) / max(1.0, wait.total_seconds())
        share = self.share(place)
        return share.wait(pipelines) if share else timedelta()

    async def _first(
        self, last: dict[K, Reader], place: K, readers: AsyncIterator[Reader], read: Callable[[CircleCI], Awaitable[T]]
    ) -> tuple[Reader, T]:
        limits: list[RateLimited] = []
        async for reader in readers:
            try:
                self._let_rest(reader)
                answer = await read(reader.circleci)
            except Unauthorized:
                await self.expire(reader.account)
            except RateLimited as error:
                limits.append(error)
            except (NotFound, Rejected):
                last.pop(place, None)
                self._note_blind(reader, place)
            else:
                last[place] = reader
                return reader, answer
        if limits:
            raise min(limits, key=lambda error: error.retry_after_s)
        raise NotThere(f"No connected CircleCI token can see `{place[1] if isinstance(place, tuple) else place}`.")

    def _note_blind(self, reader: Reader, place: Any) -> None:
        now = self._clock.now()
        if len(self._blind) >= _MOST_BLIND:
            self._blind = {key: until for key, until in self._blind.items() if until > now}
        self._blind[reader.who, place] = now + _BLIND_FOR

    def _note(self, reader: Reader, project: ProjectSlug) -> None:
        """For its workspace the project is seen; the service account's is none."""
        self._read_at[reader.who[0], project] = self._clock.now()

    def _let_rest(self, reader: Reader) -> None:
        """Raises RateLimited while the token's budget is used up, but for what is kept for its owner."""
        budget, now = reader.circleci.budget, self._clock.now()
        if budget and (left_s := budget.left_s(now)) > 0 and not budget.spare(reader.kept):
            raise RateLimited(f"This token rests for {left_s:.0f} s.", retry_after_s=left_s)

    async def _candidates(self, place: Place, projects: Sequence[ProjectSlug]) -> AsyncIterator[Reader]:
        """The service account; who answered the last time; who asked about the projects; others of the same workspaces.

        People are looked up, and a token is opened, only when nobody before them has answered.
        """
        before = self._readers.get(place)
        steady = isinstance(place, str) or not before or not self._is_busy(before)
        if self._service and (self._service.workspaces is None or await self._is_served(projects)):
            yield self._service_reader(self._service)
        if not steady:
            async for one in self._least_asked(place, projects):
                yield one
            return
        if before and (reader := await self._reader(before.who, projects)):
            yield reader
        tried = {before.who} if before else set()
        for look_up in (self._who_asked, self._who_hears):
            for person in await look_up(projects):
                if person not in tried and (reader := await self._reader(person, projects)):
                    yield reader
                tried.add(person)

    def _is_busy(self, reader: Reader) -> bool:
        """Whether half of its hour is used up: then others take their part."""
        return self._load(reader).part >= _BUSY

    def _load(self, reader: Reader) -> Load:
        budget = reader.circleci.budget
        return Load(reader.circleci.made.lately, budget.an_hour if budget else None)

    async def _least_asked(self, place: Place, projects: Sequence[ProjectSlug]) -> AsyncIterator[Reader]:
        """All who may read it, by how much of their hour is used up; who did not see it lately comes last."""
        people = dict.fromkeys([*await self._who_asked(projects), *await self._who_hears(projects)])
        readers = [one for person in people if (one := await self._reader(person, projects))]
        now = self._clock.now()

        def order(reader: Reader) -> tuple[bool, float]:
            return self._blind.get((reader.who, place), now) > now, self._load(reader).part

        for one in sorted(readers, key=order):
            yield one

    async def _of_workspace(self, workspace: str, project: ProjectSlug) -> AsyncIterator[Reader]:
        """The service account where it serves; who answered the last time; whoever else is connected there."""
        if self._service and self._service.serves(workspace):
            yield self._service_reader(self._service)
        before = [witness.who for witness in [self._witnesses.get((workspace, project))] if witness and witness.account]
        asked = await self._who_asked([project])
        async with self._store.read() as tx:
            others = await tx.accounts.working(workspace)
        for person in dict.fromkeys([*before, *(one for one in asked if one[0] == workspace), *others]):
            async with self._store.read() as tx:
                found = await tx.accounts.of([person])
            for account in found:
                yield Reader(person, account, self._pool.bind(account.token, waits=False))

    async def _is_served(self, projects: Sequence[ProjectSlug]) -> bool:
        """Whether a workspace that the service account reads for hears of one of the projects."""
        return any(self.serves(workspace) for workspace, _ in await self._who_asked(projects))

    def _service_reader(self, service: ServiceAccount) -> Reader:
        return Reader(("", ""), None, self._pool.bind(service.token, waits=False))

    async def _reader(self, person: Person, projects: Sequence[ProjectSlug]) -> Reader | None:
        """With their token as it is now: they may have disconnected, or connected anew, or hear of it no longer."""
        async with self._store.read() as tx:
            account = await tx.accounts.hearing(*person, projects)
        return Reader(person, account, self._pool.bind(account.token, waits=False)) if account else None

    async def _who_asked(self, projects: Sequence[ProjectSlug]) -> list[Person]:
        """They triggered here, or made rules."""
        async with self._store.read() as tx:
            return list(dict.fromkeys([*await tx.cards.askers(projects), *await tx.subscriptions.makers(projects)]))

    async def _who_hears(self, projects: Sequence[ProjectSlug]) -> list[Person]:
        """They are connected in the workspaces of those who asked."""
        async with self._store.read() as tx:
            return await tx.accounts.all_hearing(projects)

    async def expire(self, account: Account | None) -> None:
        """CircleCI no longer accepts this token: its owner is told once (the service account's is the operator's)."""
        if account is None:
            return
        now = self._clock.now()
        async with self._store.begin() as tx:
            if await tx.accounts.expire(account):
                key = f"expired:{account.workspace}:{account.user}:{account.connected_at.isoformat()}"
                await tx.outbox.add(
                    key, account.workspace, account.user, notice_blocks.token_expired(self._links), now=now
                )
