from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.circleci.links import Links
from bot.circleci.snapshot import Snapshot
from bot.domain import Outcome, ProjectScope, ProjectSlug
from bot.failpoint import DIGEST_STEPS
from bot.notify.publish.digests import DigestPublisher
from bot.notify.publish.publisher import Publisher
from bot.notify.readings import Reading
from bot.notify.withholding import WithholdingPolicy
from bot.rules.muting import Mute, QueuedOutcome
from bot.rules.quiet_hours import QuietHours
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from bot.store.store import Store, Tx
from bot.store.vault import Vault, generate_key
from tests.plugins.delivery_harness import FakeClock
from tests.plugins.factories import WEB, make_hold, make_id, make_pipeline, make_snapshot, make_workflow

TEAM, CHANNEL = "T", "C"
SECRET = ProjectSlug("gh", "acme", "secret")
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 25, 23, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=99)
NIGHTS = QuietHours("UTC", (time(22), time(8)))


class Died(Exception):
    """As if the process had."""


class DigestHarness:
    """Publishes pipelines into a store whose time a test moves, and tells digests."""

    def __init__(self, store: Store) -> None:
        self.store, self.clock = store, FakeClock()
        self.clock.moment = NOON
        self.dies_at = ""
        self.hidden: set[ProjectSlug] = set()
        self.kept_meanwhile: list[QueuedOutcome] = []
        self.publisher = Publisher(
            store=store, links=Links(), clock=self.clock, wake=lambda: None, hit_failpoint=lambda _step: None
        )
        self.digests, self.others = self._digests(), self._digests()

    def _digests(self) -> DigestPublisher:
        return DigestPublisher(
            store=self.store,
            withholding=WithholdingPolicy(self, clock=self.clock),
            links=Links(),
            clock=self.clock,
            wake=lambda: None,
            hit_failpoint=self._reach,
        )

    async def is_shown(self, workspace: str, channel: str, project: ProjectSlug, *, anew: bool) -> bool:
        """Nobody is hidden anything from, until a test says so."""
        del workspace, channel, anew
        async with self.store.begin() as tx:
            while self.kept_meanwhile:
                one = self.kept_meanwhile.pop()
                await tx.outcomes.insert(one.outcome, self.clock.now())
                await tx.digest_queue.insert(one, self.clock.now())
        return project not in self.hidden

    def _reach(self, step: str) -> None:
        if step == self.dies_at:
            self.dies_at = ""
            raise Died

    async def rule(self, **said: str) -> int:
        rule = Rule.parse({name.replace("_", "-"): [text] for name, text in {"only": "all", **said}.items()})
        async with self.store.begin() as tx:
            made = Subscription(0, TEAM, CHANNEL, ProjectScope.parse("gh/acme/web"), rule, "U1", LONG_AGO)
            return (await tx.subscriptions.insert(made)).id

    async def ends(self, number: int, status: str = "failed", branch: str = "main") -> None:
        ended = make_workflow(number, "build", status, stopped_at=self.clock.now(), pipeline_number=number)
        await self.reads(make_snapshot((ended, ()), pipeline=make_pipeline(number, branch, id=make_id(number))))

    async def reads(self, snapshot: Snapshot) -> None:
        now = self.clock.now()
        await self.publisher.commit(Reading(WEB, snapshot, None, None, now, read_at=now), {})

    async def said(self) -> list[str]:
        """The notices that could be sent by now, by their first lines."""
        shown = []
        async with self.store.begin() as tx:
            while notices := await tx.outbox.claim(self.clock.now() + timedelta(days=9), 60, "me", limit=100):
                for notice in notices:
                    shown.append(notice.message.text.partition("\n")[0])
                    await tx.outbox.settle_sent(notice, "1.1", self.clock.now())
        return shown

    async def cards(self) -> int:
        async with self.store.begin() as tx:
            return len(await tx.cards.claim(self.clock.now(), 1, "me", limit=100))


@pytest.fixture
async def harness(database_url: str) -> AsyncIterator[DigestHarness]:
    store = Store(database_url, Vault([generate_key()]))
    yield DigestHarness(store)
    await store.close()


