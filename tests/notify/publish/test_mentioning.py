"""Whom messages mention: once for each pipeline, where it stands in a new message, and nobody for their own doing."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from bot.domain import ProjectScope, ProjectSlug
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from tests.plugins.block_reader import get_text
from tests.plugins.poller_harness import PollerHarness, run_poller_harness
from tests.plugins.world import ADA, DEPLOYS, GRACE, WEB, World

SLUG = "gh/acme/web"
_MENTION = re.compile(r"<(?:@|!subteam\^)(\w+)>")


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[PollerHarness]:
    """Ada is connected; she and Grace are linked with their logins; nobody wants direct messages."""
    async with run_poller_harness(tmp_path, interval_s=30) as one:
        await one.connect("ada", "grace")
        async with one.store.begin() as tx:
            for user in ("ada", "grace"):
                await tx.logins.upsert_verified("T", user, user, now=one.sandbox.now())
                await tx.dm_preferences.upsert("T", user, frozenset())
        yield one


async def _rule(harness: PollerHarness, *mention: str, channel: str = "C", only: Sequence[str] = ("failed",)) -> None:
    rule = Rule.parse({"mention": mention, "only": tuple(only), "branch": ("main", "broken", "slow")})
    async with harness.store.begin() as tx:
        now = harness.sandbox.now()
        await tx.subscriptions.insert(Subscription(0, "T", channel, ProjectScope.parse(SLUG), rule, "ada", now))
        await tx.polled_projects.upsert(ProjectSlug.parse(SLUG), now)


async def _push(harness: PollerHarness, by: str = "ada", branch: str = "main", like: str | None = "broken") -> None:
    await harness.control("push", project=SLUG, branch=branch, author=by, like=like)
    await harness.advance(6)


async def _posted(harness: PollerHarness) -> list[tuple[str, str]]:
    """Where, and the line below the headline, of all that is to be posted; its fallback says the same."""
    posted, now = [], harness.sandbox.now()
    async with harness.store.begin() as tx:
        for card in await tx.cards.claim(now, 60, "test", limit=100):
            await tx.cards.settle_sent(card, "1.1", now)
        while found := await tx.outbox.claim(now, 60, "test", limit=100):
            for notice in found:
                await tx.outbox.settle_sent(notice, "1.2", now)
                assert _MENTION.findall(notice.message.text) == _MENTION.findall(json.dumps(notice.message.blocks))
                posted.append((notice.channel, notice.message.text.partition("\n")[2]))
    return posted


async def test_the_author_is_mentioned_once_for_a_pipeline_however_many_channels_hear_of_it(
    harness: PollerHarness,
) -> None:
    await _rule(harness, "author")
    await _rule(harness, "author", channel="C2")
    await _rule(harness, "author", channel="C2", only=("broke",))
    await _push(harness)
    assert [line for _, line in await _posted(harness)] == ["<@ada> started it", ""]
    await _push(harness)
    assert [line for _, line in await _posted(harness)] == ["<@ada> started it", ""], "another pipeline, told anew"


async def test_who_is_not_linked_is_called_by_their_login(harness: PollerHarness) -> None:
    await _rule(harness, "author")
    await _push(harness, by="lin")
    assert await _posted(harness) == [("C", "`lin` started it")]


async def test_the_breaker_is_who_started_the_pipeline_with_which_it_broke(harness: PollerHarness) -> None:
    await _rule(harness, "author,breaker", only=("failed", "recovered"))
    await _push(harness, by="grace")
    assert await _posted(harness) == [("C", "<@grace> broke it")]
    await _push(harness, by="ada")
    ((_, line),) = await _posted(harness)
    assert re.fullmatch(r"<@grace> broke it with #\d+ · <@ada> started it", line)
    await _push(harness, by="lin", like=None)
    ((_, line),) = await _posted(harness)
    assert re.fullmatch(r"<@grace> broke it with #\d+ · `lin` started it", line), "and is told that it is mended"
    await _push(harness, by="lin")
    assert await _posted(harness) == [("C", "`lin` broke it")]
    await _push(harness, by="lin")
    ((_, line),) = await _posted(harness)
    assert re.fullmatch(r"`lin` broke it with #\d+", line), "and is not called twice"


async def test_people_and_groups_are_mentioned_by_name(harness: PollerHarness) -> None:
    await _rule(harness, "U0EVE,S0PLATFORM,author")
    await _rule(harness, "S0PLATFORM", channel="C2")
    await _push(harness)
    assert await _posted(harness) == [("C", "<@ada> started it · cc <!subteam^S0PLATFORM> <@U0EVE>"), ("C2", "")]


async def test_nobody_is_told_of_their_own_start_or_cancel(harness: PollerHarness) -> None:
    await _rule(harness, "author", only=("started", "canceled"))
    await harness.control("push", project=SLUG, branch="slow", author="ada")
    await harness.advance(1)
    assert await _posted(harness) == []
    runs = (await harness.sandbox.control.get("/_control/state")).json()["circleci"]["pipelines"]
    (run,) = [run for one in runs for run in one["workflows"] if run["status"] == "running"]
    await harness.control("cancel", workflow_id=run["id"], **{"as": "ada"})
    await harness.advance(6)
    assert await _posted(harness) == [("C", "")]


async def test_whom_a_mention_tells_gets_no_direct_message_of_the_same(harness: PollerHarness) -> None:
    async with harness.store.begin() as tx:
        await tx.dm_preferences.upsert("T", "ada", frozenset({"failed"}))
    await _rule(harness, "author", only=("newly-failing",))
    await _push(harness)
    assert await _posted(harness) == [("C", "<@ada> started it")]
    await _push(harness)
    assert [where for where, _ in await _posted(harness)] == ["ada"]


async def test_typed_and_by_form_a_rule_mentions_and_whoever_triggered_is_mentioned_once(
    each_connected_world: World,
) -> None:
    await each_connected_world.say("/circle subscribe gh/acme/web --only failed --mention @platform,author")
    await each_connected_world.message("mentioning the person who started it and 1 person or group")
    reply = await each_connected_world.reply("You own rule")
    await each_connected_world.press(reply, "Change…")
    form = await each_connected_world.turn(await each_connected_world.form("Show More Options…"), "delivery")
    await each_connected_world.submit(form, **{"mention-people": GRACE})
    await each_connected_world.message("mentioning the person who started it and 2 people or groups")
    await each_connected_world.say("/circle trigger gh/acme/web --branch broken", channel=WEB)
    await each_connected_world.thread(await each_connected_world.card("failed", channel=WEB), "failed test")
    card = await each_connected_world.card("failed")
    told = await each_connected_world.thread(card, "failed test")
    assert "cc <!subteam^S0PLATFORM> <@U0GRACE>" in told["text"]
    replies = [
        one
        for where in (WEB, DEPLOYS)
        for one in await each_connected_world.list_messages(where)
        if one.get("thread_ts")
    ]
    mentioning = [one for one in replies if one["thread_ts"] != one["ts"] and f"<@{ADA}>" in get_text(one)]
    assert [one["channel"] for one in mentioning] == [WEB], "where they asked"


async def test_a_new_card_notifies_nobody_of_what_they_did_themselves(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch main")
    await connected_world.thread(await connected_world.card("<@U0ADA> triggered it"), "<@U0ADA>")
    posted = [call["args"] for call in await connected_world.list_calls("chat.postMessage")]
    assert [json.dumps(args).count(f"<@{ADA}>") for args in posted if "thread_ts" not in args] == [0]
    assert "Ada triggered it" in json.dumps(posted[0])


async def test_who_ends_their_own_pipeline_is_not_told_so(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch slow")
    card = await connected_world.card("running")
    await connected_world.press(card, "Cancel Workflow")
    await connected_world.card("*canceled*")
    await connected_world.say("/circle trigger gh/acme/web --branch main")
    await connected_world.message("<@U0ADA> :white_check_mark:")
    assert not [one for one in await connected_world.list_messages() if "ended: *canceled*" in get_text(one)]


async def test_who_only_approved_is_not_mentioned_when_it_ends(connected_world: World) -> None:
    await connected_world.say("/circle subscribe gh/acme/web --only on-hold")
    await connected_world.reply("You own rule")
    pushed = await connected_world.control("push", project=SLUG, branch="release", author="grace")
    card = await connected_world.card("Approve production", number=pushed["number"])
    await connected_world.press(card, "Approve staging")
    card = await connected_world.card("approved `approve-staging`", number=pushed["number"])
    await connected_world.press(card, "Approve production")
    await connected_world.card("*success*", number=pushed["number"])
    await connected_world.say("/circle trigger gh/acme/web --branch main")
    await connected_world.message("ended: *success*")
    ends = [get_text(one) for one in await connected_world.list_messages() if "ended: *" in get_text(one)]
    assert not [text for text in ends if f"#{pushed['number']}" in text]


async def test_whom_nobody_knows_is_not_mentioned_and_the_person_is_told_how(connected_world: World) -> None:
    await connected_world.say("/circle subscribe gh/acme/web --mention @platfrom")
    await connected_world.reply("I do not know `@platfrom`")
    await connected_world.say("/circle subscribe gh/acme/web --mention @channel")
    await connected_world.reply("cannot mention everybody in a channel")


async def test_the_author_of_a_deploy_are_all_whose_pushes_it_brings(harness: PollerHarness) -> None:
    await _rule(harness, "author", only=("deployed",))
    await _push(harness, like="ship")
    assert [line for _, line in await _posted(harness)] == ["<@ada> started it"]
    await _push(harness, like=None)
    await _push(harness, by="grace", like="ship")
    assert [line for _, line in await _posted(harness)] == ["<@grace> started it · with pushes by <@ada>"]
