"""views.*: modals and home tabs (slack docs: views methods)."""

from __future__ import annotations

from typing import Any

from sandbox.slack import view_updates
from sandbox.slack.fake_slack_errors import Refused, invalid_arguments
from sandbox.slack.fake_views import View
from sandbox.slack.web_api.web_api_call import Answer, Call


async def open_view(call: Call) -> Answer:
    sent = _view(call, "modal")
    person = call.slack.triggers.exchange(_trigger(call))
    return {"view": view_updates.open_modal(call.slack, person, sent).as_api()}


async def push(call: Call) -> Answer:
    sent = _view(call, "modal")
    person = call.slack.triggers.exchange(_trigger(call))
    return {"view": view_updates.push_modal(call.slack, person, sent).as_api()}


async def update(call: Call) -> Answer:
    view = _named(call)
    sent = _view(call, view.type)
    _check_hash(call, view)
    view_updates.update(call.slack, view, sent)
    return {"view": view.as_api()}


async def publish(call: Call) -> Answer:
    if not call.slack.manifest.home_tab:
        raise Refused("not_enabled")
    user = call.text("user_id")
    if user not in call.slack.people:
        raise invalid_arguments("user not found [json-pointer:/user_id]")
    sent = _view(call, "home")
    _check_hash(call, call.slack.views.homes.get(user))
    return {"view": view_updates.publish_home(call.slack, user, sent).as_api()}


def _view(call: Call, kind: str) -> dict[str, Any]:
    return view_updates.checked(call.parsed("view"), kind)


def _trigger(call: Call) -> str:
    trigger_id = call.text("trigger_id") or call.text("interactivity_pointer")
    if not trigger_id:
        raise invalid_arguments("missing required field: trigger_id")
    return trigger_id


def _named(call: Call) -> View:
    if not call.text("view_id") and not call.text("external_id"):
        raise invalid_arguments("missing required field: view_id")
    found = call.slack.views.find(call.text("view_id")) or call.slack.views.with_external_id(call.text("external_id"))
    if found is None:
        raise Refused("not_found")
    return found


def _check_hash(call: Call, view: View | None) -> None:
    """A hash that is not the newest tells of a race (slack docs: views.update)."""
    given = call.text("hash")
    if given and view and given != view.hash:
        raise Refused("hash_conflict")
