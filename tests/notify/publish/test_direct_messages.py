"""Direct messages about pipelines that are a person's own, and who does not get them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import ProjectSlug
from bot.domain.people import Person
from bot.errors import CircleCIError
from bot.messages import Message
from tests.plugins.block_reader import get_text
from tests.plugins.delivery_harness import TEAM, DeliveryHarness
from tests.plugins.policies import only, write_policy
from tests.plugins.poller_harness import PollerHarness, run_poller_harness
from tests.plugins.world import GRACE, World

WEB, SECRET = "gh/acme/web", "gh/acme/secret"


@pytest.fixture
async def poller_harness(tmp_path: Path) -> AsyncIterator[PollerHarness]:
    """Ada, Grace and Eve are connected, and two projects have a rule of Ada's."""
    async with run_poller_harness(tmp_path, interval_s=30) as one:
        await one.connect("ada", "grace", "eve")
        await one.subscribe(WEB, SECRET)
        yield one


async def _verified(poller_harness: PollerHarness, *users: str, login: str | None = None) -> None:
    async with poller_harness.store.begin() as tx:
        for user in users:
            await tx.logins.upsert_verified("T", user, login or user, now=poller_harness.sandbox.now())


async def _claims(poller_harness: PollerHarness, user: str, login: str) -> None:
    async with poller_harness.store.begin() as tx:
        assert await tx.logins.insert_claimed("T", user, login, now=poller_harness.sandbox.now()) is None


async def _wishes(poller_harness: PollerHarness, user: str, *topics: str) -> None:
    async with poller_harness.store.begin() as tx:
        await tx.dm_preferences.upsert("T", user, frozenset(topics))


async def _push(
    poller_harness: PollerHarness, branch: str = "broken", slug: str = WEB, by: str = "ada", **more: str
) -> None:
    await poller_harness.control("push", project=slug, branch=branch, author=by, **more)
    await poller_harness.advance(6)


async def _letters(poller_harness: PollerHarness) -> list[tuple[str, str]]:
    """To whom, and what: all that is to be sent."""
    letters = []
    now = poller_harness.sandbox.now()
    async with poller_harness.store.begin() as tx:
        while found := await tx.outbox.claim(now, 60, "test", limit=100):
            for notice in found:
                await tx.outbox.settle_sent(notice, "1.1", now)
                if notice.key.startswith("dm:"):
                    letters.append((notice.channel, get_text({"blocks": notice.message.blocks})))
    return letters


async def test_whoever_started_what_failed_is_written_to_and_nobody_else(poller_harness: PollerHarness) -> None:
    await _verified(poller_harness, "ada", "grace")
    await _push(poller_harness)
    ((user, text),) = await _letters(poller_harness)
    assert user == "ada"
    assert "failed test" in text
    assert "You get this because you started it, and *My failures* is on." in text
    assert "Stop These Messages" in text


async def test_recoveries_and_holds_come_to_those_who_ask_for_them(poller_harness: PollerHarness) -> None:
    await _verified(poller_harness, "ada", "grace")
    await _wishes(poller_harness, "ada", "recovered", "approvals")
    for by in ("ada", "grace"):
        await _push(poller_harness, "main", by=by, like="broken")
        await _push(poller_harness, "main", by=by)
        await _push(poller_harness, "release", by=by)
    told = await _letters(poller_harness)
    (recovery, holds), (failure,) = ([text for user, text in told if user == who] for who in ("ada", "grace"))
    assert "recovered" in recovery
    assert "Approve staging" in holds
    assert "Approve production" in holds
    assert "failed" in failure


async def test_a_pipeline_that_fails_again_on_a_rerun_is_told_again(poller_harness: PollerHarness) -> None:
    await _verified(poller_harness, "ada")
    await _push(poller_harness)
    state = (await poller_harness.sandbox.control.get("/_control/state")).json()["circleci"]["pipelines"]
    (run,) = [one for one in max(state, key=lambda one: one["created_at"])["workflows"] if one["status"] == "failed"]
    await poller_harness.control("rerun", workflow_id=run["id"], from_failed=True)
    async with poller_harness.store.begin() as tx:
        await tx.pipelines.make_due(run["pipeline_id"], poller_harness.sandbox.now())
        await tx.polled_projects.make_due(ProjectSlug.parse(WEB), poller_harness.sandbox.now())
    await poller_harness.advance(6)
    assert [user for user, _ in await _letters(poller_harness)] == ["ada", "ada"]


