"""Posts, changes and deletes messages, and sends them to pages and app."""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.slack.app_events import emit_channel_event, emit_member_joined, emit_message
from sandbox.slack.fake_channels import FakeChannel
from sandbox.slack.fake_messages import FakeMessage
from sandbox.slack.fake_slack import FakeSlack
from sandbox.slack.ids import BOT_USER


def post_message(slack: FakeSlack, message: FakeMessage) -> None:
    """Add a message, and send it to the pages and, if it subscribed, to the app."""
    slack.messages.add(message)
    _publish(slack, message, "message")
    parent = slack.messages.find(message.channel, message.thread_ts) if message.thread_ts else None
    if parent and message.is_reply and not message.seen_only_by:
        _publish(slack, parent, "message_changed")
    if not message.seen_only_by:
        emit_message(slack, message)


def publish_change(slack: FakeSlack, message: FakeMessage, *, edited: bool = True) -> None:
    """Send a changed message to the pages and the app."""
    if edited:
        message.edited_ts = slack.ids.generate_ts()
    _publish(slack, message, "message_changed")


def delete_message(slack: FakeSlack, message: FakeMessage) -> None:
    slack.messages.remove(message)
    gone = {"type": "message_deleted", "channel": message.channel, "ts": message.ts}
    slack.page_streams.send(_readers(slack, message), gone)
    slack.changes.bump()


def join_channel(slack: FakeSlack, channel: FakeChannel, person: str, inviter: str | None = None) -> None:
    """Add a person, or the bot, to a channel."""
    if person in channel.members:
        return
    channel.members.append(person)
    slack.send_channels()
    emit_member_joined(slack, channel, person, inviter)


def leave_channel(slack: FakeSlack, channel: FakeChannel, person: str = BOT_USER) -> None:
    if person in channel.members:
        channel.members.remove(person)
        slack.send_channels()


def archive_channel(slack: FakeSlack, channel: FakeChannel, by: str) -> None:
    channel.is_archived = True
    slack.send_channels()
    emit_channel_event(slack, channel, "archive", {"channel": channel.id, "user": by})


def unarchive_channel(slack: FakeSlack, channel: FakeChannel, by: str) -> None:
    channel.is_archived = False
    slack.send_channels()
    emit_channel_event(slack, channel, "unarchive", {"channel": channel.id, "user": by})


def rename_channel(slack: FakeSlack, channel: FakeChannel, name: str) -> None:
    channel.name = name
    slack.send_channels()
    renamed = {"id": channel.id, "name": name, "created": channel.as_conversation()["created"]}
    emit_channel_event(slack, channel, "rename", {"channel": renamed})


def _publish(slack: FakeSlack, message: FakeMessage, event: str) -> None:
    shown = slack.messages.as_page(message, slack.get_author_name(message))
    slack.page_streams.send(_readers(slack, message), {"type": event, "channel": message.channel, "message": shown})
    slack.changes.bump()


def _readers(slack: FakeSlack, message: FakeMessage) -> Iterable[str]:
    if message.seen_only_by:
        return [message.seen_only_by]
    return [person.id for person in slack.list_people_in(slack.channels[message.channel])]
