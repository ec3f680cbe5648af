"""chat.unfurl: a card under a link that somebody posted (slack docs: unfurling links)."""

from __future__ import annotations

from typing import Any

from sandbox.slack import message_changes
from sandbox.slack.block_kit.block_tree import assign_ids
from sandbox.slack.block_kit.check import list_message_problems
from sandbox.slack.fake_messages import FakeMessage
from sandbox.slack.fake_slack_errors import FakeSlackError, invalid_blocks
from sandbox.slack.ids import BOT_USER
from sandbox.slack.message_content import MessageContent
from sandbox.slack.web_api.web_api_call import Answer, WebApiCall


async def unfurl_links(call: WebApiCall) -> Answer:
    message = _message(call)
    if call.get_flag("user_auth_required") or call.get_text("user_auth_url") or call.get_text("user_auth_message"):
        _ask_to_sign_in(call, message)
        return {}
    unfurls = call.parse_json("unfurls")
    if not unfurls:
        raise FakeSlackError("missing_unfurls")
    if not isinstance(unfurls, dict):
        raise FakeSlackError("invalid_unfurls_format")
    _check(message, unfurls)
    message.unfurls |= {url: _attachment(call, url, card) for url, card in unfurls.items()}
    message_changes.publish_change(call.slack, message, edited=False)
    return {}


def _message(call: WebApiCall) -> FakeMessage:
    """Named by channel and ts, or by unfurl_id and source as the event gave them."""
    channel, ts = call.get_text("channel"), call.get_text("ts")
    if call.get_text("unfurl_id"):
        if call.get_text("source") not in {"conversations_history", "composer"}:
            raise FakeSlackError("missing_source" if not call.get_text("source") else "invalid_source")
        channel, _, ts = call.get_text("unfurl_id").partition(".")
    if not channel or not ts:
        raise FakeSlackError("missing_ts" if channel else "missing_channel")
    if channel not in call.slack.channels:
        raise FakeSlackError("cannot_find_channel")
    message = call.slack.messages.find(channel, ts)
    if message is None:
        raise FakeSlackError("cannot_find_message")
    return message


def _check(message: FakeMessage, unfurls: dict[str, Any]) -> None:
    if message.is_by_app:
        raise FakeSlackError("cannot_unfurl_message")
    for url, card in unfurls.items():
        if f"<{url}" not in message.content.text:
            raise FakeSlackError("cannot_unfurl_url")
        if not isinstance(card, dict):
            raise FakeSlackError("invalid_unfurls_format")
        problems = list_message_problems(card["blocks"], f"/unfurls/{url}/blocks") if "blocks" in card else []
        if problems:
            raise invalid_blocks(problems, "cannot_parse_attachment")


def _attachment(call: WebApiCall, url: str, card: dict[str, Any]) -> dict[str, Any]:
    assign_ids(card.get("blocks", []), lambda: call.slack.ids.generate_secret()[:5])
    return {**card, "from_url": url, "app_unfurl_url": url, "is_app_unfurl": True}


def _ask_to_sign_in(call: WebApiCall, message: FakeMessage) -> None:
    """Shown to the author alone, in place of an unfurl."""
    text = (
        call.get_text("user_auth_message")
        or f"<{call.get_text('user_auth_url')}|Sign in> to see previews of these links."
    )
    prompt = FakeMessage(
        call.slack.ids.generate_ts(), message.channel, BOT_USER, MessageContent(text), seen_only_by=message.user
    )
    message_changes.post_message(call.slack, prompt)
