"""Whose a payload is: the workspace of the place, and that of the person where it is another one (Slack Connect).

The place's workspace is where we are installed: its rules, policy and settings count, and its installation answers. The
person's decides whose CircleCI account acts. Each kind of payload says both in fields of its own; they are read here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypedDict

Payload = Mapping[str, Any]

_SLACKBOT = "USLACKBOT"
_NOT_JUST_WRITTEN = ("bot_id", "bot_profile", "app_id", "subtype", "edited", "hidden")
"""What Slack says of messages of apps and workflows (also of ours), and of those that were changed or deleted."""


class Whose(TypedDict):
    """`away` is the person's own workspace, None where it is the place's."""

    workspace: str
    away: str | None


def whose(body: Payload) -> Whose:
    """Of any payload: command, press, form, shortcut, typeahead, event. Raises KeyError where no workspace is said."""
    place = next(_places(body), "")
    if not place:
        raise KeyError("team")
    person = next(_homes(body), place)
    own = {place, *_organisations(body)}
    return Whose(workspace=place, away=None if person in own else person)


def by_person(body: Payload) -> bool:
    """Whether the event is a message that a person has just written: nothing else is ever a command."""
    event = _dict(body.get("event"))
    user = event.get("user")
    told = all(event.get(name) and isinstance(event[name], str) for name in ("user", "channel", "ts", "text"))
    machine = any(event.get(name) for name in _NOT_JUST_WRITTEN)
    return told and not machine and user != _SLACKBOT and user not in _ourselves(body)


def _places(body: Payload) -> Iterator[str]:
    """The surest first: `team` of a press or a form in a shared channel may be the person's (Bolt: extract_team_id)."""
    view, message = _dict(body.get("view")), _dict(body.get("message"))
    yield from _ids(view.get("app_installed_team_id"))
    if message.get("app_id") and message["app_id"] == body.get("api_app_id"):
        yield from _ids(message.get("team"))
    for authorization in _authorizations(body):
        yield from _ids(authorization.get("team_id"))
    yield from _ids(_dict(body.get("team")).get("id"), body.get("team_id"), view.get("team_id"))
    yield from _ids(_dict(body.get("user")).get("team_id"))


def _homes(body: Payload) -> Iterator[str]:
    """`user_team` may be that of an organisation (Enterprise Grid: E…)."""
    event, user = _dict(body.get("event")), _dict(body.get("user"))
    yield from _ids(event.get("user_team"), event.get("source_team"), event.get("team"))
    yield from _ids(user.get("team_id"))


def _organisations(body: Payload) -> Iterator[str]:
    """Of the place."""
    for authorization in _authorizations(body):
        yield from _ids(authorization.get("enterprise_id"))


def _ourselves(body: Payload) -> set[str]:
    return {str(one.get("user_id")) for one in _authorizations(body) if one.get("is_bot")}


def _authorizations(body: Payload) -> Iterator[Payload]:
    listed = body.get("authorizations")
    return (_dict(one) for one in (listed if isinstance(listed, list) else []))


def _ids(*found: object) -> Iterator[str]:
    return (one for one in found if isinstance(one, str) and one)


def _dict(value: object) -> Payload:
    return value if isinstance(value, Mapping) else {}
