from __future__ import annotations

import httpx

from tests.plugins.reading import text_of
from tests.plugins.world import EVE, World


async def test_webhooks_are_listed_without_their_secrets(world: World) -> None:
    await world.connect()
    await world.say("/circle webhooks gh/acme/web")
    await world.reply("*Webhooks* of `gh/acme/web` (none)")
    await _register(world)
    await world.say("/circle webhooks gh/acme/web")
    shown = text_of(await world.reply("*Webhooks* of `gh/acme/web` (1)"))
    assert "*the bot*" in shown
    assert "`https://hooks.example.com/services/T000/B000…` of `workflow-completed`" in shown
    assert "does not verify TLS" in shown
    assert "hush" not in shown
    assert "sEcReT" not in shown


async def test_a_hidden_project_stays_hidden(socket_world: World) -> None:
    await socket_world.connect(EVE)
    await socket_world.say("/circle webhooks gh/acme/api", as_=EVE)
    await socket_world.reply("CircleCI does not know `gh/acme/api`, or hides it from you", as_=EVE)


async def _register(world: World) -> None:
    web = next(one for one in (await world.state())["circleci"]["projects"] if one["slug"] == "gh/acme/web")
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
