"""What an outcome and an idle minute may cost: statements, requests and calls, counted. `make bench` measures times."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.circleci.links import Links
from bot.domain import ProjectScope
from bot.notify.publish.publisher import Publisher
from bot.notify.readings import Reading
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from bot.store.rate_limiter import POST, RateLimit
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.plugins.delivery_harness import DeliveryHarness, FakeClock, run_delivery_harness
from tests.plugins.factories import NOW, WEB, make_pipeline, make_snapshot, make_workflow
from tests.plugins.poller_harness import PollerHarness, run_poller_harness
from tests.plugins.sql_statements import count_statements


@pytest.fixture
async def poller_harness(tmp_path: Path) -> AsyncIterator[PollerHarness]:
    async with run_poller_harness(tmp_path, past=True) as one:
        yield one


@pytest.fixture
async def delivery_harness(tmp_path: Path) -> AsyncIterator[DeliveryHarness]:
    async with run_delivery_harness(await create_database(tmp_path)) as one:
        yield one


async def _asked(poller_harness: PollerHarness, since: int) -> Counter[str]:
    """The calls from the `since`th on, by the last word of their path."""
    return Counter(call["path"].rpartition("/")[2] for call in (await poller_harness.sandbox.calls())[since:])


async def _subscribe(store: Store, *branches: str) -> None:
    async with store.begin() as tx:
        for branch in branches:
            rule = Rule.parse({"only": ["failed"], "branch": [branch]})
            await tx.subscriptions.insert(
                Subscription(0, "T", f"C-{branch}", ProjectScope.parse(str(WEB)), rule, "ada", NOW)
            )


def _failed(number: int) -> Reading:
    pipeline = make_pipeline(number, created_at=NOW)
    workflow = make_workflow(number, "build", "failed", created_at=NOW, stopped_at=NOW)
    return Reading(WEB, make_snapshot((workflow, ()), pipeline=pipeline), NOW, None, None, read_at=NOW)


def _publisher(store: Store) -> Publisher:
    return Publisher(
        store=store,
        links=Links("https://circleci.example"),
        clock=FakeClock(),
        wake=lambda: None,
        hit_failpoint=lambda _: None,
    )


async def test_rules_that_do_not_match_cost_no_statement(tmp_path: Path) -> None:
    async def spent(number: int) -> int:
        with count_statements() as seen:
            plan = await publisher.plan(_failed(number))
            await publisher.commit(_failed(number), {}, known=plan.known.kinds)
        assert len(plan.outcomes) == 1
        return seen.count

    store = Store(await create_database(tmp_path), Vault([generate_key()]))
    publisher = _publisher(store)
    await _subscribe(store, "main")
    await spent(1)
    with_one = await spent(2)
    await _subscribe(store, *(f"never-{number}" for number in range(40)))
    with_many = await spent(3)
    await store.close()
    assert with_many == with_one == 20


async def test_a_look_that_finds_nothing_new_costs_two_statements(tmp_path: Path) -> None:
    store = Store(await create_database(tmp_path), Vault([generate_key()]))
    publisher = _publisher(store)
    await _subscribe(store, "main")
    running = make_snapshot(
        (make_workflow(1, "build", "running", created_at=NOW), ()), pipeline=make_pipeline(1, created_at=NOW)
    )
    reading = Reading(WEB, running, None, NOW, None, read_at=NOW)
    await publisher.commit(reading, {})
    async with store.begin_read() as tx:
        reading = replace(reading, before=await tx.pipelines.find(running.pipeline.id))
    with count_statements() as seen:
        plan = await publisher.plan(reading)
        await publisher.commit(reading, {}, known=plan.known.kinds)
    await store.close()
    assert not plan.outcomes
    assert seen.count == 2, seen.texts


async def test_an_idle_organisation_is_asked_six_times_a_minute_however_many_projects_it_has(
    poller_harness: PollerHarness,
) -> None:
    await poller_harness.connect("ada")
    await poller_harness.subscribe("gh/acme/web", "gh/acme/api", "gh/acme/secret")
    await poller_harness.advance(8)
    since = await poller_harness.count_calls()
    with count_statements() as seen:
        await poller_harness.advance(10)
    assert await poller_harness.count_calls() - since <= 6 * 10
    assert len(seen.writes) <= 15 * 10, "to take the listing, to give it back, and that it still shows the projects"


async def test_an_idle_look_writes_that_it_is_taken_and_when_the_next_is_and_nothing_else(
    poller_harness: PollerHarness,
) -> None:
    await poller_harness.connect("ada")
    await poller_harness.subscribe("gh/acme/web")
    await poller_harness.advance(8)
    since = await poller_harness.count_calls()
    with count_statements() as seen:
        await poller_harness.advance(5)
    asked = await _asked(poller_harness, since)
    assert set(asked) == {"pipeline"}, "its own listing is all that is asked for"
    assert 20 <= asked["pipeline"] <= 26, "as often as an organisation's"
    assert len(seen.writes) == seen.write_transactions == 2 * asked["pipeline"], seen.writes
    known = [text for text in seen.texts if text.startswith("SELECT pipelines.id \nFROM pipelines")]
    assert len(known) == asked["pipeline"], "one statement tells what is known of all that is listed"


async def test_a_turn_with_nothing_due_shuts_no_writer_out(poller_harness: PollerHarness) -> None:
    await poller_harness.connect("ada")
    await poller_harness.subscribe("gh/acme/web", "gh/acme/api")
    await poller_harness.advance(3.1)
    with count_statements() as seen:
        await poller_harness.run_due()
        await poller_harness.sandbox.advance(1)
        await poller_harness.run_due()
    assert (seen.write_transactions, seen.count) == (0, 6), seen.texts


async def test_a_project_is_claimed_with_all_that_a_look_at_it_depends_on_in_one_statement(
    poller_harness: PollerHarness,
) -> None:
    await poller_harness.connect("ada")
    await poller_harness.subscribe("gh/acme/web")
    now = poller_harness.sandbox.now() + timedelta(hours=2)
    with count_statements() as seen:
        async with poller_harness.store.begin() as tx:
            [polled] = await tx.polled_projects.claim(now, 12, "me", limit=8)
    assert (polled.has_rules, polled.has_webhook, seen.count) == (True, False, 1), seen.texts


async def test_what_runs_and_is_shown_nowhere_costs_one_request_a_look(poller_harness: PollerHarness) -> None:
    await poller_harness.connect("ada", "grace", "eve")
    await poller_harness.subscribe("gh/acme/web")
    await poller_harness.advance(1)
    await poller_harness.push("gh/acme/web", "slow")
    await poller_harness.advance(1)
    since = await poller_harness.count_calls()
    with count_statements() as seen:
        await poller_harness.advance(5)
    asked = await _asked(poller_harness, since)
    assert asked["workflow"] >= 5
    assert asked["job"] == 0
    assert asked.total() <= asked["workflow"] + asked["pipeline"] + 1, "the listings, and nothing about the pipeline"
    looked_up = sum("FROM accounts" in text for text in seen.texts)
    assert looked_up == asked.total(), "whose token asks is one statement"
    saved = [text for text in seen.writes if "snapshot=?" in text]
    assert len(saved) <= 1, "what is as it was is not written anew"


async def test_what_passes_with_a_card_is_asked_nothing_more_than_how_its_jobs_are(
    poller_harness: PollerHarness,
) -> None:
    """A card says why something failed; what passes pays nothing for it."""
    await poller_harness.connect("ada")
    await poller_harness.subscribe("gh/acme/web")
    await poller_harness.advance(1)
    number = await poller_harness.push("gh/acme/web", "release-notes")
    since = await poller_harness.count_calls()
    await poller_harness.advance(10)
    assert number in await poller_harness.list_pipeline_numbers("gh/acme/web")
    asked = await _asked(poller_harness, since)
    details = {word: count for word, count in asked.items() if word != "pipeline" and "-" not in word}
    assert details == {"workflow": 7, "job": 3}, "no step, no log, no test result, no insight"


async def test_an_outcome_is_two_posts_and_no_other_call(delivery_harness: DeliveryHarness) -> None:
    await delivery_harness.enqueue(1, "It failed")
    await delivery_harness.run_delivery()
    calls = (await delivery_harness.fetch_state("slack.calls"))["slack"]["calls"]
    assert Counter(call["method"] for call in calls) == {"chat.postMessage": 2}


async def test_a_turn_of_delivery_with_nothing_due_is_one_statement_and_shuts_no_writer_out(
    delivery_harness: DeliveryHarness,
) -> None:
    with count_statements() as seen:
        await delivery_harness.run_delivery(turns=1)
    assert (seen.write_transactions, seen.count) == (0, 1), seen.texts


async def test_what_people_are_called_is_asked_once_for_all_that_is_posted_and_changed(
    delivery_harness: DeliveryHarness,
) -> None:
    with count_statements() as seen:
        for number in range(5):
            await delivery_harness.enqueue(number, "It failed")
            await delivery_harness.run_delivery()
            await delivery_harness.mark_card_dirty(number)
        await delivery_harness.run_delivery()
    assert len(await delivery_harness.list_calls("chat.update")) == 5
    assert len([text for text in seen.texts if "FROM logins" in text or "FROM accounts" in text]) == 1


async def test_to_deliver_costs_as_many_statements_for_each_however_many_wait(
    delivery_harness: DeliveryHarness,
) -> None:
    async def each(waiting: int) -> float:
        first = 1000 * waiting
        for number in range(first, first + waiting):
            await delivery_harness.enqueue(number, "It failed")
        with count_statements() as seen:
            await delivery_harness.run_delivery(turns=3 * waiting)
        return seen.count / waiting

    few, many = await each(2), await each(10)
    assert many <= 1.2 * few


async def test_turns_of_many_channels_are_taken_in_two_statements_the_first_time_in_four(
    delivery_harness: DeliveryHarness,
) -> None:
    async def spent(later_s: float) -> int:
        async with delivery_harness.store.begin() as tx:
            with count_statements() as seen:
                taken = await tx.rate_limiter.take(
                    POST, wishes, RateLimit(1.0), now=delivery_harness.clock.now() + timedelta(seconds=later_s)
                )
        assert taken == wishes
        return seen.count

    wishes = {("T", f"C{number}"): 1 for number in range(50)}
    assert [await spent(later_s) for later_s in (0, 1, 2)] == [4, 2, 2]
