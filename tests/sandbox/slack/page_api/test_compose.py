from __future__ import annotations

import pytest

from tests.sandbox.slack.workspace import (
    ADA,
    ARCHIVED,
    DEPLOYS,
    EVE,
    GENERAL,
    GUS,
    PRIVATE,
    WEB,
    PageClient,
    SocketModeApp,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a & b < c > d", "a &amp; b &lt; c &gt; d"),
        ("hello @grace", "hello <@U0GRACE>"),
        ("hello <@U0GRACE>", "hello <@U0GRACE>"),
        ("hello @nobody at a@b.example", "hello @nobody at a@b.example"),
        ("see #web", "see <#C0WEB|web>"),
        ("see https://example.com/?a=1&b=2 ok", "see <https://example.com/?a=1&amp;b=2> ok"),
        ("@here look", "<!here> look"),
        ("*bold* `code`", "*bold* `code`"),
    ],
)
async def test_a_line_is_kept_as_slack_keeps_it(workspace: PageClient, typed: str, kept: str) -> None:
    await workspace.say(typed)
    assert (await workspace.messages())[0]["text"] == kept


async def test_a_message_is_by_its_author(workspace: PageClient) -> None:
    ts = (await workspace.say("hi", as_=EVE))["ts"]
    [seen] = await workspace.messages()
    assert seen == {"ts": ts, "text": "hi", "user": EVE, "username": "eve"}


async def test_a_reply_needs_its_thread(workspace: PageClient) -> None:
    refused = await workspace.refused("say", channel=DEPLOYS, text="?", thread_ts="1.000001")
    assert refused == (404, "no such thread")


@pytest.mark.parametrize(
    ("as_", "channel", "refused"),
    [
        (EVE, PRIVATE, (404, "no such channel")),
        (GUS, GENERAL, (404, "no such channel")),
        (ADA, "C0NOWHERE", (404, "no such channel")),
        (ADA, ARCHIVED, (400, "this channel is archived")),
        ("U0NOBODY", DEPLOYS, (404, "nobody is called U0NOBODY")),
        ("U0CIRCLEBOT", DEPLOYS, (404, "nobody is called U0CIRCLEBOT")),
    ],
)
async def test_nobody_speaks_where_they_are_not(
    workspace: PageClient, as_: str, channel: str, refused: tuple[int, str]
) -> None:
    assert await workspace.refused("say", as_, channel=channel, text="hi") == refused


async def test_an_empty_line_is_not_sent(workspace: PageClient) -> None:
    assert await workspace.refused("say", channel=DEPLOYS, text="  ") == (400, "there is no text")


@pytest.mark.parametrize("name", ["@circlebot", "<@U0CIRCLEBOT>", "circlebot"])
async def test_inviting_the_bot_makes_it_a_member(workspace: PageClient, name: str, the_app: SocketModeApp) -> None:
    await workspace.say(f"/invite {name}", channel=GENERAL)
    assert workspace.sandbox.slack.channels[GENERAL].has_bot
    assert (await workspace.messages(GENERAL))[0]["subtype"] == "channel_join"
    await workspace.until(lambda: the_app.payloads("member_joined_channel"))


async def test_nobody_unknown_is_invited(workspace: PageClient) -> None:
    assert await workspace.refused("say", channel=WEB, text="/invite @nobody") == (400, "nobody is called nobody")


async def test_who_is_invited_sees_the_channel(workspace: PageClient) -> None:
    await workspace.say("/invite @gus", channel=GENERAL)
    assert await workspace.messages(GENERAL, as_=GUS)


async def test_a_command_ends_at_any_blank(workspace: PageClient, the_app: SocketModeApp) -> None:
    await workspace.say("/circle\nstatus")
    [payload] = await workspace.until(lambda: the_app.payloads("command"))
    assert (payload["command"], payload["text"]) == ("/circle", "status")


async def test_who_mentions_the_app_where_it_is_not_is_told_by_slackbot(workspace: PageClient) -> None:
    await workspace.say("@circlebot status", channel=GENERAL)
    told = (await workspace.messages(channel=GENERAL))[-1]
    assert (told["user"], told["ephemeral"]) == ("USLACKBOT", True)
    assert "`/invite @circlebot`" in told["text"]
    await workspace.say("/invite @circlebot", channel=GENERAL)
    await workspace.say("@circlebot status", channel=GENERAL)
    assert (await workspace.messages(channel=GENERAL))[-1]["text"] == "<@U0CIRCLEBOT> status"
