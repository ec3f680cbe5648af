"""Real bot processes with many channels and much to post, in which processes die, and the count of what was posted.

await storm.enqueue_outcomes(20)               outcomes, each with a card and a notice in its thread
await storm.crash_at("delivery.after_send")    a worker that kills itself there
counts = await storm.wait_until_delivered()    how often each key is in Slack, when everything is sent
"""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.domain import ProjectScope
from bot.messages import Message
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from bot.store.store import Store
from bot.store.vault import Vault
from tests.models.accepting import list_refused, read_lines
from tests.plugins.factories import WEB, make_id, make_pipeline, make_snapshot
from tests.plugins.process_harness import ProcessHarness, build_environment
from tests.plugins.programs import get_free_port
from tests.plugins.slack_users import ADA, DEPLOYS
from tests.plugins.world import run_sandbox

TEAM = "T0SANDBOX"
_CHANNELS = 8
_STEPS = "delivery-steps.jsonl"
_FIRST_SEEDED = 100_000
"""The numbers of seeded pipelines are far from those of the sandbox."""


@dataclass(kw_only=True)
class ChaosHarness(ProcessHarness):
    store: Store
    channels: list[str] = field(default_factory=list)
    seeded: set[str] = field(default_factory=set)

    @property
    def outcomes(self) -> int:
        return len(self.seeded) + len(self.pushed)

    async def create_channels(self) -> None:
        """Channels with the bot in them, and a rule that hears every failure of the real project."""
        for number in range(_CHANNELS):
            made = await self._post_action("channel", ADA, do="create", name=f"chaos_harness-{number}")
            self.channels.append(made["channel"]["id"])
            await self._post_action("channel", ADA, do="invite_bot", channel=self.channels[-1])
        rule, now = Rule.parse({"only": ["failed"]}), datetime.now(UTC)
        async with self.store.begin() as tx:
            await tx.subscriptions.insert(Subscription(0, TEAM, DEPLOYS, ProjectScope.parse(str(WEB)), rule, ADA, now))
            await tx.polled_projects.upsert(WEB, now)

    async def enqueue_outcomes(self, count: int, *, pushes: int = 0) -> None:
        """So many outcomes as a publication writes them, and some that the poller has to find."""
        await self.push(*["broken"] * pushes)
        first, now = _FIRST_SEEDED + len(self.seeded), datetime.now(UTC)
        async with self.store.begin() as tx:
            for number in range(first, first + count):
                channel, key = self.channels[number % _CHANNELS], f"seeded:{number}"
                text = make_snapshot(pipeline=make_pipeline(number)).model_dump_json()
                await tx.pipelines.follow(make_id(number), WEB, number, branch="main", tag=None, snapshot=text, now=now)
                await tx.pipelines.update(
                    make_id(number), text, "main", tag=None, finished_at=now, next_look_at=None, was_due_at=now
                )
                card = await tx.cards.upsert(TEAM, channel, make_id(number), asked_by=None, now=now)
                await tx.outbox.insert(
                    key, TEAM, channel, message=Message(f"#{number} failed"), card_id=card.id, now=now
                )
                self.seeded.add(key)

    @asynccontextmanager
    async def run_bot_with_webhooks(self, **disorder: float) -> AsyncIterator[None]:
        """A whole bot whom CircleCI tells what ends, in such disorder."""
        port, secret = get_free_port(), "a-secret-of-the-chaos_harness"
        async with self.run_bot("run", PORT=str(port), CIRCLECI_WEBHOOK_SECRET=secret):
            await self.control("webhooks", **disorder)
            await self._register_webhook(f"http://127.0.0.1:{port}/circleci/webhook", secret)
            yield

    async def _register_webhook(self, url: str, secret: str) -> None:
        api, ada = "/circleci/api/v2", {"Circle-Token": "CCIPAT_ada"}
        project = (await self.http.get(f"{api}/project/{WEB}", headers=ada)).json()
        hook = {
            "name": "chaos_harness",
            "url": url,
            "events": ["workflow-completed", "job-completed"],
            "verify-tls": False,
        }
        scope = {"id": project["id"], "type": "project"}
        body = {**hook, "signing-secret": secret, "scope": scope}
        assert (await self.http.post(f"{api}/webhook", headers=ada, json=body)).status_code == 201

    async def count_accepted_webhooks(self) -> Counter[str]:
        """How often each event came that was taken, by its id."""
        sent = (await self.fetch_state("circleci.deliveries"))["circleci"]["deliveries"]
        return Counter(one["id"] for one in sent if one["status"] == 200)

    @asynccontextmanager
    async def follow_database(self, url: str) -> AsyncIterator[None]:
        """The bots of the block, and what is waited for, use the database at this URL."""
        self.store = Store(url, Vault([self.environment["ENCRYPTION_KEYS"]]))
        self.environment["DATABASE_URL"] = url
        yield
        await self.store.close()

    async def crash_at(self, failpoint: str) -> None:
        """A worker that works until it kills itself at this step."""
        async with self.start_bot("worker", FAILPOINT=failpoint) as doomed:
            assert await doomed.wait() == -signal.SIGKILL, doomed.text
        self.kills += 1

    async def kill_after(self, posts: int) -> None:
        """A worker that is killed once it has posted so much, in the middle of whatever it does then."""
        before = await self.count_calls("chat.postMessage")

        async def posted() -> bool | None:
            return await self.count_calls("chat.postMessage") >= before + posts or None

        async with self.run_worker_until_killed():
            await self.wait_until(posted, f"{posts} more posts")

    def list_refused_steps(self, *, may_look: bool = True) -> list[str]:
        """Of what the bots' deliveries did until they ended: what the model of it (tests/models) does not allow."""
        return list_refused(read_lines(self.cwd / _STEPS), may_look=may_look)

    async def wait_until_delivered(self) -> Counter[str]:
        """How often each key stands in Slack, once everything that was wanted does. Fails when something is lost."""

        async def all_said() -> Counter[str] | None:
            async with self.store.begin_read() as tx:
                waiting = (await tx.backlog.load(datetime.now(UTC))).notices
            said = Counter() if waiting else await self._count_keys()
            return said if self._is_complete(said) else None

        return await self.wait_until(all_said, f"{self.outcomes} outcomes to be told")

    def _is_complete(self, said: Counter[str]) -> bool:
        """A notice for each outcome, and a card for each notice."""
        cards = sum(key.startswith("card:") for key in said)
        return self.seeded <= said.keys() and cards == len(said) - cards == self.outcomes

    async def _count_keys(self) -> Counter[str]:
        """The keys of the bot's messages about pipelines, from the metadata that stands in Slack."""
        shown = [one for channel in (*self.channels, DEPLOYS) for one in await self.list_messages(channel)]
        keys = [one["metadata"]["event_payload"]["key"] for one in shown if one.get("metadata")]
        return Counter(key for key in keys if not key.startswith("welcome:"))


def count_duplicates(said: Counter[str]) -> int:
    """How many messages stand in Slack that stood there already."""
    return sum(said.values()) - len(said)


@asynccontextmanager
async def run_chaos_harness(
    database_url: str, cwd: Path, *, declined: Collection[str] = ()
) -> AsyncIterator[ChaosHarness]:
    """Over a database at head. Slack's limits are off, and delivery two hundred times as fast as they allow."""
    async with run_sandbox(speed=60, declined=declined) as http:
        url = str(http.base_url).rstrip("/")
        environment = build_environment(url, database_url)
        environment |= {"SLACK_PACE": "200", "CIRCLECI_TOKEN": "CCIPAT_ada", "DELIVERY_STEPS": _STEPS}
        store = Store(database_url, Vault([environment["ENCRYPTION_KEYS"]]))
        harness = ChaosHarness(url, http, environment=environment, cwd=cwd, within_s=90, store=store)
        await harness.create_channels()
        yield harness
        await store.close()
