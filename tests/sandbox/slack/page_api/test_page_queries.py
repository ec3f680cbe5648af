from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.sandbox.slack.workspace import ADA, DEPLOYS, EVE, GUS, PageClient, SocketModeApp

Json = dict[str, Any]


@asynccontextmanager
async def page(workspace: PageClient, as_: str = ADA) -> AsyncIterator[AsyncIterator[Json]]:
    """The live events of a person, as a browser gets them."""
    async with workspace.http.stream("GET", "/_page/live", params={"as": as_}) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.aiter_lines()
        assert (await anext(lines)).startswith(":")
        yield _events(lines)


async def _events(lines: AsyncIterator[str]) -> AsyncIterator[Json]:
    async for line in lines:
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


async def of_type(events: AsyncIterator[Json], kind: str) -> Json:
    async with asyncio.timeout(10):
        async for event in events:
            if event["type"] == kind:
                return event
    raise AssertionError(f"the stream ended before {kind}")


async def boot(workspace: PageClient, as_: str = ADA) -> Json:
    answer = await workspace.http.get("/_page/boot", params={"as": as_})
    booted: Json = answer.json()
    return booted


async def test_the_page_begins_with_people_channels_and_commands(workspace: PageClient) -> None:
    seen = await boot(workspace)
    assert seen["team"] == {"id": "T0SANDBOX", "name": "Sandbox"}
    assert seen["me"] == {
        "id": ADA,
        "name": "ada",
        "real_name": "Ada Adams",
        "avatar": {"initials": "AA", "color": "#9f69e7"},
        "is_guest": False,
        "locale": "en-GB",
        "zone": "Europe/Berlin",
        "remark": None,
        "is_bot": False,
    }
    assert [each["name"] for each in seen["people"]] == ["ada", "grace", "eve", "gus", "wim", "circlebot"]
    assert seen["groups"] == {"S0DEPLOYERS": "deployers", "S0RELEASE": "release-managers", "S0PLATFORM": "platform"}
    assert seen["app"] == {"user_id": "U0CIRCLEBOT", "bot_id": "B0CIRCLEBOT", "name": "circlebot", "icon": ""}
    assert seen["shortcuts"][0] == {"type": "global", "name": "Start something", "callback_id": "start"}
    assert seen["connected"] is False


async def test_of_a_command_the_page_knows_what_slack_shows(workspace: PageClient) -> None:
    circle = (await boot(workspace))["commands"][0]
    assert circle == {
        "command": "/circle",
        "description": "CircleCI",
        "usage_hint": "trigger [project] | status | help <word>",
    }


async def test_everybody_sees_their_own_channels(workspace: PageClient) -> None:
    async def names(as_: str) -> list[str]:
        return [each["name"] for each in (await boot(workspace, as_))["channels"]]

    between_people = ["", "mpdm-ada--grace--eve-1"]
    assert await names(ADA) == ["deploys", "web", "general", "private-ops", "old-news", *between_people, "ada"]
    assert await names(EVE) == ["deploys", "web", "general", "old-news", between_people[1], "eve"]
    assert await names(GUS) == ["web", "gus"]


async def test_a_channel_is_described(workspace: PageClient) -> None:
    channels = {each["id"]: each for each in (await boot(workspace))["channels"]}
    assert channels[DEPLOYS] == {
        "id": DEPLOYS,
        "name": "deploys",
        "is_private": False,
        "is_im": False,
        "is_archived": False,
        "members": ["U0ADA", "U0GRACE", "U0EVE", "U0CIRCLEBOT"],
        "bot_is_member": True,
        "topic": "What goes to production, and when",
    }
    assert (channels["D0ADA"]["is_im"], channels["D0ADA"]["user"]) == (True, ADA)


