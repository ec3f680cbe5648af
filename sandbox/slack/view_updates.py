"""Opens, changes and closes modals and home tabs on people's pages."""

from __future__ import annotations

import copy
from typing import Any

from sandbox.slack.block_kit.block_tree import assign_ids
from sandbox.slack.block_kit.check import MOST_VIEW_BYTES, count_view_bytes, list_view_problems
from sandbox.slack.fake_slack import FakeSlack
from sandbox.slack.fake_slack_errors import FakeSlackError, invalid_arguments, invalid_blocks
from sandbox.slack.fake_views import DEEPEST_STACK, FakeView
from sandbox.slack.ids import Ids


def check_view(sent: Any, kind: str) -> dict[str, Any]:
    """The view as it was sent. Raises FakeSlackError: invalid_arguments with JSON pointers, view_too_large."""
    problems = list_view_problems(sent)
    if problems:
        raise invalid_blocks(problems, "invalid_arguments")
    if sent["type"] != kind:
        raise invalid_arguments(f"must be {kind} [json-pointer:/view/type]")
    if count_view_bytes(sent) > MOST_VIEW_BYTES:
        raise FakeSlackError("view_too_large")
    return dict(sent)


def open_modal(slack: FakeSlack, person: str, sent: dict[str, Any]) -> FakeView:
    """The first modal of a stack; one that was open gives way."""
    _check_external_id(slack, sent)
    slack.views.stacks[person] = []
    return _put_on_top(slack, person, sent)


def push_modal(slack: FakeSlack, person: str, sent: dict[str, Any]) -> FakeView:
    """On top of what is open. Raises FakeSlackError when nothing is, or three are already."""
    _check_external_id(slack, sent)
    stack = slack.views.get_stack(person)
    if not stack:
        raise FakeSlackError("not_found")
    if len(stack) >= DEEPEST_STACK:
        raise FakeSlackError("push_limit_reached")
    return _put_on_top(slack, person, sent)


def update_view(slack: FakeSlack, view: FakeView, sent: dict[str, Any]) -> None:
    _check_external_id(slack, sent, besides=view)
    view.update(_copy_with_ids(slack.ids, sent), _hash(slack.ids))
    if view.type == "home":
        send_home(slack, view)
    else:
        send_top(slack, view.person)


def publish_home(slack: FakeSlack, person: str, sent: dict[str, Any]) -> FakeView:
    view = slack.views.homes.get(person)
    _check_external_id(slack, sent, besides=view)
    if view is None:
        view_id = slack.ids.generate_id("V")
        view = slack.views.homes[person] = FakeView(view_id, person, sent, "", root_id=view_id, team=slack.team.id)
    view.update(_copy_with_ids(slack.ids, sent), _hash(slack.ids))
    send_home(slack, view)
    return view


def close_view(slack: FakeSlack, view: FakeView) -> list[FakeView]:
    """Close a modal and those above it; returns what closed, the topmost first."""
    closed = slack.views.close(view)
    send_top(slack, view.person)
    return closed


def clear_views(slack: FakeSlack, person: str) -> None:
    slack.views.stacks[person] = []
    send_top(slack, person)


def send_top(slack: FakeSlack, person: str) -> None:
    """Send the page the top modal, or None when none is open."""
    top = slack.views.find_top(person)
    slack.page_streams.send([person], {"type": "view", "view": top.as_page() if top else None})
    slack.changes.bump()


def send_home(slack: FakeSlack, view: FakeView) -> None:
    slack.page_streams.send([view.person], {"type": "home", "view": view.as_page()})
    slack.changes.bump()


def _put_on_top(slack: FakeSlack, person: str, sent: dict[str, Any]) -> FakeView:
    below = slack.views.find_top(person)
    view_id = slack.ids.generate_id("V")
    root_id = below.root_id if below else view_id
    view = FakeView(view_id, person, sent, "", root_id, previous_id=below.id if below else None, team=slack.team.id)
    view.update(_copy_with_ids(slack.ids, sent), _hash(slack.ids))
    slack.views.get_stack(person).append(view)
    send_top(slack, person)
    return view


def _check_external_id(slack: FakeSlack, sent: dict[str, Any], besides: FakeView | None = None) -> None:
    other = slack.views.find_by_external_id(str(sent.get("external_id") or ""))
    if other is not None and other is not besides:
        raise FakeSlackError("duplicate_external_id")


def _copy_with_ids(ids: Ids, sent: dict[str, Any]) -> dict[str, Any]:
    named = copy.deepcopy(sent)
    assign_ids(named["blocks"], lambda: ids.generate_secret()[:5])
    return named


def _hash(ids: Ids) -> str:
    return f"{ids.now_s()}.{ids.generate_secret()[:8]}"
