"""Submitting and closing modals: view_submission and view_closed (slack docs: modals)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.slack import view_updates
from sandbox.slack.block_kit.state_values import Value, list_form_errors
from sandbox.slack.delivery.ack import Ack
from sandbox.slack.fake_slack import FakeSlack
from sandbox.slack.fake_slack_errors import FakeSlackError, invalid_arguments
from sandbox.slack.fake_views import FakeView
from sandbox.slack.interactions.block_actions import remember_values
from sandbox.slack.interactions.failures import CONNECTION_PROBLEM, send_error
from sandbox.slack.interactions.interaction_payload import build_interaction
from sandbox.slack.interactions.surfaces import ViewSurface
from sandbox.slack.workspace_users import FakeSlackUser


class SubmissionFailed(Exception):
    """The app did not answer a submission, or answered nonsense; the modal stays open."""


async def submit_modal(
    slack: FakeSlack, person: FakeSlackUser, view: FakeView, values: Mapping[str, Any]
) -> dict[str, str]:
    """Send a form to the app and do what its ack asks for; returns the errors to show by block_id.

    Required fields, lengths and numbers are checked before anything is sent, as Slack's client does. Raises
    SubmissionFailed when the app failed, and OptionNotOffered for a choice that the form does not have.
    """
    remember_values(ViewSurface(view), values)
    errors = list_form_errors(view.blocks, view.values)
    if not errors:
        ack = await slack.deliveries.deliver("interactive", _submission(slack, person, view))
        errors = _do(slack, person, view, ack)
    view.errors = errors
    return errors


def close_modal(slack: FakeSlack, person: FakeSlackUser, view: FakeView) -> None:
    """Close a modal; the app gets view_closed when it asked for that."""
    below = view.previous_id is not None
    for closed in view_updates.close_view(slack, view):
        if closed.sent.get("notify_on_close"):
            payload = build_interaction("view_closed", person, view=closed.as_api(), is_cleared=not below)
            slack.run_in_background(slack.deliveries.deliver("interactive", payload))


def _submission(slack: FakeSlack, person: FakeSlackUser, view: FakeView) -> dict[str, Any]:
    return build_interaction(
        "view_submission",
        person,
        trigger_id=slack.triggers.issue(person.id),
        view=view.as_api(),
        response_urls=[each for block in view.blocks for each in _response_urls(slack, person, view, block)],
    )


def _response_urls(
    slack: FakeSlack, person: FakeSlackUser, view: FakeView, block: dict[str, Any]
) -> list[dict[str, str]]:
    """Response URLs of conversation or channel selects that ask for one."""
    element = block.get("element", {})
    if not element.get("response_url_enabled"):
        return []
    value: Value = view.values[block["block_id"]][element["action_id"]]
    channel = str(value.get("selected_conversation") or value.get("selected_channel"))
    if channel not in slack.channels:
        return []
    url = slack.response_urls.issue(person.id, channel)
    where = {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": channel}
    return [where | {"response_url": url}]


def _do(slack: FakeSlack, person: FakeSlackUser, view: FakeView, ack: Ack) -> dict[str, str]:
    """What the ack asks for: nothing (close), errors, update, push or clear."""
    if not ack.ok:
        raise _trouble(slack, person, FakeSlackError(ack.reason))
    try:
        return _respond(slack, person, view, ack.body or {})
    except FakeSlackError as refused:
        raise _trouble(slack, person, refused) from refused


def _trouble(slack: FakeSlack, person: FakeSlackUser, refused: FakeSlackError) -> SubmissionFailed:
    sentences = refused.details.get("errors", [])
    send_error(slack, person.id, " ".join([CONNECTION_PROBLEM, f"({refused.error})", *sentences]))
    return SubmissionFailed(refused.error)


def _respond(slack: FakeSlack, person: FakeSlackUser, view: FakeView, body: Any) -> dict[str, str]:
    action = body.get("response_action") if isinstance(body, dict) else "invalid"
    if action == "errors":
        return _errors(view, body.get("errors"))
    if action == "update":
        view_updates.update_view(slack, view, view_updates.check_view(body.get("view"), "modal"))
    elif action == "push":
        view_updates.push_modal(slack, person.id, view_updates.check_view(body.get("view"), "modal"))
    elif action == "clear":
        view_updates.clear_views(slack, person.id)
    elif action is None and view in slack.views.get_stack(person.id):
        view_updates.close_view(slack, view)
    elif action is not None:
        raise invalid_arguments("unknown response_action")
    return {}


def _errors(view: FakeView, errors: Any) -> dict[str, str]:
    """Keyed by the block_id of an input block; anything else Slack cannot show."""
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not errors.keys() <= inputs:
        raise invalid_arguments("errors must be keyed by the block_id of an input block")
    return {block_id: str(text) for block_id, text in errors.items()}