async def test_messages_are_told_as_they_come_change_and_go(workspace: PageClient) -> None:
    async with page(workspace) as events:
        ts = (await workspace.web.chat_postMessage(channel=DEPLOYS, text="pending"))["ts"]
        new = await of_type(events, "message")
        assert (new["channel"], new["message"]["text"]) == (DEPLOYS, "pending")
        await workspace.web.chat_update(channel=DEPLOYS, ts=ts, text="success")
        assert (await of_type(events, "message_changed"))["message"]["text"] == "success"
        await workspace.web.chat_delete(channel=DEPLOYS, ts=ts)
        assert await of_type(events, "message_deleted") == {
            "type": "message_deleted",
            "channel": DEPLOYS,
            "ts": ts,
        }


async def test_nobody_hears_of_what_they_cannot_see(workspace: PageClient) -> None:
    async with page(workspace, GUS) as events:
        await workspace.web.chat_postMessage(channel=DEPLOYS, text="not for guests")
        await workspace.web.chat_postEphemeral(channel="C0WEB", user=ADA, text="not for Gus")
        await workspace.web.chat_postMessage(channel="C0WEB", text="for all of web")
        assert (await of_type(events, "message"))["message"]["text"] == "for all of web"


async def test_a_reply_tells_its_parent_anew(workspace: PageClient) -> None:
    ts = (await workspace.say("a thread"))["ts"]
    async with page(workspace) as events:
        await workspace.say("a reply", thread_ts=ts)
        changed = await of_type(events, "message_changed")
        assert (changed["message"]["ts"], changed["message"]["reply_count"]) == (ts, 1)


async def test_modals_and_home_tabs_are_told(workspace: PageClient) -> None:
    title = {"type": "plain_text", "text": "Form"}
    async with page(workspace) as events:
        view = await workspace.opened({"type": "modal", "title": title, "close": title, "blocks": []})
        told = (await of_type(events, "view"))["view"]
        assert told == {
            "id": view["id"],
            "type": "modal",
            "callback_id": "",
            "title": "Form",
            "close": "Form",
            "blocks": [],
            "state": {},
            "hash": view["hash"],
        }
        await workspace.do("close", view_id=view["id"])
        assert (await of_type(events, "view"))["view"] is None
        await workspace.web.views_publish(user_id=ADA, view={"type": "home", "blocks": []})
        assert (await of_type(events, "home"))["view"]["type"] == "home"


async def test_channels_connections_and_resets_are_told(workspace: PageClient, the_app: SocketModeApp) -> None:
    async with page(workspace) as events:
        created = (await workspace.do("channel", do="create", name="Release Notes", private=True))["channel"]
        assert (created["name"], created["is_private"], created["members"]) == ("release-notes", True, [ADA])
        assert "release-notes" in [each["name"] for each in (await of_type(events, "channels"))["channels"]]
        await the_app.client.disconnect()
        assert (await of_type(events, "connected"))["connected"] is False
        await workspace.http.post("/_control/reset")
        assert await of_type(events, "reset") == {"type": "reset"}
        assert "release-notes" not in [each["name"] for each in (await boot(workspace))["channels"]]


async def test_a_reset_leaves_sockets_open(workspace: PageClient, the_app: SocketModeApp) -> None:
    await workspace.http.post("/_control/reset")
    assert (await workspace.state())["sockets"] == 1
    await workspace.say("/circle help")
    await workspace.until(lambda: the_app.payloads("command"))


async def test_strangers_see_nothing(workspace: PageClient) -> None:
    for path in ("boot", "messages", "live"):
        answer = await workspace.http.get(f"/_page/{path}", params={"as": "U0NOBODY", "channel": DEPLOYS})
        assert (answer.status_code, answer.json()["error"]) == (404, "nobody is called U0NOBODY")


async def test_the_page_knows_emoji_by_slacks_names(workspace: PageClient) -> None:
    known = (await workspace.http.get("/_page/emoji")).json()
    assert [known[name] for name in ("tada", "+1", "one", "label")] == [
        "🎉\ufe0f",
        "👍\ufe0f",
        "1\ufe0f\u20e3",
        "🏷\ufe0f",
    ]
    assert "stop_sign" in known
