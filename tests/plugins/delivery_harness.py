"""A desk: the real delivery in front of a simulated Slack, its turns taken by hand, with a clock that a test moves.

await desk.wants(1, "It failed")     a pipeline with a card, and a notice in its thread
await desk.works()                   turns until nothing is left to do now
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from bot.circleci.links import Links
from bot.domain import ProjectSlug, Scope
from bot.messages import About, Message
from bot.notify.deliver.delivery import Delivery
from bot.notify.deliver.idempotent_post import Attempts
from bot.notify.deliver.sending import Means, Tempo
from bot.notify.withholding import Discretion
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from bot.slack.clients import Clients
from bot.slack.poster import SlackPoster
from bot.slack.value_shortener import Shorten
from bot.store.store import Store
from bot.store.vault import Vault, new_key
from tests.plugins.factories import WEB, a_pipeline, a_snapshot
from tests.plugins.slack_users import ADA, DEPLOYS, People
from tests.plugins.world import a_sandbox

Json = dict[str, Any]
TEAM = "T0SANDBOX"
QUICK = Tempo(post_gap_s=0.0, card_gap_s=0.0, update_gap_s=0.0)


class MovedClock:
    """Stands at the machine's time, and moves when a test says so."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC)

    def now(self) -> datetime:
        return self.moment

    def move(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass(kw_only=True)
class Desk(People):
    store: Store
    clock: MovedClock
    clients: Clients
    tempo: Tempo
    hidden: set[tuple[str, str]] = field(default_factory=set)
    deliveries: list[Delivery] = field(default_factory=list)

    def delivery(self, holder: str = "one", reach: Callable[[str], None] = lambda _: None) -> Delivery:
        """A replica's delivery."""
        one = Delivery(self.means(reach), holder=holder, nudge=lambda: None)
        self.deliveries.append(one)
        return one

    def means(self, reach: Callable[[str], None] = lambda _: None) -> Means:
        poster = SlackPoster(self.clients, Shorten(self.store, self.clock))
        return Means(
            store=self.store,
            poster=poster,
            discretion=Discretion(self, clock=self.clock),
            attempts=Attempts(poster=poster, clock=self.clock),
            links=Links("https://circleci.example"),
            clock=self.clock,
            tempo=self.tempo,
            summarise_after=timedelta(hours=24),
            count=lambda _: None,
            reach=reach,
        )

    async def is_shown(self, workspace: str, channel: str, project: ProjectSlug, *, anew: bool) -> bool:
        """CircleCI hides nothing from anybody, but for what `hidden` names."""
        del workspace, anew
        return (channel, str(project)) not in self.hidden

    async def wants(
        self, number: int, *says: str, channel: str = DEPLOYS, asked_by: str | None = None, over: bool = True
    ) -> None:
        """A card of pipeline #number, and notices in its thread."""
        now, pipeline_id = self.clock.now(), f"p{number}"
        text = a_snapshot(pipeline=a_pipeline(number, id=pipeline_id)).model_dump_json()
        async with self.store.begin() as tx:
            await tx.pipelines.follow(pipeline_id, WEB, number, "main", None, text, now)
            finished_at = now if over else None
            await tx.pipelines.save(pipeline_id, text, "main", None, finished_at, None, was_due_at=now)
            card = await tx.cards.want(TEAM, channel, pipeline_id, asked_by, now)
            for index, line in enumerate(says):
                key = f"{pipeline_id}:{channel}:{index}"
                about = About(pipeline_id, (f"w{index}:hold:j",))
                await tx.outbox.add(key, TEAM, channel, Message(line), card_id=card.id, about=about, now=now)

    async def changes(self, number: int) -> None:
        async with self.store.begin() as tx:
            await tx.cards.dirty(f"p{number}")

    async def rule(self, made_by: str = ADA, channel: str = DEPLOYS) -> None:
        """One for a branch of their own."""
        rule = Rule.of({"branch": [made_by]})
        async with self.store.begin() as tx:
            await tx.subscriptions.add(
                Subscription(0, TEAM, channel, Scope.parse(str(WEB)), rule, made_by, self.clock.now())
            )

    async def works(self, delivery: Delivery | None = None, turns: int = 4) -> None:
        """So many turns, each with what it began."""
        one = delivery or self.deliveries[0]
        for _ in range(turns):
            await one.turn()
            await one.drain(20)

    async def shown(self, channel: str = DEPLOYS, *, as_: str = ADA) -> list[str]:
        """The first lines of what stands in a channel and in its threads."""
        return [one["text"].partition("\n")[0] for one in await self.messages(channel, as_=as_)]

    async def posted(self, channel: str = DEPLOYS) -> list[str]:
        """The keys of what was posted, in order."""
        calls = [call["args"] for call in await self.calls("chat.postMessage") if call["ok"]]
        return [args["metadata"]["event_payload"]["key"] for args in calls if args["channel"] == channel]

    async def fault(self, match: str, **what: Any) -> None:
        await self.control("faults", target="slack", match=match, **what)

    async def page(self, what: str, **body: Any) -> Json:
        return await self._do(what, ADA, **body)


@contextlib.asynccontextmanager
async def a_desk(
    database_url: str, *, tempo: Tempo = QUICK, declined: Collection[str] = (), pace: bool = False
) -> AsyncIterator[Desk]:
    """A desk over a database at head. Scopes of `declined` were not granted; `pace` switches Slack's limits on."""
    async with asyncio.timeout(60), a_sandbox(declined=declined, pace=pace) as http:
        desk = _opened(http, database_url, tempo)
        yield desk
        await desk.clients.close()
        await desk.store.close()


def _opened(http: httpx.AsyncClient, database_url: str, tempo: Tempo) -> Desk:
    url, clock = str(http.base_url).rstrip("/"), MovedClock()
    store = Store(database_url, Vault([new_key()]))
    clients = Clients(api_url=f"{url}/slack/api/", token="xoxb-sandbox", store=store, clock=clock)
    desk = Desk(url, http, store=store, clock=clock, clients=clients, tempo=tempo)
    desk.delivery()
    return desk