async def test_nobody_hears_by_a_login_that_they_claim_what_is_hidden_from_them(poller_harness: PollerHarness) -> None:
    await _claims(poller_harness, "eve", "lin")
    await _push(poller_harness, slug=SECRET, by="lin")
    assert await _letters(poller_harness) == []
    await _push(poller_harness, slug=WEB, by="lin")
    assert [user for user, _ in await _letters(poller_harness)] == ["eve"]


async def test_what_two_people_have_verified_is_told_to_neither(poller_harness: PollerHarness) -> None:
    await _verified(poller_harness, "ada", "grace", login="ada")
    await _push(poller_harness)
    assert await _letters(poller_harness) == []


async def test_whoever_is_not_connected_any_more_or_linked_later_is_not_written_to(
    poller_harness: PollerHarness,
) -> None:
    await _verified(poller_harness, "ada")
    async with poller_harness.store.begin() as tx:
        await tx.accounts.delete("T", "ada")
    await _claims(poller_harness, "guest", "grace")
    await _push(poller_harness)
    await _push(poller_harness, by="grace")
    await poller_harness.control("push", project=WEB, branch="broken", author="lin")
    await poller_harness.sandbox.advance(600)
    await _claims(poller_harness, "eve", "lin")
    await poller_harness.advance(1)
    assert await _letters(poller_harness) == []


async def test_whom_the_policy_lets_approve_is_asked_to_if_they_wish_and_may_see_it(
    poller_harness: PollerHarness,
) -> None:
    for login in ("ada", "grace", "eve"):
        async with poller_harness.store.begin() as tx:
            (account,) = await tx.accounts.list_for_people([Person("T", login)])
            await tx.accounts.upsert(replace(account, user=f"U{login.upper()}"))
        await _wishes(poller_harness, f"U{login.upper()}", "approvals")
    said = only("appr*", "UGRACE", "UEVE", channel="C01"), only("cancel", "UADA")
    await write_policy(poller_harness.store, *said, workspace="T")
    await _push(poller_harness, "release", slug=SECRET, by="lin")
    assert await _letters(poller_harness) == []
    await _push(poller_harness, "release", slug=WEB, by="lin")
    assert sorted(user for user, _ in await _letters(poller_harness)) == ["UEVE", "UGRACE"]


async def test_whom_something_else_tells_is_not_written_to(poller_harness: PollerHarness) -> None:
    await _verified(poller_harness, "ada", "grace")
    await poller_harness.control("push", project=WEB, branch="broken", author="ada")
    await poller_harness.run_due()
    async with poller_harness.store.begin() as tx:
        (newest,) = await tx.pipelines.list_newest(ProjectSlug.parse(WEB), 1)
        await tx.cards.upsert("T", "C", newest.id, asked_by="ada", now=poller_harness.sandbox.now())
    await poller_harness.advance(6)
    assert await _letters(poller_harness) == []


async def test_a_rule_of_ones_own_direct_messages_is_enough(poller_harness: PollerHarness) -> None:
    await _verified(poller_harness, "ada")
    async with poller_harness.store.begin() as tx:
        rule = (await tx.subscriptions.list_for_project(ProjectSlug.parse(WEB)))[0]
        await tx.subscriptions.insert(replace(rule, channel="D0ADA"))
    await _push(poller_harness)
    assert await _letters(poller_harness) == []


async def test_where_circleci_does_not_say_who_sees_it_it_is_written_and_asked_again_before_it_is_sent(
    poller_harness: PollerHarness,
) -> None:
    web = ProjectSlug.parse(WEB)
    async with poller_harness.store.begin_read() as tx:
        ada, grace, eve = await tx.accounts.list_for_people([("T", user) for user in ("ada", "grace", "eve")])
    await poller_harness.control("faults", target="circleci", match="project", status=503, count=20)
    assert await poller_harness.visibility.list_viewers([ada, grace], web) == {("T", "ada"), ("T", "grace")}
    with pytest.raises(CircleCIError):
        await poller_harness.visibility.is_shown("T", "ada", web, anew=True)
    await poller_harness.control("reset")
    gone = replace(eve, token="CCIPAT_expired")
    assert await poller_harness.visibility.list_viewers([ada, grace, gone], web) == {("T", "ada"), ("T", "grace")}
    async with poller_harness.store.begin_read() as tx:
        assert await tx.accounts.list_for_people([("T", "eve")]) == [], "CircleCI no longer accepts it"
    asked = await poller_harness.count_calls()
    assert await poller_harness.visibility.list_viewers([ada, grace], web) == {("T", "ada"), ("T", "grace")}
    assert await poller_harness.count_calls() == asked