async def test_what_a_rule_wants_in_a_digest_is_told_in_one_message_when_it_is_time(harness: DigestHarness) -> None:
    await harness.rule(to="digest", at="13:00")
    for number in range(3):
        await harness.ends(number, "failed" if number else "success")
    assert await harness.digests.tick() == 10.0
    assert await harness.said() == []
    harness.clock.advance(3600)
    await harness.digests.tick()
    await harness.others.tick()
    assert await harness.said() == [":inbox_tray: *Digest*: 2 failed and 1 passed"]
    assert await harness.cards() == 0
    harness.clock.advance(24 * 3600)
    await harness.digests.tick()
    assert await harness.said() == [], "an empty digest is none"


async def test_who_reads_a_pipeline_again_keeps_nothing_twice(harness: DigestHarness) -> None:
    await harness.rule(to="digest", at="hourly")
    await harness.ends(1)
    await harness.ends(1)
    harness.clock.advance(3600)
    await harness.digests.tick()
    await harness.ends(1)
    harness.clock.advance(3600)
    await harness.digests.tick()
    assert await harness.said() == [":inbox_tray: *Digest*: 1 failed"]


async def test_what_is_kept_while_circleci_is_asked_waits_until_that_was_asked_of_it_too(
    harness: DigestHarness,
) -> None:
    await harness.rule(to="digest", at="13:00")
    await harness.ends(1)
    harness.clock.advance(3600)
    harness.hidden.add(SECRET)
    due_at = harness.clock.now()
    outcome = Outcome(
        key="s", kind="failed", status="failed", project=SECRET, pipeline_id="s", pipeline_number=7,
        workflow="build", workflow_id="s", branch="main", tag=None, happened_at=due_at,
    )  # fmt: skip
    harness.kept_meanwhile.append(QueuedOutcome(outcome, TEAM, CHANNEL, "gh/acme/secret", 1, "digest", due_at))
    await harness.digests.tick()
    await harness.digests.tick()
    assert await harness.said() == [":inbox_tray: *Digest*: 1 failed"]


@pytest.mark.parametrize("step", DIGEST_STEPS)
async def test_a_death_while_a_digest_is_made_loses_nothing_and_repeats_nothing(
    step: str, harness: DigestHarness
) -> None:
    await harness.rule(to="digest", at="13:00")
    await harness.ends(1)
    harness.clock.advance(3600)
    harness.dies_at = step
    with pytest.raises(Died):
        await harness.digests.tick()
    await harness.others.tick()
    assert await harness.said() == [":inbox_tray: *Digest*: 1 failed"]


async def test_the_loudest_rule_of_a_channel_says_where_it_is_told(harness: DigestHarness) -> None:
    await harness.rule(to="digest")
    await harness.rule(to="thread", only="failed")
    await harness.ends(1)
    await harness.ends(2, "success")
    async with harness.store.begin() as tx:
        assert await tx.digest_queue.count_waiting(TEAM, CHANNEL) == 1
        assert not await _broadcast(tx)


async def test_a_rule_for_threads_never_tells_the_channel(harness: DigestHarness) -> None:
    await harness.rule(to="thread")
    held = make_snapshot((make_workflow(1, "build", "on_hold", ended=False), (make_hold(1, "ship"),)))
    await harness.reads(held)
    await harness.reads(make_snapshot((make_workflow(1, "build", "failed"), ())))
    async with harness.store.begin() as tx:
        assert len(await tx.outcomes.list_for_pipeline(make_id(341))) == 3
        assert not await _broadcast(tx)


async def _broadcast(tx: Tx) -> bool:
    """Whether anything of the outbox is to be told to the channel too."""
    card = (await tx.cards.claim(NOON + timedelta(days=1), 1, "me", limit=9))[0]
    await tx.cards.settle_sent(card, "1.1", NOON)
    return any(notice.broadcast for notice in await tx.outbox.claim(NOON + timedelta(days=1), 60, "me", limit=9))


