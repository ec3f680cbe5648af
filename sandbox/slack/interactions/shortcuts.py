"""Global and message shortcuts (slack docs: shortcuts)."""

from __future__ import annotations

from typing import Any

from sandbox.slack.fake_messages import Message
from sandbox.slack.fake_slack import Slack
from sandbox.slack.interactions.failures import tell_failure
from sandbox.slack.interactions.interaction_payload import channel_in_payload, interaction
from sandbox.slack.workspace_users import Person


def run_global(slack: Slack, person: Person, callback_id: str) -> None:
    payload = interaction("shortcut", person, **_common(slack, person, callback_id))
    _hand_over(slack, person, payload)


def run_on_message(slack: Slack, person: Person, callback_id: str, message: Message) -> None:
    payload = interaction(
        "message_action",
        person,
        **_common(slack, person, callback_id),
        message_ts=message.ts,
        channel=channel_in_payload(slack.channels[message.channel]),
        message=slack.messages.as_api(message),
        response_url=slack.response_urls.give(person.id, message.channel),
    )
    _hand_over(slack, person, payload)


def _common(slack: Slack, person: Person, callback_id: str) -> dict[str, Any]:
    return {"callback_id": callback_id, "trigger_id": slack.triggers.give(person.id), "action_ts": slack.ids.ts()}


def _hand_over(slack: Slack, person: Person, payload: dict[str, Any]) -> None:
    slack.in_background(_deliver(slack, person, payload))


async def _deliver(slack: Slack, person: Person, payload: dict[str, Any]) -> None:
    ack = await slack.deliveries.deliver("interactive", payload)
    if not ack.ok:
        shortcut = slack.manifest.shortcut(payload["callback_id"]) or {}
        tell_failure(slack, person.id, str(shortcut.get("name", "The shortcut")), ack)
