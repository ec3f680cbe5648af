"""Messages: those of channels and those only one person sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.block_kit.markdown_tree import add_markdown_trees
from sandbox.slack.block_kit.state_values import Values
from sandbox.slack.ids import APP_ID, BOT_ID, BOT_USER, TEAM_ID
from sandbox.slack.message_content import MessageContent
from sandbox.slack.message_streams import MessageStream


@dataclass
class FakeMessage:
    """A message; with `seen_only_by` an ephemeral one, which has no place in the channel's history.

    `app` has the fields of another app that posted it. `stream` is set while the message is being streamed.
    """

    ts: str
    channel: str
    user: str
    content: MessageContent
    username: str | None = None
    subtype: str | None = None
    files: list[dict[str, Any]] = field(default_factory=list)
    thread_ts: str | None = None
    reply_broadcast: bool = False
    edited_ts: str | None = None
    seen_only_by: str | None = None
    unfurls: dict[str, dict[str, Any]] = field(default_factory=dict)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    pinned_to: list[str] = field(default_factory=list)
    values: Values = field(default_factory=dict)
    app: dict[str, Any] = field(default_factory=dict)
    stream: MessageStream | None = None

    @property
    def is_by_app(self) -> bool:
        return self.user == BOT_USER

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def attachments(self) -> list[dict[str, Any]]:
        """The author's own and those that unfurled links brought."""
        return [*self.content.attachments, *self.unfurls.values()]

    def build_shared_fields(self) -> dict[str, Any]:
        """The fields that the Web API and the Page API share; empty ones left out."""
        optional = {
            "blocks": self.content.blocks,
            "attachments": self.attachments,
            "files": self.files,
            "thread_ts": self.thread_ts,
            "subtype": self.subtype,
            "pinned_to": self.pinned_to,
        }
        return {"ts": self.ts, "text": self.content.text} | {key: part for key, part in optional.items() if part}


class FakeMessages:
    """All messages of the workspace, by channel and ts."""

    def __init__(self, team: str = TEAM_ID) -> None:
        self._team = team
        self._channels: dict[str, dict[str, FakeMessage]] = {}
        self._threads: dict[tuple[str, str], list[FakeMessage]] = {}
        self.ephemerals: dict[str, FakeMessage] = {}

    def add(self, message: FakeMessage) -> None:
        if message.seen_only_by:
            self.ephemerals[message.ts] = message
        else:
            self._channels.setdefault(message.channel, {})[message.ts] = message
            if message.thread_ts and message.is_reply:
                self._threads.setdefault((message.channel, message.thread_ts), []).append(message)

    def find(self, channel: str, ts: str) -> FakeMessage | None:
        return self._channels.get(channel, {}).get(ts)

    def remove(self, message: FakeMessage) -> None:
        self.ephemerals.pop(message.ts, None)
        self._channels.get(message.channel, {}).pop(message.ts, None)
        thread = self._threads.get((message.channel, message.thread_ts or ""), [])
        if message in thread:
            thread.remove(message)

    def list_in_channel(self, channel: str) -> list[FakeMessage]:
        return list(self._channels.get(channel, {}).values())

    def list_replies(self, parent: FakeMessage) -> list[FakeMessage]:
        return self._threads.get((parent.channel, parent.ts), [])

    def list_visible_to(self, person: str, channel: str) -> list[FakeMessage]:
        """The channel as one person sees it: with what only they see, oldest first."""
        private = [each for each in self.ephemerals.values() if (each.seen_only_by, each.channel) == (person, channel)]
        return sorted([*self.list_in_channel(channel), *private], key=lambda each: each.ts)

    def list_channel_ids(self) -> Iterator[str]:
        return iter(self._channels)

    def as_api(self, message: FakeMessage, *, with_metadata: bool = True) -> dict[str, Any]:
        """A message object of the Web API and of payloads (slack docs: message event)."""
        shown = {"type": "message", "user": message.user, "team": self._team, **message.build_shared_fields()}
        if message.is_by_app:
            shown |= {"bot_id": BOT_ID, "app_id": APP_ID, "bot_profile": _bot_profile(message.username, self._team)}
        shown |= message.app
        if not message.user:
            del shown["user"]
        if with_metadata and message.content.metadata:
            shown["metadata"] = message.content.metadata
        if message.edited_ts:
            shown["edited"] = {"user": message.user, "ts": message.edited_ts}
        if message.reactions:
            shown["reactions"] = [
                {"name": name, "users": users, "count": len(users)} for name, users in message.reactions.items()
            ]
        return shown | self._thread(message)

    def as_page(self, message: FakeMessage, username: str) -> dict[str, Any]:
        """A Message of the Page API."""
        shown = {**message.build_shared_fields(), "username": message.username or username, "user": message.user}
        if message.is_by_app:
            shown["bot_id"] = BOT_ID
        flags = {
            "edited": bool(message.edited_ts) and not message.content.blocks,
            "reply_broadcast": message.reply_broadcast,
            "ephemeral": bool(message.seen_only_by),
            "ephemeral_id": message.ts if message.seen_only_by else None,
            "metadata": message.content.metadata,
            "reactions": message.reactions,
            "reply_count": len(self.list_replies(message)),
        }
        return {**add_markdown_trees(shown), **{key: flag for key, flag in flags.items() if flag}}

    def _thread(self, message: FakeMessage) -> dict[str, Any]:
        replies = self.list_replies(message)
        if not replies:
            return {"parent_user_id": self._parent_user(message)} if message.is_reply else {}
        return {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users": sorted({each.user for each in replies}),
            "latest_reply": replies[-1].ts,
        }

    def _parent_user(self, message: FakeMessage) -> str | None:
        parent = self.find(message.channel, message.thread_ts or "")
        return parent.user if parent else None


def _bot_profile(name: str | None, team: str) -> dict[str, Any]:
    return {"id": BOT_ID, "app_id": APP_ID, "name": name or "circlebot", "deleted": False, "team_id": team}