async def test_what_happens_in_quiet_hours_is_told_in_one_message_after_them(harness: DigestHarness) -> None:
    await harness.rule()
    async with harness.store.begin() as tx:
        await tx.hours.upsert(TEAM, CHANNEL, NIGHTS)
    harness.clock.advance((NIGHT - NOON).total_seconds())
    for number in range(2):
        await harness.ends(number)
    await harness.digests.tick()
    assert (await harness.said(), await harness.cards()) == ([], 0)
    harness.clock.advance((MORNING - NIGHT).total_seconds())
    await harness.digests.tick()
    assert await harness.said() == [":inbox_tray: *What happened in the quiet hours*: 2 failed"]


async def test_what_a_person_asked_for_is_told_in_its_thread_also_at_night(harness: DigestHarness) -> None:
    await harness.rule()
    async with harness.store.begin() as tx:
        await tx.hours.upsert(TEAM, CHANNEL, NIGHTS)
        card = await tx.cards.upsert(TEAM, CHANNEL, make_id(1), asked_by="U1", now=NOON)
        await tx.cards.mark_undeliverable(card.id, "deleted", NOON)
    harness.clock.advance((NIGHT - NOON).total_seconds())
    await harness.ends(1)
    told = await harness.said()
    assert len(told) == 1
    assert "*<" in told[0], "the failure itself, and no digest yet"
    harness.clock.advance((MORNING - NIGHT).total_seconds())
    await harness.digests.tick()
    assert await harness.said() == [":inbox_tray: *What happened in the quiet hours*: 1 failed"]


async def test_a_digest_that_is_muted_meanwhile_waits_and_a_mute_that_ends_early_lets_it_go(
    harness: DigestHarness,
) -> None:
    await harness.rule(to="digest", at="13:00")
    await harness.ends(1)
    mute = Mute(TEAM, CHANNEL, NOON + timedelta(hours=5), "U9", NOON)
    async with harness.store.begin() as tx:
        await tx.mutes.upsert(mute)
    harness.clock.advance(3600)
    await harness.digests.tick()
    assert await harness.said() == []
    async with harness.store.begin() as tx:
        (one,) = (await tx.digest_queue.list_for_pipeline(TEAM, CHANNEL, make_id(1))).values()
        assert (one.why, one.by, one.due_at) == ("muted", "U9", mute.until)
        await tx.mutes.delete(mute)
        await tx.digest_queue.make_due(TEAM, CHANNEL, "muted", now=harness.clock.now())
    await harness.digests.tick()
    assert await harness.said() == [":inbox_tray: *What happened while it was muted*: 1 failed"]


async def test_what_a_mute_of_one_project_keeps_does_not_keep_the_rest(harness: DigestHarness) -> None:
    await harness.rule(to="digest", at="13:00")
    await harness.ends(1)
    async with harness.store.begin() as tx:
        await tx.mutes.upsert(Mute(TEAM, CHANNEL, MORNING, "U9", NOON, ProjectScope.parse("gh/acme/api")))
    harness.clock.advance(3600)
    await harness.digests.tick()
    assert await harness.said() == [":inbox_tray: *Digest*: 1 failed"]


async def test_a_channel_that_is_muted_till_the_quiet_hours_hears_of_it_after_them(harness: DigestHarness) -> None:
    await harness.rule()
    async with harness.store.begin() as tx:
        await tx.hours.upsert(TEAM, CHANNEL, NIGHTS)
        await tx.mutes.upsert(Mute(TEAM, CHANNEL, NIGHT, "U9", NOON))
    await harness.ends(1)
    harness.clock.advance((NIGHT - NOON).total_seconds())
    await harness.digests.tick()
    assert await harness.said() == []
    harness.clock.advance((MORNING - NIGHT).total_seconds())
    await harness.digests.tick()
    assert len(await harness.said()) == 1


async def test_a_thousand_outcomes_are_one_message_that_slack_takes(harness: DigestHarness) -> None:
    await harness.rule(to="digest", at="13:00")
    for number in range(120):
        await harness.ends(number, branch=f"branch-{number % 60}")
    harness.clock.advance(3600)
    await harness.digests.tick()
    async with harness.store.begin() as tx:
        (notice,) = await tx.outbox.claim(harness.clock.now(), 60, "me", limit=9)
    assert len(notice.message.blocks) <= 50
    assert len(json.dumps(notice.message.blocks)) < 13_000
