"""The real delivery in front of a simulated Slack, ticked by hand, with a clock that a test moves."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from bot.circleci.links import Links
from bot.domain import ProjectScope, ProjectSlug
from bot.messages import About, Message
from bot.notify.deliver.delivery import Delivery
from bot.notify.deliver.idempotent_post import DuplicateGuard
from bot.notify.deliver.sending import RateLimits, SendContext
from bot.notify.withholding import WithholdingPolicy
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from bot.slack.clients import SlackClients
from bot.slack.poster import SlackPoster
from bot.slack.value_shortener import ValueShortener
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.factories import WEB, make_pipeline, make_snapshot
from tests.plugins.slack_users import ADA, DEPLOYS, SlackUsers
from tests.plugins.world import run_sandbox

Json = dict[str, Any]
TEAM = "T0SANDBOX"
QUICK = RateLimits(post_gap_s=0.0, card_gap_s=0.0, board_gap_s=0.0, update_gap_s=0.0)


class FakeClock:
    """Stands at the machine's time, and moves when a test says so."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC)

    def now(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass(kw_only=True)
class DeliveryHarness(SlackUsers):
    store: Store
    clock: FakeClock
    clients: SlackClients
    limits: RateLimits
    hidden: set[tuple[str, str]] = field(default_factory=set)
    deliveries: list[Delivery] = field(default_factory=list)
    delays: list[tuple[str, float]] = field(default_factory=list)

    def add_delivery(self, holder: str = "one", hit_failpoint: Callable[[str], None] = lambda _: None) -> Delivery:
        """A replica's delivery."""
        one = Delivery(self.build_dependencies(hit_failpoint), holder=holder, wake=lambda: None)
        self.deliveries.append(one)
        return one

    def build_dependencies(self, hit_failpoint: Callable[[str], None] = lambda _: None) -> SendContext:
        poster = SlackPoster(self.clients, ValueShortener(self.store, self.clock), self.clock)
        return SendContext(
            store=self.store,
            poster=poster,
            withholding=WithholdingPolicy(self, clock=self.clock),
            duplicates=DuplicateGuard(poster=poster, clock=self.clock, is_catching_up=self.store.is_catching_up),
            links=Links("https://circleci.example"),
            clock=self.clock,
            limits=self.limits,
            summarise_after=timedelta(hours=24),
            count=lambda _: None,
            record_post=lambda found_by, late_s: self.delays.append((found_by, late_s)),
            hit_failpoint=hit_failpoint,
        )

    async def is_shown(self, workspace: str, channel: str, project: ProjectSlug, *, anew: bool) -> bool:
        """CircleCI hides nothing from anybody, but for what `hidden` names."""
        del workspace, anew
        return (channel, str(project)) not in self.hidden

    async def enqueue(
        self, number: int, *says: str, channel: str = DEPLOYS, asked_by: str | None = None, over: bool = True
    ) -> None:
        """A card of pipeline #number, and notices in its thread."""
        now, pipeline_id = self.clock.now(), f"p{number}"
        text = make_snapshot(pipeline=make_pipeline(number, id=pipeline_id)).model_dump_json()
        async with self.store.begin() as tx:
            await tx.pipelines.follow(pipeline_id, WEB, number, branch="main", tag=None, snapshot=text, now=now)
            finished_at = now if over else None
            await tx.pipelines.update(
                pipeline_id, text, "main", tag=None, finished_at=finished_at, next_look_at=None, was_due_at=now
            )
            card = await tx.cards.upsert(TEAM, channel, pipeline_id, asked_by=asked_by, now=now)
            for index, line in enumerate(says):
                key = f"{pipeline_id}:{channel}:{index}"
                about = About(pipeline_id, (f"w{index}:hold:j",))
                await tx.outbox.insert(key, TEAM, channel, message=Message(line), card_id=card.id, about=about, now=now)

    async def mark_card_dirty(self, number: int) -> None:
        async with self.store.begin() as tx:
            await tx.cards.mark_pipeline_dirty(f"p{number}")

    async def insert_rule(self, made_by: str = ADA, channel: str = DEPLOYS) -> None:
        """One for a branch of their own."""
        rule = Rule.parse({"branch": [made_by]})
        async with self.store.begin() as tx:
            await tx.subscriptions.insert(
                Subscription(0, TEAM, channel, ProjectScope.parse(str(WEB)), rule, made_by, self.clock.now())
            )

    async def run_delivery(self, delivery: Delivery | None = None, turns: int = 4) -> None:
        """So many turns, each with what it began."""
        one = delivery or self.deliveries[0]
        for _ in range(turns):
            await one.tick()
            await one.drain(20)

    async def list_texts(self, channel: str = DEPLOYS, *, as_: str = ADA) -> list[str]:
        """The first lines of what stands in a channel and in its threads."""
        return [one["text"].partition("\n")[0] for one in await self.list_messages(channel, as_=as_)]

    async def list_posted_keys(self, channel: str = DEPLOYS) -> list[str]:
        """The keys of what was posted, in order."""
        calls = [call["args"] for call in await self.list_calls("chat.postMessage") if call["ok"]]
        return [args["metadata"]["event_payload"]["key"] for args in calls if args["channel"] == channel]

    async def inject_fault(self, match: str, **what: Any) -> None:
        await self.control("faults", target="slack", match=match, **what)

    async def post_page(self, what: str, **body: Any) -> Json:
        return await self._post_action(what, ADA, **body)


@contextlib.asynccontextmanager
async def run_delivery_harness(
    database_url: str, *, limits: RateLimits = QUICK, declined: Collection[str] = (), pace: bool = False
) -> AsyncIterator[DeliveryHarness]:
    """A harness over a database at head. `declined` scopes were not granted; `pace` turns Slack's limits on."""
    async with asyncio.timeout(60), run_sandbox(declined=declined, pace=pace) as http:
        harness = _build_harness(http, database_url, limits)
        yield harness
        await harness.clients.close()
        await harness.store.close()


def _build_harness(http: httpx.AsyncClient, database_url: str, limits: RateLimits) -> DeliveryHarness:
    url, clock = str(http.base_url).rstrip("/"), FakeClock()
    store = Store(database_url, Vault([generate_key()]))
    clients = SlackClients(api_url=f"{url}/slack/api/", token="xoxb-sandbox", store=store, clock=clock)
    harness = DeliveryHarness(url, http, store=store, clock=clock, clients=clients, limits=limits)
    harness.add_delivery()
    return harness
