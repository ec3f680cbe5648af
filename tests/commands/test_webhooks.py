from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.plugins.block_reader import get_text
from tests.plugins.world import EVE, World, run_world


@pytest.fixture
async def reachable(tmp_path: Path) -> AsyncIterator[World]:
    """A bot that CircleCI can reach, and Ada is connected."""
    async with asyncio.timeout(120), run_world(tmp_path, socket_mode=False) as world:
        await world.connect()
        yield world


async def test_webhooks_are_listed_without_their_secrets(each_connected_world: World) -> None:
    await each_connected_world.say("/circle webhooks gh/acme/web")
    await each_connected_world.reply("*Webhooks* of `acme/web` (none)")
    await _register(each_connected_world)
    await each_connected_world.say("/circle webhooks gh/acme/web")
    shown = get_text(await each_connected_world.reply("*Webhooks* of `acme/web` (1)"))
    assert "*the bot*" in shown
    assert "reports `workflow-completed` to `https://hooks.example.com/services/T000/B000…`" in shown
    assert "does not verify TLS" in shown
    assert "hush" not in shown
    assert "sEcReT" not in shown


async def test_a_hidden_project_stays_hidden(socket_world: World) -> None:
    await socket_world.connect(EVE)
    await socket_world.say("/circle webhooks gh/acme/api", as_=EVE)
    await socket_world.reply("CircleCI does not know `acme/api`, or hides it from you", as_=EVE)


async def _register(world: World) -> None:
    web = next(
        one
        for one in (await world.fetch_state("circleci.projects"))["circleci"]["projects"]
        if one["slug"] == "gh/acme/web"
    )
    hook = {
        "name": "the bot",
        "events": ["workflow-completed"],
        "url": "https://user:sEcReT@hooks.example.com/services/T000/B000/sEcReT?token=sEcReT",
        "verify-tls": False,
        "signing-secret": "hush",
        "scope": {"id": web["id"], "type": "project"},
    }
    async with httpx.AsyncClient(headers={"Circle-Token": "CCIPAT_ada"}) as circleci:
        made = await circleci.post(f"{world.url}/circleci/api/v2/webhook", json=hook)
    assert made.status_code == 201


async def test_ours_is_installed_believed_and_removed(reachable: World) -> None:
    world = reachable
    await world.say("/circle webhooks gh/acme/web")
    assert "Install Our Webhook" in get_text(await world.reply("No webhook of ours"))
    await world.say("/circle subscribe gh/acme/web")
    await world.press(await world.reply("You own rule"), "Install Our Webhook")
    await world.message("CircleCI reports at once what ends in `acme/web`")
    [made] = [call for call in await world.list_requests("/webhook") if call["method"] == "POST"]
    assert made["body"]["verify-tls"] is True
    assert made["body"]["events"] == ["workflow-completed", "job-completed"]
    await world.control("push", project="gh/acme/web", branch="broken")
    await world.card("failed")
    await world.wait_until(lambda: _taken(world), "a webhook to be taken")
    await world.say("/circle webhooks gh/acme/web")
    shown = await world.reply("It is healthy: its last report came")
    await world.press(shown, "Remove Our Webhook")
    removed = await world.message("Removed our webhook of `acme/web`")
    await world.say("/circle webhooks gh/acme/web")
    await world.reply("*Webhooks* of `acme/web` (none)")
    await world.press(removed, "Undo")
    await world.wait_until(lambda: _is_installed(world, times=2), "it to be installed again")
    await world.say("/circle webhooks gh/acme/web")
    await world.reply("*Webhooks* of `acme/web` (1)")


async def test_who_may_not_is_told_how_it_is_done_by_hand(reachable: World) -> None:
    await reachable.connect(EVE)
    await reachable.say("/circle webhooks install gh/acme/web", as_=EVE)
    told = get_text(await reachable.reply("Only an admin of the organisation can", as_=EVE))
    assert f"{reachable.settings.public_url}/circleci/webhook" in told
    await reachable.say("/circle webhooks gh/acme/web", as_=EVE)
    await reachable.reply("No webhook of ours", as_=EVE)


async def test_a_project_has_room_for_five(reachable: World) -> None:
    for _ in range(5):
        await _register(reachable)
    await reachable.say("/circle webhooks install gh/acme/web")
    await reachable.reply("CircleCI allows at most 5")


async def test_after_a_lost_answer_the_webhook_is_there_once_and_looked_after(reachable: World) -> None:
    world = reachable
    await world.control("faults", target="circleci", match="webhook", method="POST", accept_then_drop=True, count=1)
    await world.say("/circle webhooks install gh/acme/web")
    await world.reply("Our webhook is there now")
    await world.say("/circle webhooks install gh/acme/web")
    await world.reply("CircleCI reports at once")
    await world.say("/circle webhooks gh/acme/web")
    await world.reply("*Webhooks* of `acme/web` (1)")


async def test_an_address_that_circleci_does_not_take_is_refused_in_its_own_words(tmp_path: Path) -> None:
    async with (
        asyncio.timeout(120),
        run_world(tmp_path, socket_mode=True, public_url="http://bot.example.com") as world,
    ):
        await world.connect()
        await world.say("/circle webhooks install gh/acme/web")
        told = get_text(await world.reply("URL must be https"))
        assert "admin" not in told
        await world.say("/circle webhooks gh/acme/web")
        await world.reply("No webhook of ours")


async def test_one_that_is_installed_again_keeps_its_secret_and_stays_one(reachable: World) -> None:
    for _ in range(2):
        await reachable.say("/circle webhooks install gh/acme/web")
        await reachable.reply("CircleCI reports at once")
    writes = [call["method"] for call in await reachable.list_requests("/webhook") if call["method"] != "GET"]
    assert writes == ["POST", "PUT"]
    await reachable.control("push", project="gh/acme/web", branch="broken")
    await reachable.wait_until(lambda: _taken(reachable), "a webhook to be taken")


async def test_without_an_address_of_ours_nothing_can_be_installed(connected_world: World) -> None:
    await connected_world.say("/circle webhooks install gh/acme/web")
    await connected_world.reply("PUBLIC_URL")
    await connected_world.say("/circle webhooks rm gh/acme/web")
    assert "Install" not in get_text(await connected_world.reply("We have no webhook in `acme/web`"))
    await connected_world.say("/circle webhooks gh/acme/web")
    assert "Install Our Webhook" not in get_text(await connected_world.reply("PUBLIC_URL"))


async def _is_installed(world: World, *, times: int) -> bool | None:
    return [call["method"] for call in await world.list_requests("/webhook")].count("POST") == times or None


async def _taken(world: World) -> bool | None:
    delivered: list[dict[str, Any]] = (await world.fetch_state("circleci.deliveries"))["circleci"]["deliveries"]
    return True if any(one["status"] == 200 for one in delivered) else None
