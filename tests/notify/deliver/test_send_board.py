"""A board is posted once, pinned, and kept true until somebody no longer wants it."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from bot.conversation import Place
from bot.domain import ProjectSlug
from bot.messages import BOARD
from bot.notify.deliver.sending import RateLimits
from bot.rules.deploy_board import PINNED, DeployBoard
from tests.plugins.block_reader import get_text
from tests.plugins.delivery_harness import TEAM, DeliveryHarness, run_delivery_harness
from tests.plugins.factories import WEB
from tests.plugins.slack_users import ADA, DEPLOYS, GENERAL
from tests.store.test_running_deploys import deploy

API = ProjectSlug("gh", "acme", "api")


class Died(BaseException):
    """The process is gone."""


async def pin(harness: DeliveryHarness, project: ProjectSlug | None = WEB, channel: str = DEPLOYS) -> Place:
    """As a command writes it."""
    place, now = Place(TEAM, channel), harness.clock.now()
    async with harness.store.begin() as tx:
        await tx.boards.upsert(DeployBoard(*place, project, ADA, now))
        await tx.cards.upsert(*place, BOARD, asked_by=ADA, now=now)
    return place


async def unpin(harness: DeliveryHarness, place: Place) -> None:
    async with harness.store.begin() as tx:
        await tx.boards.redraw(place)
        await tx.boards.delete(place)


async def ship(harness: DeliveryHarness, version: str, **more: Any) -> None:
    """As a poller writes it."""
    harness.clock.advance(0.001)
    now = harness.clock.now()
    outcome = deploy(version, 0, **{"happened_at": now, **more})
    async with harness.store.begin() as tx:
        await tx.outcomes.insert(outcome, now)
        await tx.boards.redraw_all_of(outcome.project)


async def find_pin(harness: DeliveryHarness, channel: str = DEPLOYS) -> str | None:
    async with harness.store.begin_read() as tx:
        board = await tx.boards.find(Place(TEAM, channel))
    return board.pin if board else None


async def list_boards(harness: DeliveryHarness, channel: str = DEPLOYS) -> list[dict[str, Any]]:
    return [one for one in await harness.list_messages(channel) if "runs where" in get_text(one).lower()]


async def test_a_board_is_posted_pinned_and_changed_with_each_deploy(harness: DeliveryHarness) -> None:
    await ship(harness, "1")
    await pin(harness)
    await harness.run_delivery()
    (board,) = await list_boards(harness)
    assert "*production* runs `1`" in get_text(board)
    assert board["pinned_to"] == [DEPLOYS]
    assert await find_pin(harness) == PINNED
    await ship(harness, "2")
    await ship(harness, "7", project=API)
    await harness.run_delivery()
    (changed,) = await list_boards(harness)
    assert changed["ts"] == board["ts"]
    assert "*production* runs `2`" in get_text(changed)
    assert "`7`" not in get_text(changed)
    assert len(await harness.list_calls("chat.update")) == len(await harness.list_calls("pins.add")) == 1


async def test_changes_within_half_a_minute_are_one(database_url: str) -> None:
    async with run_delivery_harness(database_url, limits=RateLimits()) as harness:
        await pin(harness)
        await harness.run_delivery(turns=1)
        for version in ("1", "2", "3"):
            await ship(harness, version)
            harness.clock.advance(9)
            await harness.run_delivery(turns=1)
        assert await harness.list_calls("chat.update") == []
        harness.clock.advance(4)
        await harness.run_delivery(turns=1)
        assert len(await harness.list_calls("chat.update")) == 1
        assert "`3`" in get_text((await list_boards(harness))[0])
        harness.clock.advance(300)
        await harness.run_delivery(turns=1)
        assert len(await harness.list_calls("chat.update")) == 1, "what is not changed asks nothing of Slack"


@pytest.mark.parametrize("step", ["delivery.after_send", "delivery.before_send", "delivery.after_settle"])
async def test_whoever_dies_leaves_one_board_which_is_pinned(harness: DeliveryHarness, step: str) -> None:
    await pin(harness)

    def reach(here: str) -> None:
        if here == step:
            raise Died

    dying = harness.add_delivery("dying", hit_failpoint=reach)
    with contextlib.suppress(Died):
        await dying.tick()
        await dying.drain(20)
    harness.clock.advance(60)
    await harness.run_delivery()
    (board,) = await list_boards(harness)
    assert board["pinned_to"] == [DEPLOYS]
    assert len(await harness.list_posted_keys()) == 1


async def test_a_pin_that_slack_puts_off_or_loses_is_tried_again(harness: DeliveryHarness) -> None:
    await harness.inject_fault("pins.add", status=429, retry_after=7, count=1)
    await pin(harness)
    await harness.run_delivery()
    assert await find_pin(harness) is None
    await harness.inject_fault("pins.add", accept_then_drop=True, count=1)
    for _ in range(2):
        harness.clock.advance(8)
        await harness.run_delivery()
    assert await find_pin(harness) == PINNED
    assert len(await list_boards(harness)) == 1


async def test_without_the_scope_it_is_kept_and_whoever_wanted_it_hears_how_to_grant_it(database_url: str) -> None:
    async with run_delivery_harness(database_url, declined=["pins:write"]) as harness:
        await pin(harness)
        await harness.run_delivery()
        await ship(harness, "2")
        await harness.run_delivery()
        (board,) = await list_boards(harness)
        assert "`2`" in get_text(board)
        assert "pinned_to" not in board
        assert len(await harness.list_calls("pins.add")) == 1
        (told,) = [text for text in await harness.list_texts("D0ADA") if "could not pin" in text]
        assert "`pins:write`" in told


async def test_where_it_is_no_member_whoever_wanted_it_hears_to_invite_it(harness: DeliveryHarness) -> None:
    await pin(harness, channel=GENERAL)
    await harness.run_delivery()
    assert len(await list_boards(harness, GENERAL)) == 1
    assert await find_pin(harness, GENERAL) == "not_in_channel"
    (told,) = [text for text in await harness.list_texts("D0ADA") if "could not pin" in text]
    assert "/invite" in told


async def test_a_board_that_a_person_deletes_is_forgotten_without_a_word(harness: DeliveryHarness) -> None:
    await pin(harness)
    await harness.run_delivery()
    (board,) = await list_boards(harness)
    await harness.http.post(
        "/slack/api/chat.delete", data={"token": "xoxb-sandbox", "channel": DEPLOYS, "ts": board["ts"]}
    )
    for version in ("2", "3"):
        await ship(harness, version)
        await harness.run_delivery()
    assert await list_boards(harness) == []
    assert len(await harness.list_calls("chat.update")) == 1
    assert await harness.list_texts("D0ADA") == []


async def test_an_archived_channel_is_tried_again_with_the_next_deploy(harness: DeliveryHarness) -> None:
    await pin(harness)
    await harness.run_delivery()
    await harness.post_page("channel", do="archive", channel=DEPLOYS)
    await ship(harness, "2")
    await harness.run_delivery()
    await harness.post_page("channel", do="unarchive", channel=DEPLOYS)
    await ship(harness, "3")
    await harness.run_delivery()
    (board,) = await list_boards(harness)
    assert "`3`" in get_text(board)


async def test_one_that_is_unpinned_says_so_and_is_posted_anew_for_who_asks(harness: DeliveryHarness) -> None:
    place = await pin(harness)
    await harness.run_delivery()
    await unpin(harness, place)
    await harness.inject_fault("pins.remove", status=429, retry_after=7, count=1)
    await harness.run_delivery()
    harness.clock.advance(8)
    await harness.run_delivery()
    (ended,) = await list_boards(harness)
    assert "no longer kept up to date" in get_text(ended)
    assert "pinned_to" not in ended
    await ship(harness, "2")
    await harness.run_delivery()
    assert "`2`" not in get_text((await list_boards(harness))[0])
    await pin(harness)
    await harness.run_delivery()
    _ended, board = await list_boards(harness)
    assert board["pinned_to"] == [DEPLOYS]


async def test_one_that_is_unpinned_before_it_was_posted_never_is(harness: DeliveryHarness) -> None:
    await unpin(harness, await pin(harness))
    await harness.run_delivery()
    assert await list_boards(harness) == []


async def test_it_shows_nothing_of_a_project_that_the_channel_may_not_see(harness: DeliveryHarness) -> None:
    await ship(harness, "1")
    await ship(harness, "7", project=API)
    async with harness.store.begin() as tx:
        await tx.channels.set_project(TEAM, DEPLOYS, WEB)
    harness.hidden.add((DEPLOYS, str(WEB)))
    await pin(harness, None)
    await harness.run_delivery()
    (board,) = await list_boards(harness)
    assert "web" not in get_text(board)
    harness.hidden.clear()
    await ship(harness, "2")
    await harness.run_delivery()
    (board,) = await list_boards(harness)
    assert "*acme/web*" in get_text(board)
    assert "api" not in get_text(board)
