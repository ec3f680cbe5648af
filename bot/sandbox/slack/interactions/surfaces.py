"""Where somebody clicked: a message, an ephemeral one, a modal or the home tab."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack.block_kit.values import Values, starting_values
from bot.sandbox.slack.block_kit.walk import find
from bot.sandbox.slack.interactions.payload import channel_in_payload
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.people import Person
from bot.sandbox.slack.slack import Slack
from bot.sandbox.slack.views import View


class Gone(Exception):
    """What somebody clicks on is not there (any more)."""


@dataclass
class Surface:
    """Exactly one of `message` and `view` is set."""

    slack: Slack
    message: Message | None = None
    view: View | None = None

    @property
    def blocks(self) -> list[dict[str, Any]]:
        if self.view:
            return self.view.blocks
        message = self._message()
        inside = [block for each in message.attachments for block in each.get("blocks", [])]
        return [*message.content.blocks, *inside]

    @property
    def values(self) -> Values:
        """What was typed and chosen so far; messages keep it by block and action."""
        if self.view:
            return self.view.values
        message = self._message()
        message.values = starting_values(self.blocks, message.values)
        return message.values

    def element(self, block_id: str, action_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """The block and the element in it. Raises Gone."""
        found = find(self.blocks, block_id, action_id)
        if found is None:
            raise Gone
        return found

    def container(self) -> dict[str, Any]:
        """The `container` of a payload."""
        if self.view:
            return {"type": "view", "view_id": self.view.id}
        message = self._message()
        container = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": bool(message.seen_only_by),
        }
        return container | ({"thread_ts": message.thread_ts} if message.thread_ts else {})

    def context(self) -> dict[str, Any]:
        """What a payload says of the place; ephemeral messages are not repeated in it."""
        if self.view:
            return {"view": self.view.as_api()}
        message = self._message()
        channel = channel_in_payload(self.slack.channels[message.channel])
        shown = {} if message.seen_only_by else {"message": self.slack.messages.as_api(message)}
        return {"channel": channel, **shown}

    def _message(self) -> Message:
        if self.message is None:
            raise Gone
        return self.message


def surface_of(slack: Slack, person: Person, where: Mapping[str, Any]) -> Surface:
    """From `view_id`, `ephemeral_id` or `channel` and `ts`. Raises Gone, also for what this person cannot see."""
    if where.get("view_id"):
        view = slack.views.find(str(where["view_id"]))
        if view is None or view.person != person.id:
            raise Gone
        return Surface(slack, view=view)
    message = _message(slack, where)
    if message is None or message.seen_only_by not in {None, person.id}:
        raise Gone
    if not slack.channels.may_see(person, slack.channels[message.channel]):
        raise Gone
    return Surface(slack, message=message)


def _message(slack: Slack, where: Mapping[str, Any]) -> Message | None:
    ephemeral = slack.messages.ephemerals.get(str(where.get("ephemeral_id") or where.get("ts") or ""))
    return ephemeral or slack.messages.find(str(where.get("channel")), str(where.get("ts")))
