"""Whose a payload is: the workspace of the place, and that of the person where it is another one (Slack Connect).

The place's workspace is where we are installed: its rules, policy and settings count, and its installation answers. The
person's decides whose CircleCI account acts. Each kind of payload says both in fields of its own; they are read here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import filterfalse
from typing import Any, TypedDict

from bot.domain.people import is_organisation

Payload = Mapping[str, Any]

_SLACKBOT = "USLACKBOT"
_NOT_JUST_WRITTEN = ("bot_id", "bot_profile", "app_id", "subtype", "edited", "hidden")
"""What Slack says of messages of apps and workflows (also of ours), and of those that were changed or deleted."""


class RequestWorkspaces(TypedDict):
    """`away` is the person's own workspace, None where it is the place's."""

    workspace: str
    away: str | None


def parse_workspaces(body: Payload) -> RequestWorkspaces:
    """Of any payload: command, press, form, shortcut, typeahead, event. Raises KeyError where no workspace is said."""
    place = next(filterfalse(is_organisation, _find_place_teams(body)), "")
    if not place:
        raise KeyError("team")
    person = next(_find_person_teams(body), place)
    own = {place, *_find_organisations(body)}
    return RequestWorkspaces(workspace=place, away=None if person in own else person)


def find_installation(body: Payload) -> str:
    """Of an event: whose installation it is about, a workspace's or an organisation's. Raises KeyError."""
    for authorization in _get_authorizations(body):
        if found := authorization.get("team_id") or authorization.get("enterprise_id"):
            return str(found)
    return parse_workspaces(body)["workspace"]


def is_by_person(body: Payload) -> bool:
    """Whether the event is a message that a person has just written: nothing else is ever a command."""
    event = _as_dict(body.get("event"))
    user = event.get("user")
    told = all(event.get(name) and isinstance(event[name], str) for name in ("user", "channel", "ts", "text"))
    machine = any(event.get(name) for name in _NOT_JUST_WRITTEN)
    return told and not machine and user != _SLACKBOT and user not in get_bot_users(body)


def _find_place_teams(body: Payload) -> Iterator[str]:
    """The surest first: `team` of a press or a form in a shared channel may be the person's (Bolt: extract_team_id)."""
    view, message = _as_dict(body.get("view")), _as_dict(body.get("message"))
    yield from _filter_ids(view.get("app_installed_team_id"))
    if message.get("app_id") and message["app_id"] == body.get("api_app_id"):
        yield from _filter_ids(message.get("team"))
    for authorization in _get_authorizations(body):
        yield from _filter_ids(authorization.get("team_id"))
    yield from _filter_ids(_as_dict(body.get("team")).get("id"), body.get("context_team_id"))
    yield from _filter_ids(body.get("team_id"), view.get("team_id"))
    yield from _filter_ids(_as_dict(body.get("user")).get("team_id"))


def _find_person_teams(body: Payload) -> Iterator[str]:
    """`user_team` may be that of an organisation (Enterprise Grid: E…)."""
    event, user = _as_dict(body.get("event")), _as_dict(body.get("user"))
    yield from _filter_ids(event.get("user_team"), event.get("source_team"), event.get("team"))
    yield from _filter_ids(user.get("team_id"))


def _find_organisations(body: Payload) -> Iterator[str]:
    """Of the place."""
    for authorization in _get_authorizations(body):
        yield from _filter_ids(authorization.get("enterprise_id"))


def get_bot_users(body: Payload) -> set[str]:
    """As whom we are mentioned."""
    return {str(one.get("user_id")) for one in _get_authorizations(body) if one.get("is_bot")}


def _get_authorizations(body: Payload) -> Iterator[Payload]:
    listed = body.get("authorizations")
    return (_as_dict(one) for one in (listed if isinstance(listed, list) else []))


def _filter_ids(*found: object) -> Iterator[str]:
    return (one for one in found if isinstance(one, str) and one)


def _as_dict(value: object) -> Payload:
    return value if isinstance(value, dict) else {}
