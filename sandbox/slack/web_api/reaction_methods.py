"""reactions.* and bookmarks.add: small marks on messages, files and channels."""

from __future__ import annotations

import re

from sandbox.slack import message_changes
from sandbox.slack.fake_channels import FakeChannel
from sandbox.slack.fake_messages import FakeMessage
from sandbox.slack.fake_slack_errors import FakeSlackError
from sandbox.slack.ids import APP_ID, BOT_USER
from sandbox.slack.web_api.web_api_call import Answer, WebApiCall

_TS = re.compile(r"\d+\.\d{6}")


async def react(call: WebApiCall) -> Answer:
    name = _emoji(call)
    message = get_marked_message(call, call.get_channel())
    users = message.reactions.setdefault(name, [])
    if BOT_USER in users:
        raise FakeSlackError("already_reacted")
    users.append(BOT_USER)
    message_changes.publish_change(call.slack, message, edited=False)
    return {}


async def unreact(call: WebApiCall) -> Answer:
    """A file has no reactions here, so none can be taken from it."""
    name = _emoji(call)
    message = _item(call)
    if message is None or BOT_USER not in message.reactions.get(name, ()):
        raise FakeSlackError("no_reaction")
    message.reactions[name].remove(BOT_USER)
    if not message.reactions[name]:
        del message.reactions[name]
    message_changes.publish_change(call.slack, message, edited=False)
    return {}


async def get_reactions(call: WebApiCall) -> Answer:
    message = _item(call)
    if message is None:
        return {"type": "file", "file": call.slack.files.as_api(call.slack.files.get(call.get_text("file")))}
    shown = call.slack.messages.as_api(message)
    return {"type": "message", "channel": message.channel, "message": shown}


def get_marked_message(call: WebApiCall, channel: FakeChannel) -> FakeMessage:
    """The message at `timestamp`. Raises FakeSlackError: bad_timestamp, message_not_found."""
    if not _TS.fullmatch(call.get_text("timestamp")):
        raise FakeSlackError("bad_timestamp")
    return call.get_message(channel, "timestamp")


def _item(call: WebApiCall) -> FakeMessage | None:
    """The message that channel and timestamp name, None where it is a file. Raises FakeSlackError for neither."""
    if call.get_text("file_comment"):
        raise FakeSlackError("file_comment_not_found")
    if call.get_text("file"):
        call.slack.files.get(call.get_text("file"))
        return None
    if not (call.get_text("channel") and call.get_text("timestamp")):
        raise FakeSlackError("no_item_specified")
    return get_marked_message(call, call.get_channel())


def _emoji(call: WebApiCall) -> str:
    name = call.get_text("name").strip(":")
    if not re.fullmatch(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?", name):
        raise FakeSlackError("invalid_name")
    return name


async def add_bookmark(call: WebApiCall) -> Answer:
    channel = call.get_channel("channel_id")
    if call.get_text("type") != "link":
        raise FakeSlackError("invalid_bookmark_type")
    if not re.match(r"https?://", call.get_text("link")):
        raise FakeSlackError("invalid_link")
    added = {
        "id": call.slack.ids.generate_id("Bk"),
        "channel_id": channel.id,
        "title": call.get_text("title"),
        "link": call.get_text("link"),
        "emoji": call.get_text("emoji"),
        "type": "link",
        "app_id": APP_ID,
        "date_created": call.slack.ids.now_s(),
    }
    call.slack.bookmarks.append(added)
    call.slack.changes.bump()
    return {"bookmark": added}


async def list_emoji(call: WebApiCall) -> Answer:
    """This workspace has no emoji of its own, which is all that Slack lists here."""
    categories = {"categories_version": "1", "categories": []} if call.get_flag("include_categories") else {}
    return {"emoji": {}, "cache_ts": str(call.slack.ids.now_s()), **categories}
