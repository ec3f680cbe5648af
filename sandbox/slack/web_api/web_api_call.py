"""One Web API call: its arguments, parsed as strictly as Slack does, and its token."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.slack.fake_channels import ChannelKind, FakeChannel
from sandbox.slack.fake_messages import FakeMessage
from sandbox.slack.fake_slack import FakeSlack
from sandbox.slack.fake_slack_errors import FakeSlackError, invalid_arguments, missing_scope
from sandbox.slack.fake_tokens import FakeToken, TokenKind

MOST_PER_PAGE = 1000

READ_SCOPES: dict[ChannelKind, str] = {
    "public_channel": "channels:read",
    "private_channel": "groups:read",
    "im": "im:read",
    "mpim": "mpim:read",
}
HISTORY_SCOPES: dict[ChannelKind, str] = {
    "public_channel": "channels:history",
    "private_channel": "groups:history",
    "im": "im:history",
    "mpim": "mpim:history",
}

Answer = dict[str, Any]


@dataclass(frozen=True)
class WebApiMethod:
    """A row of the table: what a method needs before it runs. `scope` may name several, one of which is enough."""

    name: str
    run: Callable[[WebApiCall], Awaitable[Answer]]
    scope: str = ""
    need: str = ""
    tier: Literal[1, 2, 3, 4] | None = None
    caller: TokenKind | None = "bot"


@dataclass(frozen=True)
class WebApiCall:
    """The argument of every method. `token` is empty for methods that need none."""

    slack: FakeSlack
    args: dict[str, Any]
    token: FakeToken
    basic: tuple[str, str] | None = None

    def get_text(self, name: str) -> str:
        """A string argument; "" when it is not there."""
        value = self.args.get(name)
        return "" if value is None else str(value)

    def get_flag(self, name: str, *, default: bool = False) -> bool:
        """true, 1 and their like; the SDK sends booleans of forms as 1 and 0."""
        value = self.args.get(name)
        return default if value in (None, "") else str(value).lower() in {"1", "true"}

    def get_number(self, name: str, default: int, error: str) -> int:
        value = self.args.get(name)
        try:
            return default if value in (None, "") else int(str(value))
        except ValueError as broken:
            raise FakeSlackError(error) from broken

    def parse_json(self, name: str) -> Any:
        """An argument that is JSON, whether it came as a string in a form or as it is in a JSON body."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError as broken:
            raise invalid_arguments(f"{name} must be valid JSON [json-pointer:/{name}]") from broken

    def get_words(self, name: str) -> list[str]:
        """A comma-separated argument; JSON bodies may carry an array."""
        value = self.args.get(name)
        listed = value if isinstance(value, list) else self.get_text(name).split(",")
        return [str(each).strip() for each in listed if str(each).strip()]

    def has_scope(self, scope: str) -> bool:
        return scope in self.token.scopes

    def check_scope(self, *scopes: str) -> None:
        """Raises FakeSlackError (missing_scope) unless one of these was granted."""
        if not any(self.has_scope(scope) for scope in scopes):
            raise missing_scope(",".join(scopes), self.token.scope_header)

    def get_channel(self, name: str = "channel") -> FakeChannel:
        """A channel that the bot may see; for a private one it must be a member. Raises FakeSlackError."""
        wanted = self.get_text(name)
        channel = (
            self.slack.channels.get(wanted) or self._direct_message(wanted) or self.slack.channels.find_by_name(wanted)
        )
        if channel is None or channel.is_hidden:
            raise FakeSlackError("channel_not_found")
        return channel

    def _direct_message(self, user: str) -> FakeChannel | None:
        person = self.slack.people.get(user)
        return self.slack.channels.get(person.dm) if person else None

    def get_message(self, channel: FakeChannel, name: str = "ts") -> FakeMessage:
        """Raises FakeSlackError when there is none at this ts; an ephemeral message counts as none."""
        message = self.slack.messages.find(channel.id, self.get_text(name))
        if message is None:
            raise FakeSlackError("message_not_found")
        return message

    def paginate(self, items: Sequence[Any], *, default: int = 100) -> tuple[list[Any], Answer]:
        """One page of a list and the `response_metadata` with the cursor of the next (slack docs: pagination)."""
        limit = self.get_number("limit", default, "invalid_limit")
        if not 0 <= limit <= MOST_PER_PAGE:
            raise FakeSlackError("invalid_limit")
        start = _position(self.get_text("cursor"))
        end = start + (limit or default)
        next_cursor = base64.b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
        return list(items[start:end]), {"response_metadata": {"next_cursor": next_cursor}}


def _position(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(cursor).decode().removeprefix("next:"))
    except (binascii.Error, ValueError) as broken:
        raise FakeSlackError("invalid_cursor") from broken
