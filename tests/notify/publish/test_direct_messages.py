"""Direct messages about pipelines that are a person's own, and who does not get them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import ProjectSlug
from bot.errors import CircleCIError
from bot.messages import Message
from bot.rules.policy import Policy
from tests.plugins.block_reader import get_text
from tests.plugins.delivery_harness import TEAM, DeliveryHarness
from tests.plugins.poller_harness import PollerHarness, run_poller_harness
from tests.plugins.world import GRACE, World

WEB, SECRET = "gh/acme/web", "gh/acme/secret"


@pytest.fixture
async def lookout(tmp_path: Path) -> AsyncIterator[PollerHarness]:
    """Ada, Grace and Eve are connected, and two projects have a rule of Ada's."""
    async with run_poller_harness(tmp_path, interval_s=30) as one:
        await one.connect("ada", "grace", "eve")
        await one.subscribe(WEB, SECRET)
        yield one


async def _verified(lookout: PollerHarness, *users: str, login: str | None = None) -> None:
    async with lookout.store.begin() as tx:
        for user in users:
            await tx.logins.upsert_verified("T", user, login or user, lookout.sandbox.now())


async def _claims(lookout: PollerHarness, user: str, login: str) -> None:
    async with lookout.store.begin() as tx:
        assert await tx.logins.insert_claimed("T", user, login, lookout.sandbox.now()) is None


async def _wishes(lookout: PollerHarness, user: str, *topics: str) -> None:
    async with lookout.store.begin() as tx:
        await tx.dm_preferences.upsert("T", user, frozenset(topics))


async def _push(lookout: PollerHarness, branch: str = "broken", slug: str = WEB, by: str = "ada", **more: str) -> None:
    await lookout.control("push", project=slug, branch=branch, author=by, **more)
    await lookout.advance(6)


async def _letters(lookout: PollerHarness) -> list[tuple[str, str]]:
    """To whom, and what: all that is to be sent."""
    letters = []
    now = lookout.sandbox.now()
    async with lookout.store.begin() as tx:
        while found := await tx.outbox.claim(now, 60, "test", 100):
            for notice in found:
                await tx.outbox.settle_sent(notice, "1.1", now)
                if notice.key.startswith("dm:"):
                    letters.append((notice.channel, get_text({"blocks": notice.message.blocks})))
    return letters


async def test_whoever_started_what_failed_is_written_to_and_nobody_else(lookout: PollerHarness) -> None:
    await _verified(lookout, "ada", "grace")
    await _push(lookout)
    ((user, text),) = await _letters(lookout)
    assert user == "ada"
    assert "failed test" in text
    assert "You started it, and want to hear of your failures." in text
    assert "Stop these messages" in text


async def test_recoveries_and_holds_come_to_those_who_ask_for_them(lookout: PollerHarness) -> None:
    await _verified(lookout, "ada", "grace")
    await _wishes(lookout, "ada", "recovered", "approvals")
    for by in ("ada", "grace"):
        await _push(lookout, "main", by=by, like="broken")
        await _push(lookout, "main", by=by)
        await _push(lookout, "release", by=by)
    told = await _letters(lookout)
    (recovery, holds), (failure,) = ([text for user, text in told if user == who] for who in ("ada", "grace"))
    assert "recovered" in recovery
    assert "Approve staging" in holds
    assert "Approve production" in holds
    assert "failed" in failure


async def test_a_pipeline_that_fails_again_on_a_rerun_is_told_again(lookout: PollerHarness) -> None:
    await _verified(lookout, "ada")
    await _push(lookout)
    state = (await lookout.sandbox.control.get("/_control/state")).json()["circleci"]["pipelines"]
    (run,) = [one for one in max(state, key=lambda one: one["created_at"])["workflows"] if one["status"] == "failed"]
    await lookout.control("rerun", workflow_id=run["id"], from_failed=True)
    async with lookout.store.begin() as tx:
        await tx.pipelines.make_due(run["pipeline_id"], lookout.sandbox.now())
        await tx.polled_projects.make_due(ProjectSlug.parse(WEB), lookout.sandbox.now())
    await lookout.advance(6)
    assert [user for user, _ in await _letters(lookout)] == ["ada", "ada"]


