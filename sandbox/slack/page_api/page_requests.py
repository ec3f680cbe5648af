"""Reading a request of the page: as whom, about what; and how the page is told no."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request

from sandbox.slack.fake_channels import Channel
from sandbox.slack.fake_slack import Slack
from sandbox.slack.workspace_users import Person


class No(Exception):
    """Answered as {"error": …} with this status."""

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.status = status


async def body_of(request: Request) -> dict[str, Any]:
    """The JSON object of a POST. Raises No."""
    try:
        body = json.loads(await request.body())
    except ValueError as broken:
        raise No("the body is not JSON") from broken
    if not isinstance(body, dict):
        raise No("the body is not an object")
    return body


def person_of(slack: Slack, user: Any) -> Person:
    """Who is meant by `as`. Raises No for strangers and for the bot, which nobody can be."""
    person = slack.people.get(str(user))
    if person is None or person.is_bot:
        raise No(f"nobody is called {user}", 404)
    return person


def channel_of(slack: Slack, person: Person, channel_id: Any) -> Channel:
    """Raises No for a channel that this person cannot see."""
    channel = slack.channels.get(str(channel_id))
    if channel is None or not slack.channels.may_see(person, channel):
        raise No("no such channel", 404)
    return channel
