from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.sandbox.slack.workspace import DEPLOYS, PageClient, SocketModeApp

Json = dict[str, Any]


def option(word: str) -> Json:
    return {"text": {"type": "plain_text", "text": word}, "value": word}


async def select(workspace: PageClient, **more: Any) -> Json:
    element = {"type": "external_select", "action_id": "project", **more}
    blocks = [{"type": "actions", "block_id": "row", "elements": [element]}]
    ts = (await workspace.web.chat_postMessage(channel=DEPLOYS, text="which?", blocks=blocks))["ts"]
    return {"channel": DEPLOYS, "ts": ts, "block_id": "row", "action_id": "project"}


async def test_what_was_typed_goes_to_the_app_and_its_options_come_back(
    workspace: PageClient, the_app: SocketModeApp
) -> None:
    the_app.answers["block_suggestion"] = {"options": [option("gh/acme/web")]}
    where = await select(workspace)
    assert await workspace.do("suggest", **where, value="web") == {"options": [option("gh/acme/web")]}
    [payload] = the_app.payloads("block_suggestion")
    assert (payload["value"], payload["block_id"], payload["action_id"]) == ("web", "row", "project")
    assert (payload["user"]["id"], payload["team"]["id"]) == ("U0ADA", "T0SANDBOX")
    assert payload["container"]["channel_id"] == DEPLOYS


async def test_groups_come_back_as_they_are(workspace: PageClient, the_app: SocketModeApp) -> None:
    groups = {"option_groups": [{"label": {"type": "plain_text", "text": "gh"}, "options": [option("web")]}]}
    the_app.answers["block_suggestion"] = groups
    assert await workspace.do("suggest", **await select(workspace), value="web") == groups


async def test_fewer_letters_than_the_minimum_ask_nobody(workspace: PageClient, the_app: SocketModeApp) -> None:
    the_app.answers["block_suggestion"] = {"options": [option("web")]}
    assert await workspace.do("suggest", **await select(workspace), value="we") == {"options": []}
    assert the_app.heard == []
    eager = await select(workspace, min_query_length=0)
    assert await workspace.do("suggest", **eager, value="") == {"options": [option("web")]}


@pytest.mark.parametrize(
    "answer",
    [
        {"options": [option(str(n)) for n in range(101)]},
        {"options": [option("x" * 76)]},
        {"choices": []},
        {"options": {}},
    ],
)
async def test_an_answer_over_the_limits_shows_nothing(
    workspace: PageClient, the_app: SocketModeApp, answer: Any
) -> None:
    the_app.answers["block_suggestion"] = answer
    assert await workspace.do("suggest", **await select(workspace), value="web") == {"options": []}


async def test_an_empty_ack_and_a_late_one_show_nothing(workspace: PageClient, the_app: SocketModeApp) -> None:
    where = await select(workspace)
    assert await workspace.do("suggest", **where, value="web") == {"options": []}
    the_app.silent = True
    asking = asyncio.ensure_future(workspace.do("suggest", **where, value="web"))
    await workspace.until(lambda: len(the_app.heard) == 2)
    workspace.clock.advance(3)
    assert await asking == {"options": []}


async def test_a_chosen_suggestion_is_taken_as_it_is(workspace: PageClient, the_app: SocketModeApp) -> None:
    await workspace.do("press", **await select(workspace), selected_option=option("gh/acme/web"))
    [payload] = await workspace.until(lambda: the_app.payloads("block_actions"))
    assert payload["actions"][0]["selected_option"] == option("gh/acme/web")


async def test_only_external_selects_take_suggestions(workspace: PageClient) -> None:
    blocks = [{"type": "actions", "block_id": "row", "elements": [{"type": "users_select", "action_id": "who"}]}]
    ts = (await workspace.web.chat_postMessage(channel=DEPLOYS, text="who?", blocks=blocks))["ts"]
    where = {"channel": DEPLOYS, "ts": ts, "block_id": "row", "action_id": "who"}
    assert (await workspace.refused("suggest", **where, value="ada"))[0] == 409
