"""POST /_page/say: messages as a composer sends them, and the commands typed into it."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import Any

from sandbox.slack import message_changes
from sandbox.slack.fake_channels import FakeChannel
from sandbox.slack.fake_messages import FakeMessage
from sandbox.slack.fake_slack import FakeSlack
from sandbox.slack.ids import BOT_USER, SLACKBOT
from sandbox.slack.interactions.slash_commands import run_command
from sandbox.slack.message_content import MessageContent
from sandbox.slack.page_api.page_requests import PageError, get_channel
from sandbox.slack.workspace_users import FakeSlackUser

# What is more than plain words in a line: Slack's own notation for mentions, links, @names and #channels.
_PIECE = re.compile(
    r"(?P<reference><[@#!][^<>\s]+>)|(?P<url>https?://[^\s<>]+)|(?<!\w)@(?P<user>[\w-]+)|(?<!\w)#(?P<channel>[\w-]+)",
)


def say(slack: FakeSlack, person: FakeSlackUser, body: dict[str, Any]) -> dict[str, str]:
    """{"ts"} of a message or {"trigger_id"} of a command. Raises PageError for what Slack would not send."""
    channel = get_channel(slack, person, body.get("channel"))
    text, thread_ts = str(body.get("text") or "").strip(), body.get("thread_ts")
    if not text:
        raise PageError("there is no text")
    if channel.is_archived:
        raise PageError("this channel is archived")
    if text.startswith("/") and not text.startswith("//"):
        return _command(slack, person, channel, text, in_thread=bool(thread_ts))
    return {"ts": _message(slack, person, channel, text, thread_ts).ts}


def _message(
    slack: FakeSlack, person: FakeSlackUser, channel: FakeChannel, text: str, thread_ts: str | None
) -> FakeMessage:
    if thread_ts and slack.messages.find(channel.id, thread_ts) is None:
        raise PageError("no such thread", 404)
    if person.id not in channel.members:
        message_changes.join_channel(slack, channel, person.id)
    content = MessageContent(encode_text(slack, text))
    message = FakeMessage(slack.ids.generate_ts(), channel.id, person.id, content, thread_ts=thread_ts or None)
    message_changes.post_message(slack, message)
    _say_who_is_missing(slack, message, channel)
    return message


def _say_who_is_missing(slack: FakeSlack, message: FakeMessage, channel: FakeChannel) -> None:
    """An app gets no mention from a channel that it is not in; Slackbot tells the person so."""
    if f"<@{BOT_USER}>" in message.content.text and not (channel.has_bot or channel.is_im):
        notice = f"You mentioned <@{BOT_USER}>, but they are not in this channel. `/invite @circlebot` lets them in."
        answer = replace(
            message, ts=slack.ids.generate_ts(), user=SLACKBOT, username="Slackbot", content=MessageContent(notice)
        )
        answer.seen_only_by = message.user
        message_changes.post_message(slack, answer)


def post_as_other_app(slack: FakeSlack, body: dict[str, Any]) -> FakeMessage:
    """Post as another app, in its own name or (with `user`) a person's. Raises PageError for an unknown channel."""
    channel = slack.channels.get(str(body.get("channel")))
    if channel is None:
        raise PageError("no such channel", 404)
    content, user = MessageContent(str(body.get("text") or "")), str(body.get("user") or "")
    app = {"bot_id": "B0FEED", "app_id": "A0FEED", "bot_profile": {"id": "B0FEED", "app_id": "A0FEED", "name": "feed"}}
    message = FakeMessage(
        slack.ids.generate_ts(), channel.id, user, content, username="feed", subtype=body.get("subtype"), app=app
    )
    message_changes.post_message(slack, message)
    return message


def _command(
    slack: FakeSlack, person: FakeSlackUser, channel: FakeChannel, text: str, *, in_thread: bool
) -> dict[str, str]:
    word, *others = text.split(maxsplit=1)
    rest = others[0] if others else ""
    if in_thread:
        raise PageError(f"{word} is not supported in threads. Sorry!")
    if word == "/invite":
        return _invite(slack, person, channel, rest)
    command = slack.manifest.find_command(word)
    if command is None or person.is_stranger:
        raise PageError(f"{word} is not a valid command")
    typed = encode_text(slack, rest, labelled=True) if command.get("should_escape") else html.escape(rest, quote=False)
    return {"trigger_id": run_command(slack, person, channel, word, typed.strip())}


def _invite(slack: FakeSlack, person: FakeSlackUser, channel: FakeChannel, rest: str) -> dict[str, str]:
    """/invite @somebody: Slack's own command, which also brings the app into a channel."""
    name = rest.strip().removeprefix("<").removesuffix(">").removeprefix("@")
    invited = next((each for each in slack.people.values() if name in {each.name, each.id}), None)
    if invited is None:
        raise PageError(f"nobody is called {name}")
    if channel.is_im:
        raise PageError("nobody can be invited to a direct message")
    message_changes.join_channel(slack, channel, invited.id, inviter=person.id)
    whose = f"<@{invited.id}> was added to <#{channel.id}|{channel.name}> by <@{person.id}>."
    joined = FakeMessage(slack.ids.generate_ts(), channel.id, invited.id, MessageContent(whose), subtype="channel_join")
    if invited.id != BOT_USER:
        message_changes.post_message(slack, joined)
        return {"ts": joined.ts}
    slack.messages.add(joined)
    message_changes.publish_change(slack, joined, edited=False)
    return {"ts": joined.ts}


def encode_text(slack: FakeSlack, text: str, *, labelled: bool = False) -> str:
    """As Slack stores what was typed: names and links in angle brackets, &, < and > escaped.

    In a command a person's reference says their name too (slack docs: "Escaping user, channel and group names").
    """
    pieces, end = [], 0
    for match in _PIECE.finditer(text):
        reference = _reference(slack, match, labelled=labelled)
        pieces += [html.escape(text[end : match.start()], quote=False), reference]
        end = match.end()
    return "".join([*pieces, html.escape(text[end:], quote=False)])


def _reference(slack: FakeSlack, match: re.Match[str], *, labelled: bool) -> str:
    if match["reference"]:
        return match["reference"]
    if match["url"]:
        return f"<{html.escape(match['url'], quote=False)}>"
    if match["channel"]:
        channel = slack.channels.find_by_name(match["channel"])
        return f"<#{channel.id}|{channel.name}>" if channel else match[0]
    return _mention(slack, match["user"], labelled=labelled) or match[0]


def _mention(slack: FakeSlack, name: str, *, labelled: bool) -> str | None:
    """Everybody, a user group or a person; None for a name that nobody has."""
    if name in {"here", "channel", "everyone"}:
        return f"<!{name}>"
    if group := slack.user_groups.find_by_handle(name):
        return f"<!subteam^{group.id}|@{name}>"
    person = next((each for each in slack.people.values() if each.name == name), None)
    if person is None:
        return None
    return f"<@{person.id}|{person.name}>" if labelled else f"<@{person.id}>"
