"""chat.unfurl: a card under a link that somebody posted (slack docs: unfurling links)."""

from __future__ import annotations

from typing import Any

from sandbox.slack import message_changes
from sandbox.slack.block_kit.block_tree import name_all
from sandbox.slack.block_kit.check import message_problems
from sandbox.slack.fake_messages import Message
from sandbox.slack.fake_slack_errors import Refused, invalid_blocks
from sandbox.slack.ids import BOT_USER
from sandbox.slack.message_content import Content
from sandbox.slack.web_api.web_api_call import Answer, Call


async def unfurl(call: Call) -> Answer:
    message = _message(call)
    if call.flag("user_auth_required") or call.text("user_auth_url") or call.text("user_auth_message"):
        _ask_to_sign_in(call, message)
        return {}
    unfurls = call.parsed("unfurls")
    if not unfurls:
        raise Refused("missing_unfurls")
    if not isinstance(unfurls, dict):
        raise Refused("invalid_unfurls_format")
    _check(message, unfurls)
    message.unfurls |= {url: _attachment(call, url, card) for url, card in unfurls.items()}
    message_changes.changed(call.slack, message, edited=False)
    return {}


def _message(call: Call) -> Message:
    """Named by channel and ts, or by unfurl_id and source as the event gave them."""
    channel, ts = call.text("channel"), call.text("ts")
    if call.text("unfurl_id"):
        if call.text("source") not in {"conversations_history", "composer"}:
            raise Refused("missing_source" if not call.text("source") else "invalid_source")
        channel, _, ts = call.text("unfurl_id").partition(".")
    if not channel or not ts:
        raise Refused("missing_ts" if channel else "missing_channel")
    if channel not in call.slack.channels:
        raise Refused("cannot_find_channel")
    message = call.slack.messages.find(channel, ts)
    if message is None:
        raise Refused("cannot_find_message")
    return message


def _check(message: Message, unfurls: dict[str, Any]) -> None:
    if message.by_app:
        raise Refused("cannot_unfurl_message")
    for url, card in unfurls.items():
        if f"<{url}" not in message.content.text:
            raise Refused("cannot_unfurl_url")
        if not isinstance(card, dict):
            raise Refused("invalid_unfurls_format")
        problems = message_problems(card["blocks"], f"/unfurls/{url}/blocks") if "blocks" in card else []
        if problems:
            raise invalid_blocks(problems, "cannot_parse_attachment")


def _attachment(call: Call, url: str, card: dict[str, Any]) -> dict[str, Any]:
    name_all(card.get("blocks", []), lambda: call.slack.ids.secret()[:5])
    return {**card, "from_url": url, "app_unfurl_url": url, "is_app_unfurl": True}


def _ask_to_sign_in(call: Call, message: Message) -> None:
    """Shown to the author alone, in place of an unfurl."""
    text = call.text("user_auth_message") or f"<{call.text('user_auth_url')}|Sign in> to see previews of these links."
    prompt = Message(call.slack.ids.ts(), message.channel, BOT_USER, Content(text), seen_only_by=message.user)
    message_changes.post(call.slack, prompt)
