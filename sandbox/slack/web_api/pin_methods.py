"""pins.*: messages that a channel keeps at hand (slack docs: pins methods)."""

from __future__ import annotations

from sandbox.slack.fake_channels import Channel
from sandbox.slack.fake_messages import Message
from sandbox.slack.fake_pins import MOST_PINS, Pin
from sandbox.slack.fake_slack_errors import Refused
from sandbox.slack.ids import BOT_USER
from sandbox.slack.web_api.reaction_methods import marked
from sandbox.slack.web_api.web_api_call import Answer, Call


async def add(call: Call) -> Answer:
    channel = _joined(call)
    message = _named(call, channel)
    if call.slack.pins.find(channel.id, message.ts):
        raise Refused("already_pinned")
    if len(call.slack.pins.of(channel.id)) >= MOST_PINS:
        raise Refused("too_many_pins")
    call.slack.pins.add(Pin(channel.id, message.ts, BOT_USER, call.slack.ids.now_s()))
    call.slack.changes.bump()
    return {}


async def remove(call: Call) -> Answer:
    channel = _joined(call)
    pin = call.slack.pins.find(channel.id, _named(call, channel).ts)
    if pin is None:
        raise Refused("no_pin")
    call.slack.pins.remove(pin)
    call.slack.changes.bump()
    return {}


async def listed(call: Call) -> Answer:
    channel = call.channel()
    return {"items": [_item(call, pin, found) for pin in call.slack.pins.of(channel.id) if (found := _of(call, pin))]}


def _joined(call: Call) -> Channel:
    channel = call.channel()
    if not channel.has_bot:
        raise Refused("not_in_channel")
    return channel


def _named(call: Call, channel: Channel) -> Message:
    if not call.text("timestamp"):
        raise Refused("no_item_specified")
    return marked(call, channel)


def _of(call: Call, pin: Pin) -> Message | None:
    return call.slack.messages.find(pin.channel, pin.ts)


def _item(call: Call, pin: Pin, message: Message) -> Answer:
    shown = call.slack.messages.as_api(message) | {"pinned_to": [pin.channel]}
    return {
        "type": "message",
        "channel": pin.channel,
        "created": pin.created,
        "created_by": pin.by,
        "message": shown,
    }
