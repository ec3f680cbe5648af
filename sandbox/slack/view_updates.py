"""What people have on their screens: opening, changing and closing modals and home tabs."""

from __future__ import annotations

import copy
from typing import Any

from sandbox.slack.block_kit.block_tree import name_all
from sandbox.slack.block_kit.check import MOST_VIEW_BYTES, view_bytes, view_problems
from sandbox.slack.fake_slack import Slack
from sandbox.slack.fake_slack_errors import Refused, invalid_arguments, invalid_blocks
from sandbox.slack.fake_views import DEEPEST_STACK, View
from sandbox.slack.ids import Ids


def checked(sent: Any, kind: str) -> dict[str, Any]:
    """The view as it was sent. Raises Refused: invalid_arguments with JSON pointers, view_too_large."""
    problems = view_problems(sent)
    if problems:
        raise invalid_blocks(problems, "invalid_arguments")
    if sent["type"] != kind:
        raise invalid_arguments(f"must be {kind} [json-pointer:/view/type]")
    if view_bytes(sent) > MOST_VIEW_BYTES:
        raise Refused("view_too_large")
    return dict(sent)


def open_modal(slack: Slack, person: str, sent: dict[str, Any]) -> View:
    """The first modal of a stack; one that was open gives way."""
    _check_external_id(slack, sent)
    slack.views.stacks[person] = []
    return _put_on_top(slack, person, sent)


def push_modal(slack: Slack, person: str, sent: dict[str, Any]) -> View:
    """On top of what is open. Raises Refused when nothing is, or three are already."""
    _check_external_id(slack, sent)
    stack = slack.views.stack(person)
    if not stack:
        raise Refused("not_found")
    if len(stack) >= DEEPEST_STACK:
        raise Refused("push_limit_reached")
    return _put_on_top(slack, person, sent)


def update(slack: Slack, view: View, sent: dict[str, Any]) -> None:
    _check_external_id(slack, sent, besides=view)
    view.show(_named(slack.ids, sent), _hash(slack.ids))
    if view.type == "home":
        tell_home(slack, view)
    else:
        tell_top(slack, view.person)


def publish_home(slack: Slack, person: str, sent: dict[str, Any]) -> View:
    view = slack.views.homes.get(person)
    _check_external_id(slack, sent, besides=view)
    if view is None:
        view_id = slack.ids.new("V")
        view = slack.views.homes[person] = View(view_id, person, sent, "", root_id=view_id)
    view.show(_named(slack.ids, sent), _hash(slack.ids))
    tell_home(slack, view)
    return view


def close(slack: Slack, view: View) -> list[View]:
    """Close a modal and those above it; returns what closed, the topmost first."""
    closed = slack.views.close(view)
    tell_top(slack, view.person)
    return closed


def clear(slack: Slack, person: str) -> None:
    slack.views.stacks[person] = []
    tell_top(slack, person)


def tell_top(slack: Slack, person: str) -> None:
    """Send the page what lies on top now, or that nothing does."""
    top = slack.views.top(person)
    slack.live.tell([person], {"type": "view", "view": top.as_page() if top else None})
    slack.changes.bump()


def tell_home(slack: Slack, view: View) -> None:
    slack.live.tell([view.person], {"type": "home", "view": view.as_page()})
    slack.changes.bump()


def _put_on_top(slack: Slack, person: str, sent: dict[str, Any]) -> View:
    below = slack.views.top(person)
    view_id = slack.ids.new("V")
    root_id = below.root_id if below else view_id
    view = View(view_id, person, sent, "", root_id, previous_id=below.id if below else None)
    view.show(_named(slack.ids, sent), _hash(slack.ids))
    slack.views.stack(person).append(view)
    tell_top(slack, person)
    return view


def _check_external_id(slack: Slack, sent: dict[str, Any], besides: View | None = None) -> None:
    other = slack.views.with_external_id(str(sent.get("external_id") or ""))
    if other is not None and other is not besides:
        raise Refused("duplicate_external_id")


def _named(ids: Ids, sent: dict[str, Any]) -> dict[str, Any]:
    named = copy.deepcopy(sent)
    name_all(named["blocks"], lambda: ids.secret()[:5])
    return named


def _hash(ids: Ids) -> str:
    return f"{ids.now_s()}.{ids.secret()[:8]}"