async def test_nobody_hears_by_a_login_that_they_claim_what_is_hidden_from_them(lookout: PollerHarness) -> None:
    await _claims(lookout, "eve", "lin")
    await _push(lookout, slug=SECRET, by="lin")
    assert await _letters(lookout) == []
    await _push(lookout, slug=WEB, by="lin")
    assert [user for user, _ in await _letters(lookout)] == ["eve"]


async def test_what_two_people_have_verified_is_told_to_neither(lookout: PollerHarness) -> None:
    await _verified(lookout, "ada", "grace", login="ada")
    await _push(lookout)
    assert await _letters(lookout) == []


async def test_whoever_is_not_connected_any_more_or_linked_later_is_not_written_to(lookout: PollerHarness) -> None:
    await _verified(lookout, "ada")
    async with lookout.store.begin() as tx:
        await tx.accounts.delete("T", "ada")
    await _claims(lookout, "guest", "grace")
    await _push(lookout)
    await _push(lookout, by="grace")
    await lookout.control("push", project=WEB, branch="broken", author="lin")
    await lookout.sandbox.advance(600)
    await _claims(lookout, "eve", "lin")
    await lookout.advance(1)
    assert await _letters(lookout) == []


async def test_whom_the_policy_lets_approve_is_asked_to_if_they_wish_and_may_see_it(lookout: PollerHarness) -> None:
    for user in ("ada", "grace", "eve"):
        await _wishes(lookout, user, "approvals")
    async with lookout.store.begin() as tx:
        await tx.policies.replace_all(
            "T", [Policy("T", "appr*", "C", ("grace", "eve")), Policy("T", "cancel", "*", ("ada",))]
        )
    await _push(lookout, "release", slug=SECRET, by="lin")
    asked = await _letters(lookout)
    assert [user for user, _ in asked] == []
    await _push(lookout, "release", slug=WEB, by="lin")
    assert sorted(user for user, _ in await _letters(lookout)) == ["eve", "grace"]


async def test_whom_something_else_tells_is_not_written_to(lookout: PollerHarness) -> None:
    await _verified(lookout, "ada", "grace")
    await lookout.control("push", project=WEB, branch="broken", author="ada")
    await lookout.run_due()
    async with lookout.store.begin() as tx:
        (newest,) = await tx.pipelines.list_newest(ProjectSlug.parse(WEB), 1)
        await tx.cards.upsert("T", "C", newest.id, "ada", lookout.sandbox.now())
    await lookout.advance(6)
    assert await _letters(lookout) == []


async def test_a_rule_of_ones_own_direct_messages_is_enough(lookout: PollerHarness) -> None:
    await _verified(lookout, "ada")
    async with lookout.store.begin() as tx:
        rule = (await tx.subscriptions.list_for_project(ProjectSlug.parse(WEB)))[0]
        await tx.subscriptions.insert(replace(rule, channel="D0ADA"))
    await _push(lookout)
    assert await _letters(lookout) == []


async def test_where_circleci_does_not_say_who_sees_it_it_is_written_and_asked_again_before_it_is_sent(
    lookout: PollerHarness,
) -> None:
    web = ProjectSlug.parse(WEB)
    async with lookout.store.begin_read() as tx:
        ada, grace, eve = await tx.accounts.list_for_people([("T", user) for user in ("ada", "grace", "eve")])
    await lookout.control("faults", target="circleci", match="project", status=503, count=20)
    assert await lookout.visibility.list_viewers([ada, grace], web) == {("T", "ada"), ("T", "grace")}
    with pytest.raises(CircleCIError):
        await lookout.visibility.is_shown("T", "ada", web, anew=True)
    await lookout.control("reset")
    gone = replace(eve, token="CCIPAT_expired")
    assert await lookout.visibility.list_viewers([ada, grace, gone], web) == {("T", "ada"), ("T", "grace")}
    async with lookout.store.begin_read() as tx:
        assert await tx.accounts.list_for_people([("T", "eve")]) == [], "CircleCI no longer accepts it"
    asked = await lookout.count_calls()
    assert await lookout.visibility.list_viewers([ada, grace], web) == {("T", "ada"), ("T", "grace")}
    assert await lookout.count_calls() == asked


