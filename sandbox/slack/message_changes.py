"""Writing, changing and deleting messages so that everybody who should see it does."""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.slack.app_events import channel_event, member_joined, message_posted
from sandbox.slack.fake_channels import Channel
from sandbox.slack.fake_messages import Message
from sandbox.slack.fake_slack import Slack
from sandbox.slack.ids import BOT_USER


def post(slack: Slack, message: Message) -> None:
    """Add a message and tell the pages and, if it listens, the app."""
    slack.messages.add(message)
    _tell(slack, message, "message")
    parent = slack.messages.find(message.channel, message.thread_ts) if message.thread_ts else None
    if parent and message.is_reply and not message.seen_only_by:
        _tell(slack, parent, "message_changed")
    if not message.seen_only_by:
        message_posted(slack, message)


def changed(slack: Slack, message: Message, *, edited: bool = True) -> None:
    """Tell that a message reads differently now."""
    if edited:
        message.edited_ts = slack.ids.ts()
    _tell(slack, message, "message_changed")


def delete(slack: Slack, message: Message) -> None:
    slack.messages.remove(message)
    gone = {"type": "message_deleted", "channel": message.channel, "ts": message.ts}
    slack.live.tell(_readers(slack, message), gone)
    slack.changes.bump()


def join(slack: Slack, channel: Channel, person: str, inviter: str | None = None) -> None:
    """Put somebody, or the bot, into a channel."""
    if person in channel.members:
        return
    channel.members.append(person)
    slack.tell_channels()
    member_joined(slack, channel, person, inviter)


def leave(slack: Slack, channel: Channel, person: str = BOT_USER) -> None:
    if person in channel.members:
        channel.members.remove(person)
        slack.tell_channels()


def archive(slack: Slack, channel: Channel, by: str) -> None:
    channel.is_archived = True
    slack.tell_channels()
    channel_event(slack, channel, "archive", {"channel": channel.id, "user": by})


def rename(slack: Slack, channel: Channel, name: str) -> None:
    channel.name = name
    slack.tell_channels()
    renamed = {"id": channel.id, "name": name, "created": channel.as_conversation()["created"]}
    channel_event(slack, channel, "rename", {"channel": renamed})


def _tell(slack: Slack, message: Message, event: str) -> None:
    shown = slack.messages.as_page(message, slack.name_of(message))
    slack.live.tell(_readers(slack, message), {"type": event, "channel": message.channel, "message": shown})
    slack.changes.bump()


def _readers(slack: Slack, message: Message) -> Iterable[str]:
    if message.seen_only_by:
        return [message.seen_only_by]
    return [person.id for person in slack.people_in(slack.channels[message.channel])]
