"""A hint that comes at any step of a poll, or of an organisation's listing, is heard: it waits for no next round."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from bot.circleci.client import CircleCIPool
from bot.circleci.links import Links
from bot.circleci.webhook_payload import WebhookEvent
from bot.domain import ProjectScope, ProjectSlug
from bot.messages import FoundBy, FoundEnd
from bot.notify.poll.explain import Explainer
from bot.notify.poll.org_poller import OrgPoller
from bot.notify.poll.poller import Poller
from bot.notify.poll.token_quota import ServiceAccount
from bot.notify.poll.tokens import PollTokens
from bot.notify.poll.visibility import Visibility
from bot.notify.poll.webhook_inbox import WebhookInbox
from bot.notify.publish.publisher import Publisher
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from bot.store.store import Store, Tx
from bot.store.vault import Vault, generate_key
from bot.workers.loop import BackgroundTasks
from tests.plugins.database import create_database
from tests.plugins.factories import NOW

WEB, API = ProjectSlug("gh", "acme", "web"), ProjectSlug("gh", "acme", "api")
INTERVAL_S = 5.0


class StepCounter:
    """Counts what a poll waits for: transactions before they begin, answers once they are made, on their way to us.

    At the `until`th it runs `then`, once.
    """

    def __init__(self) -> None:
        self.count, self.until = 0, -1
        self.then: Callable[[], Awaitable[None]] | None = None

    async def step(self) -> None:
        self.count += 1
        if self.then and self.count > self.until >= 0:
            then, self.then = self.then, None
            await then()


class SteppedStore:
    """The store as those see it whose steps are counted."""

    def __init__(self, store: Store, steps: StepCounter) -> None:
        self._store, self._steps = store, steps

    @contextlib.asynccontextmanager
    async def begin(self, *, lasting: bool = True) -> AsyncIterator[Tx]:
        await self._steps.step()
        async with self._store.begin(lasting=lasting) as tx:
            yield tx

    @contextlib.asynccontextmanager
    async def begin_read(self) -> AsyncIterator[Tx]:
        await self._steps.step()
        async with self._store.begin_read() as tx:
            yield tx


class PollHarness:
    """`builds` are the projects' pipelines at CircleCI, each with status and beginning; time goes on by itself."""

    def __init__(self, store: Store) -> None:
        self.store, self.steps, self.tasks, self.moment = store, StepCounter(), BackgroundTasks(), NOW
        self.builds: dict[ProjectSlug, list[tuple[str, str]]] = {WEB: [], API: []}
        pool = CircleCIPool("https://circleci.test", clock=self, transport=httpx.MockTransport(self._answer))
        links, stepped = Links("https://circleci.test"), cast("Store", SteppedStore(store, self.steps))
        tokens = PollTokens(pool=pool, service=ServiceAccount("CCIPAT_any"), store=store, clock=self, links=links)
        shared: dict[str, Any] = {"tokens": tokens, "clock": self, "interval_s": INTERVAL_S, "holder": "me"}
        shared |= {"store": stepped, "tasks": self.tasks, "chance": lambda: 0.5}
        publisher = Publisher(store=stepped, links=links, clock=self, wake=_nothing, hit_failpoint=_nothing)
        visibility = Visibility(store=store, pool=pool, tokens=tokens, clock=self)
        self.poller = Poller(
            publisher=publisher, explainer=Explainer(store=store, tokens=tokens), visibility=visibility, **shared
        )
        self.organisations = OrgPoller(wake=_nothing, **shared)
        self.inbox = WebhookInbox(store=store, clock=self, wake=_nothing)

    def now(self) -> datetime:
        self.moment += timedelta(milliseconds=1)
        return self.moment

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        found = self._found(request.url.path.removeprefix("/api/v2/").split("/"))
        await self.steps.step()
        return httpx.Response(200, json=found)

    def _found(self, path: list[str]) -> dict[str, Any]:
        match path:
            case ["pipeline"]:
                return _all([each for project in self.builds for each in self._listed(project)])
            case ["project", vcs, org, name, "pipeline"]:
                return _all(self._listed(ProjectSlug(vcs, org, name)))
            case ["project", *slug]:
                return {"id": "-".join(slug), "slug": "/".join(slug), "name": slug[-1]}
            case ["pipeline", id_]:
                return next(one for project in self.builds for one in self._listed(project) if one["id"] == id_)
            case ["pipeline", id_, "workflow"]:
                return _all([self._workflow(id_)])
        return _all([])

    def _listed(self, project: ProjectSlug) -> list[dict[str, Any]]:
        return [
            {"id": f"{project.project}-{number}", "number": number, "project_slug": str(project), "state": "created"}
            | {"created_at": at, "trigger": {"type": "webhook"}}
            for number, (_, at) in reversed(list(enumerate(self.builds[project], start=1)))
        ]

    def _workflow(self, pipeline_id: str) -> dict[str, Any]:
        name, _, number = pipeline_id.partition("-")
        status, at = self.builds[ProjectSlug("gh", "acme", name)][int(number) - 1]
        when = {"created_at": at, "stopped_at": None if status == "running" else at}
        return {"id": f"w-{pipeline_id}", "name": "build", "status": status, "pipeline_id": pipeline_id} | when

    async def watch(self) -> None:
        async with self.store.begin() as tx:
            for project in self.builds:
                rule = Subscription(
                    0, "T", "C", ProjectScope.parse(str(project)), Rule.parse({"only": ["passed"]}), "U", NOW
                )
                await tx.subscriptions.insert(rule)
                await tx.polled_projects.upsert(project, NOW)

    async def round(self) -> None:
        """Whatever is due now, until nothing is."""
        await self.organisations.tick()
        await self.polls()

    async def polls(self) -> None:
        await self.poller.tick()
        while self.tasks:
            await self.tasks.drain(30)
            await self.poller.tick()

    async def rest(self) -> None:
        """Both projects are known by then, and what built is listed with its organisation."""
        for _ in range(2):
            await self.round()
            async with self.store.begin() as tx:
                await tx.org_polls.settle("gh/acme", self.now(), 0)
        await self.round()

    async def hurry(self) -> None:
        async with self.store.begin() as tx:
            await tx.polled_projects.make_due(WEB, self.now())

    def begins(self, status: str = "running") -> None:
        self.builds[WEB].append((status, self.now().isoformat()))

    async def ends(self) -> None:
        """The newest build does, and its webhook comes."""
        self.builds[WEB][-1] = ("success", self.builds[WEB][-1][1])
        await self.hint()

    async def begins_and_ends(self) -> None:
        self.begins("success")
        await self.hint()

    async def hint(self) -> None:
        number = len(self.builds[WEB])
        event = WebhookEvent(
            f"e{number}", "workflow-completed", WEB, None, f"web-{number}", number, f"w-web-{number}", None
        )
        await self.inbox.handle(event)

    async def told(self) -> set[str]:
        async with self.store.begin_read() as tx:
            ids = [f"web-{number}" for number in range(1, len(self.builds[WEB]) + 1)]
            return {one for one in ids if "passed" in (await tx.outcomes.list_kinds(one)).values()}


