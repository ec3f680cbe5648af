"""Clicks and choices: block_actions (slack docs: block_actions payload)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.slack.block_kit.state_values import STATE_FIELDS, Values, build_value
from sandbox.slack.fake_slack import FakeSlack
from sandbox.slack.interactions.failures import send_failure
from sandbox.slack.interactions.interaction_payload import build_interaction
from sandbox.slack.interactions.surfaces import Surface, get_element
from sandbox.slack.workspace_users import FakeSlackUser

_AS_SHOWN = ("text", "value", "placeholder", "initial_option")


def press_element(slack: FakeSlack, person: FakeSlackUser, surface: Surface, done: Mapping[str, Any]) -> None:
    """Store the chosen value and send a block_actions payload, in the background.

    `done` holds block_id, action_id and the value. An input block sends a payload only when the app asked for that
    (`dispatch_action`). Raises ElementGone, and OptionNotOffered for a value that the element does not have.
    """
    block, element = get_element(surface, str(done.get("block_id")), str(done.get("action_id")))
    remember_values(surface, done.get("state") or {})
    action = _action(slack, block, element, done)
    if element["type"] in STATE_FIELDS:
        surface.values[block["block_id"]][element["action_id"]] = build_value(element, done)
    if block["type"] != "input" or block.get("dispatch_action"):
        payload = _payload(slack, person, surface, action)
        slack.run_in_background(_deliver(slack, person, payload, surface))


def remember_values(surface: Surface, state: Mapping[str, Any]) -> None:
    """Take over what the page says was typed in the other fields. Raises OptionNotOffered."""
    values: Values = surface.values
    for block_id, actions in state.items():
        for action_id, given in actions.items():
            if action_id in values.get(block_id, {}):
                _, element = get_element(surface, block_id, action_id)
                values[block_id][action_id] = build_value(element, given)


def _action(
    slack: FakeSlack, block: dict[str, Any], element: dict[str, Any], done: Mapping[str, Any]
) -> dict[str, Any]:
    """One entry of `actions`."""
    shown = {key: element[key] for key in _AS_SHOWN if key in element}
    if element["type"] in STATE_FIELDS or element["type"] == "overflow":
        shown |= build_value(element, done)
    return {
        **shown,
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": slack.ids.generate_ts(),
    }


def _payload(slack: FakeSlack, person: FakeSlackUser, surface: Surface, action: dict[str, Any]) -> dict[str, Any]:
    payload = build_interaction(
        "block_actions",
        person,
        container=surface.build_container(action["block_id"]),
        trigger_id=slack.triggers.issue(person.id),
        **surface.build_context(),
        actions=[action],
    )
    if surface.source:
        payload["state"] = {"values": surface.values}
        payload["response_url"] = slack.response_urls.issue(person.id, surface.source.channel, surface.source)
    return payload


async def _deliver(slack: FakeSlack, person: FakeSlackUser, payload: dict[str, Any], surface: Surface) -> None:
    ack = await slack.deliveries.deliver("interactive", payload)
    if not ack.ok:
        channel = surface.source.channel if surface.source else None
        send_failure(slack, person.id, "This click", ack, channel)
