"""Global and message shortcuts (slack docs: shortcuts)."""

from __future__ import annotations

from typing import Any

from sandbox.slack.fake_messages import FakeMessage
from sandbox.slack.fake_slack import FakeSlack
from sandbox.slack.interactions.failures import send_failure
from sandbox.slack.interactions.interaction_payload import build_channel, build_interaction
from sandbox.slack.workspace_users import FakeSlackUser


def run_global_shortcut(slack: FakeSlack, person: FakeSlackUser, callback_id: str) -> None:
    payload = build_interaction("shortcut", person, **_common(slack, person, callback_id))
    _hand_over(slack, person, payload)


def run_message_shortcut(slack: FakeSlack, person: FakeSlackUser, callback_id: str, message: FakeMessage) -> None:
    payload = build_interaction(
        "message_action",
        person,
        **_common(slack, person, callback_id),
        message_ts=message.ts,
        channel=build_channel(slack.channels[message.channel]),
        message=slack.messages.as_api(message),
        response_url=slack.response_urls.issue(person.id, message.channel),
    )
    _hand_over(slack, person, payload)


def _common(slack: FakeSlack, person: FakeSlackUser, callback_id: str) -> dict[str, Any]:
    return {
        "callback_id": callback_id,
        "trigger_id": slack.triggers.issue(person.id),
        "action_ts": slack.ids.generate_ts(),
    }


def _hand_over(slack: FakeSlack, person: FakeSlackUser, payload: dict[str, Any]) -> None:
    slack.run_in_background(_deliver(slack, person, payload))


async def _deliver(slack: FakeSlack, person: FakeSlackUser, payload: dict[str, Any]) -> None:
    ack = await slack.deliveries.deliver("interactive", payload)
    if not ack.ok:
        shortcut = slack.manifest.find_shortcut(payload["callback_id"]) or {}
        send_failure(slack, person.id, str(shortcut.get("name", "The shortcut")), ack)