def _all(items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"items": items, "next_page_token": None}


def _nothing(*_: object) -> None:
    pass


@contextlib.asynccontextmanager
async def _house(folder: Path) -> AsyncIterator[PollHarness]:
    store = Store(await create_database(folder), Vault([generate_key()]))
    house = PollHarness(store)
    await house.watch()
    try:
        yield house
    finally:
        await store.close()


async def _a_build_that_is_read_ends(house: PollHarness) -> None:
    house.begins()
    await house.rest()
    await house.hurry()
    house.steps.then = house.ends


async def _a_build_begins_and_ends_while_its_listing_is_checked(house: PollHarness) -> None:
    house.begins("success")
    await house.rest()
    async with house.store.begin() as tx:
        await tx.polled_projects.force_relist(WEB, house.now())
    house.steps.then = house.begins_and_ends


async def _a_build_begins_and_ends_in_a_project_that_is_listed_by_itself(house: PollHarness) -> None:
    house.begins("success")
    await house.rest()
    async with house.store.begin() as tx:
        await tx.polled_projects.unlist_org("gh/acme", house.now())
    house.steps.then = house.begins_and_ends


async def _a_build_ends_while_it_is_found(house: PollHarness) -> None:
    house.begins("success")
    await house.rest()
    house.begins()
    async with house.store.begin() as tx:
        await tx.org_polls.settle("gh/acme", house.now(), 0)
    await house.organisations.tick()
    house.steps.then = house.ends


@pytest.mark.parametrize(
    "before",
    [
        _a_build_that_is_read_ends,
        _a_build_begins_and_ends_while_its_listing_is_checked,
        _a_build_begins_and_ends_in_a_project_that_is_listed_by_itself,
        _a_build_ends_while_it_is_found,
    ],
    ids=lambda before: before.__name__.strip("_"),
)
async def test_a_hint_at_any_step_is_heard_at_once(
    before: Callable[[PollHarness], Awaitable[None]], tmp_path: Path
) -> None:
    async with _house(tmp_path) as house:
        swallowed, until = [], 0
        while True:
            await before(house)
            house.steps.count, house.steps.until = 0, until
            await house.polls()
            if house.steps.then:
                break
            began_at = house.moment
            await house.polls()
            assert house.moment - began_at < timedelta(seconds=1)
            if len(await house.told()) < len(house.builds[WEB]):
                swallowed.append(until)
            until += 1
        assert until >= 5
        assert not swallowed


async def test_where_a_webhook_is_quicker_than_circlecis_answers_they_are_asked_again_soon(tmp_path: Path) -> None:
    async with _house(tmp_path) as house:
        house.begins()
        await house.rest()
        house.moment += timedelta(minutes=30)
        await house.round()
        await house.hint()
        await house.polls()
        assert not await house.told()
        house.moment += timedelta(seconds=1.2 * INTERVAL_S)
        house.builds[WEB][-1] = ("success", house.builds[WEB][-1][1])
        await house.polls()
        assert await house.told() == {"web-1"}


async def test_a_notice_says_when_its_workflow_ended_and_how_that_was_found(tmp_path: Path) -> None:
    async with _house(tmp_path) as house:
        house.begins()
        await house.rest()
        await house.ends()
        await house.polls()
        house.begins("success")
        house.moment += timedelta(minutes=2)
        await house.round()
        async with house.store.begin() as tx:
            for (_, at), found_by in zip(house.builds[WEB], (FoundBy.WEBHOOK, FoundBy.POLLING), strict=True):
                [card] = await tx.cards.claim(house.now(), 1, "me", limit=1)
                await tx.cards.settle_sent(card, "1.0", house.now())
                [notice] = await tx.outbox.claim(house.now(), 1, "me", limit=1)
                await tx.outbox.settle_sent(notice, "1.1", house.now())
                assert notice.found_end == FoundEnd(datetime.fromisoformat(at), found_by)
