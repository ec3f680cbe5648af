"""The parts that all interaction payloads share (slack docs: interaction payloads)."""

from __future__ import annotations

from typing import Any

from sandbox.slack.fake_channels import FakeChannel
from sandbox.slack.ids import APP_ID, VERIFICATION_TOKEN
from sandbox.slack.workspace_users import FakeSlackUser


def build_interaction(kind: str, person: FakeSlackUser, **fields: Any) -> dict[str, Any]:
    """A payload of this type: the person, the container, and the fields of this type.

    For a person of another workspace `team` is theirs; the app's is in the view or the message.
    """
    return {
        "type": kind,
        "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team},
        "team": {"id": person.team, "domain": person.team.removeprefix("T0").lower()},
        "api_app_id": APP_ID,
        "token": VERIFICATION_TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
        **fields,
    }


def build_channel(channel: FakeChannel) -> dict[str, str]:
    return {"id": channel.id, "name": channel.name_in_payload}
