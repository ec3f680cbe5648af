"""Slash commands (slack docs: implementing slash commands)."""

from __future__ import annotations

from typing import Any

from sandbox.slack import message_responses
from sandbox.slack.fake_channels import FakeChannel
from sandbox.slack.fake_slack import FakeSlack
from sandbox.slack.fake_slack_errors import FakeSlackError
from sandbox.slack.ids import APP_ID, VERIFICATION_TOKEN
from sandbox.slack.interactions.failures import send_error, send_failure
from sandbox.slack.response_urls import ResponseUrl
from sandbox.slack.workspace_users import FakeSlackUser


def run_command(slack: FakeSlack, person: FakeSlackUser, channel: FakeChannel, command: str, text: str) -> str:
    """Send a command to the app, in the background; returns its trigger_id."""
    url = slack.response_urls.issue(person.id, channel.id)
    payload = {
        "token": VERIFICATION_TOKEN,
        "team_id": slack.team.id,
        "team_domain": slack.team.domain,
        "channel_id": channel.id,
        "channel_name": channel.name_in_payload,
        "user_id": person.id,
        "user_name": person.name,
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": url,
        "trigger_id": slack.triggers.issue(person.id),
    }
    slack.run_in_background(_deliver(slack, payload))
    return str(payload["trigger_id"])


async def _deliver(slack: FakeSlack, payload: dict[str, Any]) -> None:
    ack = await slack.deliveries.deliver("slash_commands", payload)
    person, channel, command = payload["user_id"], payload["channel_id"], payload["command"]
    if not ack.ok:
        send_failure(slack, person, command, ack, channel)
        return
    body = {"text": ack.body} if isinstance(ack.body, str) else ack.body
    if not body:
        return
    try:
        message_responses.apply_response(slack, ResponseUrl(person, channel, expires_s=0), body)
    except FakeSlackError as refused:
        send_error(slack, person, f"{command} failed: its answer was refused ({refused.error})", channel)
