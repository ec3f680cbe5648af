"""views.*: modals and home tabs (slack docs: views methods)."""

from __future__ import annotations

from typing import Any

from sandbox.slack import view_updates
from sandbox.slack.fake_slack_errors import FakeSlackError, invalid_arguments
from sandbox.slack.fake_views import FakeView
from sandbox.slack.web_api.web_api_call import Answer, WebApiCall


async def open_view(call: WebApiCall) -> Answer:
    sent = _view(call, "modal")
    person = call.slack.triggers.exchange(_trigger(call))
    return {"view": view_updates.open_modal(call.slack, person, sent).as_api()}


async def push(call: WebApiCall) -> Answer:
    sent = _view(call, "modal")
    person = call.slack.triggers.exchange(_trigger(call))
    return {"view": view_updates.push_modal(call.slack, person, sent).as_api()}


async def update(call: WebApiCall) -> Answer:
    view = _get_named_view(call)
    sent = _view(call, view.type)
    _check_hash(call, view)
    view_updates.update_view(call.slack, view, sent)
    return {"view": view.as_api()}


async def publish(call: WebApiCall) -> Answer:
    if not call.slack.manifest.home_tab:
        raise FakeSlackError("not_enabled")
    user = call.get_text("user_id")
    if user not in call.slack.people:
        raise invalid_arguments("user not found [json-pointer:/user_id]")
    sent = _view(call, "home")
    _check_hash(call, call.slack.views.homes.get(user))
    return {"view": view_updates.publish_home(call.slack, user, sent).as_api()}


def _view(call: WebApiCall, kind: str) -> dict[str, Any]:
    return view_updates.check_view(call.parse_json("view"), kind)


def _trigger(call: WebApiCall) -> str:
    trigger_id = call.get_text("trigger_id") or call.get_text("interactivity_pointer")
    if not trigger_id:
        raise invalid_arguments("missing required field: trigger_id")
    return trigger_id


def _get_named_view(call: WebApiCall) -> FakeView:
    if not call.get_text("view_id") and not call.get_text("external_id"):
        raise invalid_arguments("missing required field: view_id")
    view = call.slack.views.find(call.get_text("view_id")) or call.slack.views.find_by_external_id(
        call.get_text("external_id")
    )
    if view is None:
        raise FakeSlackError("not_found")
    return view


def _check_hash(call: WebApiCall, view: FakeView | None) -> None:
    """A hash that is not the newest means that two updates raced (slack docs: views.update)."""
    given = call.get_text("hash")
    if given and view and given != view.hash:
        raise FakeSlackError("hash_conflict")
