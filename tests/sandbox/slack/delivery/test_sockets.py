from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from tests.sandbox.slack.workspace import DEPLOYS, WITHIN_S, PageClient, SocketModeApp

Frame = dict[str, Any]


@asynccontextmanager
async def socket(workspace: PageClient, token: str = "xapp-sandbox") -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A bare connection, to see the frames themselves."""
    others = len(workspace.sandbox.slack.sockets)
    url = (await workspace.web.apps_connections_open(app_token=token))["url"]
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as connected:
        yield connected
    await workspace.until(lambda: len(workspace.sandbox.slack.sockets) == others)


async def frame(connected: aiohttp.ClientWebSocketResponse) -> Frame:
    received: Frame = await connected.receive_json(timeout=WITHIN_S)
    return received


async def test_a_connection_begins_with_hello(workspace: PageClient) -> None:
    async with socket(workspace) as connected:
        hello = await frame(connected)
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        assert hello["debug_info"]["approximate_connection_time"] > 0
        assert hello["connection_info"] == {"app_id": "A0CIRCLEBOT"}


async def test_a_ticket_works_once(workspace: PageClient) -> None:
    url = (await workspace.web.apps_connections_open(app_token="xapp-sandbox"))["url"]
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url):
            pass
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(url)
    assert refused.value.status == 403


async def test_an_envelope_carries_what_slack_puts_into_it(workspace: PageClient) -> None:
    async with socket(workspace) as connected:
        await frame(connected)
        await workspace.say("/circle help")
        command = await frame(connected)
        assert command.keys() == {"envelope_id", "type", "payload", "accepts_response_payload"}
        assert (command["type"], command["accepts_response_payload"]) == ("slash_commands", True)
        await workspace.say("hello <@U0CIRCLEBOT>")
        event = await frame(connected)
        assert (event["type"], event["accepts_response_payload"]) == ("events_api", False)
        assert (event["retry_attempt"], event["retry_reason"]) == (0, "")


async def test_the_server_answers_pings(workspace: PageClient) -> None:
    url = (await workspace.web.apps_connections_open(app_token="xapp-sandbox"))["url"]
    async with aiohttp.ClientSession() as session, session.ws_connect(url, autoping=False) as connected:
        await frame(connected)
        await connected.ping(b"are you there")
        pong = await connected.receive(timeout=WITHIN_S)
        assert (pong.type, pong.data) == (aiohttp.WSMsgType.PONG, b"are you there")
    await workspace.until(lambda: len(workspace.sandbox.slack.sockets) == 0)


async def test_each_payload_goes_to_one_socket_in_turn(workspace: PageClient) -> None:
    async with socket(workspace) as first, socket(workspace) as second:
        await frame(first)
        assert (await frame(second))["num_connections"] == 2
        for number in range(4):
            await workspace.say(f"/circle {number}")
        heard = [[(await frame(one))["payload"]["text"] for _ in range(2)] for one in (first, second)]
        assert sorted([*heard[0], *heard[1]]) == ["0", "1", "2", "3"]


async def test_each_app_counts_its_own_sockets(workspace: PageClient) -> None:
    other = workspace.sandbox.slack.tokens.issue_app_level("A0OTHER")
    async with socket(workspace) as first, socket(workspace, token=other.value) as second:
        for connected, app in ((first, "A0CIRCLEBOT"), (second, "A0OTHER")):
            hello = await frame(connected)
            assert (hello["num_connections"], hello["connection_info"]) == (1, {"app_id": app})


async def test_an_eleventh_socket_is_one_too_many(workspace: PageClient) -> None:
    async with aiohttp.ClientSession() as session:
        open_ones = []
        for _ in range(10):
            url = (await workspace.web.apps_connections_open(app_token="xapp-sandbox"))["url"]
            open_ones.append(await session.ws_connect(url))
            await frame(open_ones[-1])
        url = (await workspace.web.apps_connections_open(app_token="xapp-sandbox"))["url"]
        eleventh = await session.ws_connect(url)
        assert await frame(eleventh) == {
            "type": "disconnect",
            "reason": "too_many_websockets",
            "debug_info": {"host": "applink-sandbox"},
        }
        assert (await eleventh.receive(timeout=WITHIN_S)).type is aiohttp.WSMsgType.CLOSE
        await asyncio.gather(*(one.close() for one in open_ones))
    await workspace.until(lambda: len(workspace.sandbox.slack.sockets) == 0)


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled", "too_many_websockets"])
async def test_a_disconnect_is_announced_with_its_reason(workspace: PageClient, reason: str) -> None:
    async with socket(workspace) as connected:
        await frame(connected)
        await workspace.http.post("/_control/faults", json={"target": "slack", "match": "socket", "disconnect": reason})
        announced = await frame(connected)
        assert (announced["type"], announced["reason"]) == ("disconnect", reason)


async def test_a_socket_to_be_refreshed_hears_on_until_another_is_there_and_is_closed_after_a_while(
    workspace: PageClient,
) -> None:
    async with socket(workspace) as old:
        await frame(old)
        await workspace.sandbox.slack.disconnect("refresh_requested")
        await frame(old)
        await workspace.say("/circle first")
        envelope = await frame(old)
        assert envelope["payload"]["text"] == "first"
        await old.send_json({"envelope_id": envelope["envelope_id"]})
        await workspace.until(lambda: workspace.sandbox.slack.deliveries.records)
        assert workspace.sandbox.slack.deliveries.records[0]["outcome"] == "acked"
        async with socket(workspace) as new:
            await frame(new)
            for _ in range(2):
                await workspace.say("/circle second")
                assert (await frame(new))["payload"]["text"] == "second"
        workspace.clock.advance(10)
        assert (await old.receive(timeout=WITHIN_S)).type is aiohttp.WSMsgType.CLOSE


async def test_a_link_that_was_switched_off_hears_nothing_more(workspace: PageClient) -> None:
    async with socket(workspace) as connected:
        await frame(connected)
        await workspace.sandbox.slack.disconnect("link_disabled")
        await frame(connected)
        await workspace.say("/circle help")
        await workspace.until(lambda: workspace.sandbox.slack.deliveries.records)
        assert workspace.sandbox.slack.deliveries.records[0]["outcome"] == "unreachable"


async def test_the_sdk_reconnects_when_it_is_asked_to(workspace: PageClient, the_app: SocketModeApp) -> None:
    first = the_app.client.current_session
    await workspace.sandbox.slack.disconnect("refresh_requested")
    await workspace.until(lambda: the_app.client.current_session is not first)
    await workspace.say("/circle still there")
    await workspace.until(lambda: the_app.payloads("command"))


async def test_sockets_are_refreshed_every_so_often_if_that_is_configured(workspace: PageClient) -> None:
    workspace.sandbox.slack.sockets.refresh_every_s = 3600
    try:
        async with socket(workspace) as connected:
            await frame(connected)
            workspace.clock.advance(3601)
            assert (await frame(connected))["reason"] == "refresh_requested"
    finally:
        workspace.sandbox.slack.sockets.refresh_every_s = None


async def test_a_dropped_socket_ends_without_a_closing_frame(workspace: PageClient) -> None:
    async with socket(workspace) as connected:
        await frame(connected)
        await workspace.http.post("/_control/faults", json={"target": "slack", "match": "socket", "drop_socket": True})
        ended = await connected.receive(timeout=WITHIN_S)
        assert ended.type in {aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}
        assert connected.close_code == 1006


async def test_nonsense_from_the_app_is_ignored(workspace: PageClient) -> None:
    async with socket(workspace) as connected:
        await frame(connected)
        for nonsense in ("{", "[]", json.dumps({"envelope_id": "unknown"}), "null"):
            await connected.send_str(nonsense)
        await workspace.say("/circle help")
        envelope = await frame(connected)
        await connected.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "fine"}})
        await workspace.until(lambda: workspace.sandbox.slack.messages.ephemerals)
    assert [each["text"] for each in await workspace.messages(DEPLOYS)] == ["fine"]


async def test_the_page_is_told_whether_the_app_is_there(workspace: PageClient) -> None:
    async def connected_now() -> bool:
        boot = await workspace.http.get("/_page/boot", params={"as": "U0ADA"})
        return bool(boot.json()["connected"])

    assert await connected_now() is False
    async with socket(workspace) as connected:
        await frame(connected)
        assert await connected_now() is True
    assert await connected_now() is False