async def test_one_tap_stops_the_messages_at_once_and_another_brings_them_back(socket_world: World) -> None:
    world = socket_world
    await world.connect()
    await world.connect(GRACE)
    await world.say("/circle subscribe gh/acme/web")
    await world.reply("hears")
    await world.control("push", project=WEB, branch="broken", author="grace")
    letter = await world.message("want to hear of your failures", channel="D0GRACE", as_=GRACE)
    await world.press(letter, "Stop these messages", as_=GRACE)
    stopped = await world.reply("No more messages about my failures", channel="D0GRACE", as_=GRACE)
    number = (await world.control("push", project=WEB, branch="broken", author="grace"))["number"]
    await world.thread(await world.card("failed", number=number), "failed test")
    assert not [one for one in await world.list_messages("D0GRACE", as_=GRACE) if f"#{number}" in get_text(one)]
    await world.press(stopped, "Undo", as_=GRACE)
    await world.message("Messages about my failures from now on", channel="D0GRACE", as_=GRACE)
    number = (await world.control("push", project=WEB, branch="broken", author="grace"))["number"]
    await world.message(f"#{number}", channel="D0GRACE", as_=GRACE)


async def told_by_name(world: World, number: int) -> bool | None:
    """A letter stands in Slack a moment before that is written down."""
    await world.say(f"/circle why gh/acme/web {number}", as_=GRACE)
    return "You were told by direct message." in get_text(await world.reply("by name", as_=GRACE)) or None


async def test_why_tells_of_direct_messages_and_mentions(socket_world: World) -> None:
    world = socket_world
    await world.connect()
    await world.connect(GRACE)
    await world.say("/circle subscribe gh/acme/web --only failed")
    await world.reply("hears")
    number = (await world.control("push", project=WEB, branch="broken", author="grace"))["number"]
    await world.message("want to hear of your failures", channel="D0GRACE", as_=GRACE)
    await world.wait_until(lambda: told_by_name(world, number), "what was sent to be known as sent", as_=GRACE)
    await world.say(f"/circle why gh/acme/web {number}")
    assert "by name" not in get_text(await world.reply("was told here")), "what was written to Grace is Grace's"
    await world.say("/circle subscribe gh/acme/web --only failed --mention author")
    await world.reply("mentioning whoever started it")
    await world.say("/circle subscribe gh/acme/web --only failed --mention author", channel="C0WEB")
    await world.reply("mentioning whoever started it", channel="C0WEB")
    number = (await world.control("push", project=WEB, branch="broken", author="grace"))["number"]
    await world.thread(await world.card("failed", number=number, channel="C0WEB"), "failed test")
    await world.say(f"/circle why gh/acme/web {number}", channel="C0WEB")
    told = get_text(await world.reply("by name", channel="C0WEB"))
    assert "<@U0GRACE> was mentioned in <#C0DEPLOYS>" in told
    assert "<@U0GRACE> was not mentioned here: already mentioned in <#C0DEPLOYS>" in told
    await world.say(f"/circle why gh/acme/web {number}", as_=GRACE)
    assert "You got no direct message: you were mentioned." in get_text(await world.reply("by name", as_=GRACE))


async def test_somebody_whom_slack_lets_nobody_write_to_is_given_up_with_its_reason(desk: DeliveryHarness) -> None:
    async with desk.store.begin() as tx:
        await tx.outbox.insert(
            "dm:failed:p1:1:T:U0NOBODY", TEAM, "U0NOBODY", Message("It failed"), now=desk.clock.now()
        )
    await desk.run_delivery()
    assert len(await desk.list_calls("conversations.open")) == 1
    async with desk.store.begin_read() as tx:
        assert await tx.outbox.count_queued() == 0
    desk.clock.advance(3600)
    await desk.run_delivery()
    assert len(await desk.list_calls("conversations.open")) == 1
