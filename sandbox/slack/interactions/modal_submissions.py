"""Submitting and closing modals: view_submission and view_closed (slack docs: modals)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.slack import view_updates
from sandbox.slack.block_kit.state_values import Value, complaints
from sandbox.slack.delivery.ack import Ack
from sandbox.slack.fake_slack import Slack
from sandbox.slack.fake_slack_errors import Refused, invalid_arguments
from sandbox.slack.fake_views import View
from sandbox.slack.interactions.block_actions import remember
from sandbox.slack.interactions.failures import TROUBLE, tell
from sandbox.slack.interactions.interaction_payload import interaction
from sandbox.slack.interactions.surfaces import OnView
from sandbox.slack.workspace_users import Person


class Trouble(Exception):
    """The app did not answer a submission, or answered nonsense; the modal stays open."""


async def submit(slack: Slack, person: Person, view: View, values: Mapping[str, Any]) -> dict[str, str]:
    """Send a form to the app and do what its ack asks for; returns the errors to show by block_id.

    Raises Trouble when the app failed and NotOffered for a choice that the form does not have. What the form itself
    demands (required fields, lengths, numbers) is checked before anything is sent, as Slack's client does.
    """
    remember(OnView(view), values)
    errors = complaints(view.blocks, view.values)
    if not errors:
        ack = await slack.deliveries.deliver("interactive", _submission(slack, person, view))
        errors = _do(slack, person, view, ack)
    view.errors = errors
    return errors


def close(slack: Slack, person: Person, view: View) -> None:
    """Close a modal; the app hears of it where it asked to."""
    below = view.previous_id is not None
    for closed in view_updates.close(slack, view):
        if closed.sent.get("notify_on_close"):
            payload = interaction("view_closed", person, view=closed.as_api(), is_cleared=not below)
            slack.in_background(slack.deliveries.deliver("interactive", payload))


def _submission(slack: Slack, person: Person, view: View) -> dict[str, Any]:
    return interaction(
        "view_submission",
        person,
        trigger_id=slack.triggers.give(person.id),
        view=view.as_api(),
        response_urls=[each for block in view.blocks for each in _response_urls(slack, person, view, block)],
    )


def _response_urls(slack: Slack, person: Person, view: View, block: dict[str, Any]) -> list[dict[str, str]]:
    """Only a conversation or channel select that asks for it brings one."""
    element = block.get("element", {})
    if not element.get("response_url_enabled"):
        return []
    value: Value = view.values[block["block_id"]][element["action_id"]]
    channel = str(value.get("selected_conversation") or value.get("selected_channel"))
    if channel not in slack.channels:
        return []
    url = slack.response_urls.give(person.id, channel)
    where = {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": channel}
    return [where | {"response_url": url}]


def _do(slack: Slack, person: Person, view: View, ack: Ack) -> dict[str, str]:
    """What the ack asks for: nothing (close), errors, update, push or clear."""
    if not ack.ok:
        raise _trouble(slack, person, Refused(ack.reason))
    try:
        return _respond(slack, person, view, ack.body or {})
    except Refused as refused:
        raise _trouble(slack, person, refused) from refused


def _trouble(slack: Slack, person: Person, refused: Refused) -> Trouble:
    sentences = refused.details.get("errors", [])
    tell(slack, person.id, " ".join([TROUBLE, f"({refused.error})", *sentences]))
    return Trouble(refused.error)


def _respond(slack: Slack, person: Person, view: View, body: Any) -> dict[str, str]:
    action = body.get("response_action") if isinstance(body, dict) else "invalid"
    if action == "errors":
        return _errors(view, body.get("errors"))
    if action == "update":
        view_updates.update(slack, view, view_updates.checked(body.get("view"), "modal"))
    elif action == "push":
        view_updates.push_modal(slack, person.id, view_updates.checked(body.get("view"), "modal"))
    elif action == "clear":
        view_updates.clear(slack, person.id)
    elif action is None and view in slack.views.stack(person.id):
        view_updates.close(slack, view)
    elif action is not None:
        raise invalid_arguments("unknown response_action")
    return {}


def _errors(view: View, errors: Any) -> dict[str, str]:
    """Keyed by the block_id of an input block; anything else Slack cannot show."""
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not errors.keys() <= inputs:
        raise invalid_arguments("errors must be keyed by the block_id of an input block")
    return {block_id: str(text) for block_id, text in errors.items()}
