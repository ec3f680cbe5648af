"""A message as the database keeps it."""

from __future__ import annotations

import json

from bot.messages import Message


def serialize_message(message: Message) -> str:
    return json.dumps({"text": message.text, "blocks": list(message.blocks)})


def parse_message(text: str) -> Message:
    message = json.loads(text)
    return Message(message["text"], message["blocks"])
