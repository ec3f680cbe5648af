"""Responses by response_url or ack: a new message, or a change of the clicked one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.slack import message_changes
from sandbox.slack.fake_messages import FakeMessage
from sandbox.slack.fake_slack import FakeSlack
from sandbox.slack.fake_slack_errors import FakeSlackError
from sandbox.slack.ids import BOT_USER
from sandbox.slack.message_content import parse_content
from sandbox.slack.response_urls import ResponseUrl


def apply_response(slack: FakeSlack, url: ResponseUrl, body: Any) -> None:
    """Post, replace or delete as the body asks (slack docs: message responses). Raises FakeSlackError.

    Ephemeral unless `response_type` is in_channel; `replace_original` and `delete_original` concern what was clicked.
    """
    if not isinstance(body, Mapping):
        raise FakeSlackError("invalid_payload", status=400)
    if url.source and _has_flag(body, "delete_original"):
        message_changes.delete_message(slack, url.source)
    elif url.source and _has_flag(body, "replace_original"):
        _replace(slack, url.source, body)
    else:
        _post(slack, url, body)


def _has_flag(body: Mapping[str, Any], name: str) -> bool:
    """Slack takes the string "true" for the boolean here."""
    return body.get(name) in (True, "true")


def _replace(slack: FakeSlack, source: FakeMessage, body: Mapping[str, Any]) -> None:
    source.content = parse_content(body, slack.ids, hides_buttons=slack.hides_buttons)
    message_changes.publish_change(slack, source)


def _post(slack: FakeSlack, url: ResponseUrl, body: Mapping[str, Any]) -> None:
    response_type = body.get("response_type", "ephemeral")
    if response_type not in {"ephemeral", "in_channel"}:
        raise FakeSlackError("invalid_payload", status=400)
    message = FakeMessage(
        ts=slack.ids.generate_ts(),
        channel=url.channel,
        user=BOT_USER,
        content=parse_content(body, slack.ids, hides_buttons=slack.hides_buttons),
        thread_ts=body.get("thread_ts") or None,
        seen_only_by=url.person if response_type == "ephemeral" else None,
    )
    message_changes.post_message(slack, message)
