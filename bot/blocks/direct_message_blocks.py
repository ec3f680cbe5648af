"""A message to one person about a pipeline that is theirs: what happened, why it came, how to stop it."""

from __future__ import annotations

from bot.blocks import kit
from bot.command import format_line
from bot.language import _
from bot.messages import Message
from bot.rules.dm_topics import BY_NAME

_MOST = 47
"""Blocks that leave room for what is said below, and one day for what became of it (Slack: 50 in a message)."""


def render_direct_message(message: Message, topic: str) -> Message:
    """`message` is the outcome as its thread tells it."""
    stop = kit.button(_("Stop These Messages"), format_line("me", stop=topic))
    acts = kit.actions([stop, kit.button(_("Choose…"), format_line("me"))])
    return Message(message.text, [*message.blocks[:_MOST], acts, kit.context(_(BY_NAME[topic].because))])
