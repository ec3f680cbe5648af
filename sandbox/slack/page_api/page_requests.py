"""Parses requests of the page: the person, the channel, the body; and the error that the page gets."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request

from sandbox.slack.fake_channels import FakeChannel
from sandbox.slack.fake_slack import FakeSlack
from sandbox.slack.workspace_users import FakeSlackUser


class PageError(Exception):
    """Answered as {"error": …} with this status."""

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.status = status


async def parse_body(request: Request) -> dict[str, Any]:
    """The JSON object of a POST. Raises PageError when the body is none."""
    try:
        body = json.loads(await request.body())
    except ValueError as broken:
        raise PageError("the body is not JSON") from broken
    if not isinstance(body, dict):
        raise PageError("the body is not an object")
    return body


def get_person(slack: FakeSlack, user: Any) -> FakeSlackUser:
    """The person that `as` names. Raises PageError for an unknown id and for the bot's."""
    person = slack.people.get(str(user))
    if person is None or person.is_bot:
        raise PageError(f"nobody is called {user}", 404)
    return person


def get_channel(slack: FakeSlack, person: FakeSlackUser, channel_id: Any) -> FakeChannel:
    """The channel with this id. Raises PageError when there is none that this person can see."""
    channel = slack.channels.get(str(channel_id))
    if channel is None or not slack.channels.can_see(person, channel):
        raise PageError("no such channel", 404)
    return channel
