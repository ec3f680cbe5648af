"""Every command that takes a pipeline, in the thread of every kind of message of ours, without a word more.

Another pipeline is the newest, and the channel is about another project.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.command import RequestSource
from bot.domain import Outcome, OutcomeKind
from bot.messages import About, Message
from bot.rules.muting import DeferralReason, QueuedOutcome
from bot.store.store import Tx
from tests.actions.test_a_thread_names_its_pipeline import OF_PIPELINES, select_strays
from tests.plugins.command_requests import (
    fetch_pipeline,
    follow,
    list_names,
    push_branch,
    record_requests,
    show_card,
)
from tests.plugins.factories import WEB
from tests.plugins.world import ADA, DEPLOYS, Json, World

_NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
_PLACE = "T0SANDBOX", DEPLOYS
_ALONE = {"approve": "approve-staging", "artifacts": "lint", "logs": "test", "job": "lint"}
"""What has to be said beside the command, since there are several of it in any workflow."""


def _end(pipeline: Json) -> Outcome:
    workflow = pipeline["workflows"][0]
    return Outcome(
        key=f"{workflow['id']}:failed",
        kind=OutcomeKind.FAILED,
        status="failed",
        project=WEB,
        pipeline_id=pipeline["id"],
        pipeline_number=pipeline["number"],
        workflow=workflow["name"],
        workflow_id=workflow["id"],
        branch="broken",
        tag=None,
        happened_at=_NOW,
        trigger="webhook",
    )


async def _send(tx: Tx, ts: str, *, key: str, channel: str = DEPLOYS, about: About | None = None) -> None:
    await tx.outbox.insert(key, "T0SANDBOX", channel, message=Message("Something happened"), about=about, now=_NOW)
    sent = ""
    while sent != key:
        for notice in await tx.outbox.claim(datetime.now(UTC), 12, "me", limit=9):
            sent = notice.key
            await tx.outbox.settle_sent(notice, ts if sent == key else "1.0", _NOW)


async def _tell_by_notice(tx: Tx, pipeline: Json, ts: str) -> None:
    key = f"{_end(pipeline).key}:T0SANDBOX:{DEPLOYS}"
    await _send(tx, ts, key=key)


async def _tell_by_letter(tx: Tx, pipeline: Json, ts: str) -> None:
    await _send(tx, ts, key=f"dm:failed:{pipeline['id']}:1:T0SANDBOX:{ADA}", channel=ADA)


async def _remind(tx: Tx, pipeline: Json, ts: str) -> None:
    key = f"{pipeline['workflows'][0]['id']}:hold:h1:remind:1764000000:T0SANDBOX:{DEPLOYS}"
    about = About(pipeline["id"], (key,))
    await _send(tx, ts, key=key, about=about)


async def _tell_by_digest(tx: Tx, pipeline: Json, ts: str) -> None:
    await _queue(tx, pipeline)
    await _post_digest(tx, ts)


async def _queue(tx: Tx, pipeline: Json) -> None:
    queued = QueuedOutcome(_end(pipeline), *_PLACE, "acme/web", 1, DeferralReason.DIGEST, _NOW)
    await tx.digest_queue.insert(queued, _NOW)


async def _post_digest(tx: Tx, ts: str) -> None:
    keys = await tx.digest_queue.lock_due(*_PLACE, [WEB], now=_NOW + timedelta(minutes=1))
    await tx.digest_queue.take(*_PLACE, f"digest:{ts}", keys=keys)
    await _send(tx, ts, key=f"digest:{ts}")


KINDS: dict[str, Callable[[Tx, Json, str], Awaitable[None]]] = {
    "a notice that has no card": _tell_by_notice,
    "a direct message": _tell_by_letter,
    "a reminder": _remind,
    "a digest of one line": _tell_by_digest,
}
"""Cards, and what is posted in their threads: tests/actions/test_a_thread_names_its_pipeline.py."""


async def _tell(world: World, tell: Callable[[Tx, Json, str], Awaitable[None]], pipeline: Json) -> str:
    await follow(world, pipeline)
    posted = await world.say("What a day")
    async with world.app.core.store.begin() as tx:
        await tx.outcomes.insert(replace(_end(pipeline)), _NOW)
        await tell(tx, pipeline, posted["ts"])
    return str(posted["ts"])


@pytest.mark.parametrize("kind", KINDS)
async def test_every_command_means_the_pipeline_that_the_message_tells_of(calm_world: World, kind: str) -> None:
    world = calm_world
    told = {story: await push_branch(world, story) for story in ("broken", "slow", "release")}
    stamps = {story: await _tell(world, KINDS[kind], pipeline) for story, pipeline in told.items()}
    newest = {story: await push_branch(world, story) for story in told}
    for name, (story, _) in OF_PIPELINES.items():
        for source in (RequestSource.TYPED, RequestSource.SHORTCUT):
            line = f"{name} {_ALONE.get(name, '')}".strip()
            asked = await record_requests(world, line, source, stamps[story])
            theirs = list_names(await fetch_pipeline(world, told[story]["number"]))
            assert any(one in path for path in asked for one in theirs), f"{line}: {asked}"
            assert not select_strays(line, asked, list_names(newest[story])), line
            assert not [path for path in asked if "acme/api" in path], f"{line} went to the channel's project"


async def test_in_the_thread_of_a_digest_of_several_each_is_a_button(calm_world: World) -> None:
    world = calm_world
    told = [await push_branch(world, "broken") for _ in range(2)]
    for pipeline in told:
        await follow(world, pipeline)
    posted = await world.say("What a day")
    async with world.app.core.store.begin() as tx:
        for pipeline in told:
            await tx.outcomes.insert(_end(pipeline), _NOW)
            await _queue(tx, pipeline)
        await _post_digest(tx, posted["ts"])
    for name in OF_PIPELINES:
        asked = await record_requests(world, f"{name} {_ALONE.get(name, '')}".strip(), ts=posted["ts"])
        reply = await world.reply("several pipelines")
        buttons = {one["text"]["text"]: one["value"] for one in _list_buttons(reply)}
        assert list(buttons) == [f"acme/web #{one['number']} on broken" for one in told], name
        assert not [path for path in asked for one in told if one["id"] in path], f"{name} chose by itself: {asked}"
        theirs = await record_requests(world, list(buttons.values())[0], RequestSource.BUTTON)
        assert [path for path in theirs for one in list_names(told[0]) if one in path], f"{name}: {theirs}"
        assert reply["thread_ts"] == posted["ts"]


def _list_buttons(reply: Json) -> list[Json]:
    return [one for block in reply["blocks"] for one in block.get("elements", ()) if one["type"] == "button"]


async def test_a_notice_in_a_cards_thread_names_its_workflow_to_a_shortcut(calm_world: World) -> None:
    world, card = calm_world, await show_card(calm_world, "broken")
    pipeline = await fetch_pipeline(world, card["number"])
    posted = await world.say("It failed", thread_ts=card["ts"])
    async with world.app.core.store.begin() as tx:
        await tx.outcomes.insert(_end(pipeline), _NOW)
        await _tell_by_notice(tx, pipeline, posted["ts"])
    asked = await record_requests(world, "jobs", RequestSource.SHORTCUT, posted["ts"])
    assert f"GET /workflow/{pipeline['workflows'][0]['id']}" in asked
