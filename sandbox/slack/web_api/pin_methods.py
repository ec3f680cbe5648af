"""pins.*: messages that a channel keeps at hand (slack docs: pins methods)."""

from __future__ import annotations

from sandbox.slack import message_changes
from sandbox.slack.fake_channels import FakeChannel
from sandbox.slack.fake_messages import FakeMessage
from sandbox.slack.fake_pins import MOST_PINS, FakePin
from sandbox.slack.fake_slack_errors import FakeSlackError
from sandbox.slack.ids import BOT_USER
from sandbox.slack.web_api.reaction_methods import get_marked_message
from sandbox.slack.web_api.web_api_call import Answer, WebApiCall


async def add(call: WebApiCall) -> Answer:
    channel = _get_joined_channel(call)
    message = _get_named_message(call, channel)
    if call.slack.pins.find(channel.id, message.ts):
        raise FakeSlackError("already_pinned")
    if len(call.slack.pins.list_for(channel.id)) >= MOST_PINS:
        raise FakeSlackError("too_many_pins")
    call.slack.pins.add(FakePin(channel.id, message.ts, BOT_USER, call.slack.ids.now_s()))
    message.pinned_to.append(channel.id)
    message_changes.publish_change(call.slack, message, edited=False)
    return {}


async def remove(call: WebApiCall) -> Answer:
    channel = _get_joined_channel(call)
    message = _get_named_message(call, channel)
    pin = call.slack.pins.find(channel.id, message.ts)
    if pin is None:
        raise FakeSlackError("no_pin")
    call.slack.pins.remove(pin)
    message.pinned_to.remove(channel.id)
    message_changes.publish_change(call.slack, message, edited=False)
    return {}


async def list_pins(call: WebApiCall) -> Answer:
    channel = call.get_channel()
    return {
        "items": [
            _item(call, pin, message) for pin in call.slack.pins.list_for(channel.id) if (message := _of(call, pin))
        ]
    }


def _get_joined_channel(call: WebApiCall) -> FakeChannel:
    channel = call.get_channel()
    if not channel.has_bot:
        raise FakeSlackError("not_in_channel")
    return channel


def _get_named_message(call: WebApiCall, channel: FakeChannel) -> FakeMessage:
    if not call.get_text("timestamp"):
        raise FakeSlackError("no_item_specified")
    return get_marked_message(call, channel)


def _of(call: WebApiCall, pin: FakePin) -> FakeMessage | None:
    return call.slack.messages.find(pin.channel, pin.ts)


def _item(call: WebApiCall, pin: FakePin, message: FakeMessage) -> Answer:
    return {
        "type": "message",
        "channel": pin.channel,
        "created": pin.created,
        "created_by": pin.by,
        "message": call.slack.messages.as_api(message),
    }
