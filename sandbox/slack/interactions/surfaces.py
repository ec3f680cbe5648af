"""The surface of a click: a message, an ephemeral one, a modal or the home tab."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from sandbox.slack.block_kit.block_tree import find_element
from sandbox.slack.block_kit.state_values import Values, build_initial_values
from sandbox.slack.fake_messages import FakeMessage
from sandbox.slack.fake_slack import FakeSlack
from sandbox.slack.fake_views import FakeView
from sandbox.slack.interactions.interaction_payload import build_channel
from sandbox.slack.workspace_users import FakeSlackUser

Json = dict[str, Any]


class ElementGone(Exception):
    """The clicked element is not there (any more)."""


class Surface(Protocol):
    """What has blocks. `source` is the message, if it is one, which a response_url may replace."""

    @property
    def source(self) -> FakeMessage | None: ...

    @property
    def blocks(self) -> list[Json]: ...

    @property
    def values(self) -> Values:
        """What was typed and chosen so far, by block and action."""
        ...

    def build_container(self, block_id: str) -> Json:
        """The `container` of a payload."""
        ...

    def build_context(self) -> Json:
        """The fields of a payload about the place."""
        ...


class ViewSurface:
    """A modal or a home tab."""

    source = None

    def __init__(self, view: FakeView) -> None:
        self._view = view

    @property
    def blocks(self) -> list[Json]:
        return self._view.blocks

    @property
    def values(self) -> Values:
        return self._view.values

    def build_container(self, block_id: str) -> Json:  # noqa: ARG002 - messages need it
        return {"type": "view", "view_id": self._view.id}

    def build_context(self) -> Json:
        return {"view": self._view.as_api()}


class MessageSurface:
    """A message, with the blocks of its attachments."""

    def __init__(self, slack: FakeSlack, message: FakeMessage) -> None:
        self._slack = slack
        self.source = message

    @property
    def blocks(self) -> list[Json]:
        inside = [block for each in self.source.attachments for block in each.get("blocks", [])]
        return [*self.source.content.blocks, *inside]

    @property
    def values(self) -> Values:
        self.source.values = build_initial_values(self.blocks, self.source.values)
        return self.source.values

    def build_container(self, block_id: str) -> Json:
        container = {
            "type": "message",
            "message_ts": self.source.ts,
            "channel_id": self.source.channel,
            "is_ephemeral": bool(self.source.seen_only_by),
        }
        thread = {"thread_ts": self.source.thread_ts} if self.source.thread_ts else {}
        return container | thread | self._attachment(block_id)

    def _attachment(self, block_id: str) -> Json:
        """What is added when the block belongs to an attachment, an unfurled link above all."""
        for number, each in enumerate(self.source.attachments, start=1):
            if any(block["block_id"] == block_id for block in each.get("blocks", [])):
                unfurl = {"is_app_unfurl": True, "app_unfurl_url": each["from_url"]} if "from_url" in each else {}
                return {"type": "message_attachment", "attachment_id": number, **unfurl}
        return {}

    def build_context(self) -> Json:
        """An ephemeral message is not repeated in its payloads."""
        channel = build_channel(self._slack.channels[self.source.channel])
        shown = {} if self.source.seen_only_by else {"message": self._slack.messages.as_api(self.source)}
        return {"channel": channel, **shown}


def get_element(surface: Surface, block_id: str, action_id: str) -> tuple[Json, Json]:
    """The block and the element with these ids. Raises ElementGone."""
    block_and_element = find_element(surface.blocks, block_id, action_id)
    if block_and_element is None:
        raise ElementGone
    return block_and_element


def get_surface(slack: FakeSlack, person: FakeSlackUser, where: Mapping[str, Any]) -> Surface:
    """By `view_id`, `ephemeral_id` or `channel` and `ts`. Raises ElementGone when this person sees none."""
    if where.get("view_id"):
        view = slack.views.find(str(where["view_id"]))
        if view is None or view.person != person.id:
            raise ElementGone
        return ViewSurface(view)
    message = _message(slack, where)
    if message is None or message.seen_only_by not in {None, person.id}:
        raise ElementGone
    if not slack.channels.can_see(person, slack.channels[message.channel]):
        raise ElementGone
    return MessageSurface(slack, message)


def _message(slack: FakeSlack, where: Mapping[str, Any]) -> FakeMessage | None:
    ephemeral = slack.messages.ephemerals.get(str(where.get("ephemeral_id") or where.get("ts") or ""))
    return ephemeral or slack.messages.find(str(where.get("channel")), str(where.get("ts")))