async def test_one_tap_stops_the_messages_at_once_and_another_brings_them_back(socket_world: World) -> None:
    world = socket_world
    await world.connect()
    await world.connect(GRACE)
    await world.say("/circle subscribe gh/acme/web")
    await world.reply("You own rule")
    await world.control("push", project=WEB, branch="broken", author="grace")
    letter = await world.message("*My failures* is on", channel="D0GRACE", as_=GRACE)
    await world.press(letter, "Stop These Messages", as_=GRACE)
    stopped = await world.reply("Direct messages turned off: *My failures*", channel="D0GRACE", as_=GRACE)
    number = (await world.control("push", project=WEB, branch="broken", author="grace"))["number"]
    await world.thread(await world.card("failed", number=number), "failed test")
    assert not [one for one in await world.list_messages("D0GRACE", as_=GRACE) if f"#{number}" in get_text(one)]
    await world.press(stopped, "Undo", as_=GRACE)
    await world.message("Direct messages turned on: *My failures*", channel="D0GRACE", as_=GRACE)
    number = (await world.control("push", project=WEB, branch="broken", author="grace"))["number"]
    await world.message(f"#{number}", channel="D0GRACE", as_=GRACE)


async def told_by_name(world: World, number: int) -> bool | None:
    """A letter stands in Slack a moment before that is written down."""
    await world.say(f"/circle why gh/acme/web {number} --posted", as_=GRACE)
    return "I sent you a direct message." in get_text(await world.reply("Who was mentioned", as_=GRACE)) or None


async def test_why_tells_of_direct_messages_and_mentions(socket_world: World) -> None:
    world = socket_world
    await world.connect()
    await world.connect(GRACE)
    await world.say("/circle subscribe gh/acme/web --only failed")
    await world.reply("You own rule")
    number = (await world.control("push", project=WEB, branch="broken", author="grace"))["number"]
    await world.message("*My failures* is on", channel="D0GRACE", as_=GRACE)
    await world.wait_until(lambda: told_by_name(world, number), "what was sent to be known as sent", as_=GRACE)
    await world.say(f"/circle why gh/acme/web {number} --posted")
    assert "by name" not in get_text(await world.reply("was posted here")), "what was written to Grace is Grace's"
    await world.say("/circle subscribe gh/acme/web --only failed --mention author")
    await world.message("mentioning the person who started it")
    await world.say("/circle subscribe gh/acme/web --only failed --mention author", channel="C0WEB")
    await world.message("mentioning the person who started it", channel="C0WEB")
    number = (await world.control("push", project=WEB, branch="broken", author="grace"))["number"]
    await world.thread(await world.card("failed", number=number, channel="C0WEB"), "failed test")
    await world.say(f"/circle why gh/acme/web {number} --posted", channel="C0WEB")
    told = get_text(await world.reply("Who was mentioned", channel="C0WEB"))
    assert "I mentioned <@U0GRACE> in <#C0DEPLOYS>" in told
    assert "I did not mention <@U0GRACE> here, because I had done so there." in told
    await world.say(f"/circle why gh/acme/web {number} --posted", as_=GRACE)
    assert "You got no direct message: I mentioned you." in get_text(await world.reply("Who was mentioned", as_=GRACE))


async def test_somebody_whom_slack_lets_nobody_write_to_is_given_up_with_its_reason(harness: DeliveryHarness) -> None:
    async with harness.store.begin() as tx:
        await tx.outbox.insert(
            "dm:failed:p1:1:T:U0NOBODY", TEAM, "U0NOBODY", message=Message("It failed"), now=harness.clock.now()
        )
    await harness.run_delivery()
    assert len(await harness.list_calls("conversations.open")) == 1
    async with harness.store.begin_read() as tx:
        assert (await tx.backlog.load(harness.clock.now())).notices == 0
    harness.clock.advance(3600)
    await harness.run_delivery()
    assert len(await harness.list_calls("conversations.open")) == 1


async def test_whoever_asks_for_it_hears_that_their_change_is_deployed_whatever_rules_want(
    poller_harness: PollerHarness,
) -> None:
    await _verified(poller_harness, "ada", "grace")
    await _wishes(poller_harness, "ada", "deploys")
    for by in ("grace", "ada"):
        await _push(poller_harness, "ship", by=by)
    ((user, text),) = await _letters(poller_harness)
    assert user == "ada"
    assert "Your change is in *staging*" in text
    assert "*My deploys* is on" in text
