"""reactions.* and bookmarks.add: small marks on messages, files and channels."""

from __future__ import annotations

import re

from sandbox.slack import message_changes
from sandbox.slack.fake_channels import Channel
from sandbox.slack.fake_messages import Message
from sandbox.slack.fake_slack_errors import Refused
from sandbox.slack.ids import APP_ID, BOT_USER
from sandbox.slack.web_api.web_api_call import Answer, Call

_TS = re.compile(r"\d+\.\d{6}")


async def react(call: Call) -> Answer:
    name = _emoji(call)
    message = marked(call, call.channel())
    users = message.reactions.setdefault(name, [])
    if BOT_USER in users:
        raise Refused("already_reacted")
    users.append(BOT_USER)
    message_changes.changed(call.slack, message, edited=False)
    return {}


async def unreact(call: Call) -> Answer:
    """A file has no reactions here, so none can be taken from it."""
    name = _emoji(call)
    message = _item(call)
    if message is None or BOT_USER not in message.reactions.get(name, ()):
        raise Refused("no_reaction")
    message.reactions[name].remove(BOT_USER)
    if not message.reactions[name]:
        del message.reactions[name]
    message_changes.changed(call.slack, message, edited=False)
    return {}


async def reactions(call: Call) -> Answer:
    message = _item(call)
    if message is None:
        return {"type": "file", "file": call.slack.files.as_api(call.slack.files.find(call.text("file")))}
    shown = call.slack.messages.as_api(message)
    return {"type": "message", "channel": message.channel, "message": shown}


def marked(call: Call, channel: Channel) -> Message:
    """The message at `timestamp`. Raises Refused: bad_timestamp, message_not_found."""
    if not _TS.fullmatch(call.text("timestamp")):
        raise Refused("bad_timestamp")
    return call.message(channel, "timestamp")


def _item(call: Call) -> Message | None:
    """The message that channel and timestamp name, None where it is a file. Raises Refused for neither."""
    if call.text("file_comment"):
        raise Refused("file_comment_not_found")
    if call.text("file"):
        call.slack.files.find(call.text("file"))
        return None
    if not (call.text("channel") and call.text("timestamp")):
        raise Refused("no_item_specified")
    return marked(call, call.channel())


def _emoji(call: Call) -> str:
    name = call.text("name").strip(":")
    if not re.fullmatch(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?", name):
        raise Refused("invalid_name")
    return name


async def bookmark(call: Call) -> Answer:
    channel = call.channel("channel_id")
    if call.text("type") != "link":
        raise Refused("invalid_bookmark_type")
    if not re.match(r"https?://", call.text("link")):
        raise Refused("invalid_link")
    added = {
        "id": call.slack.ids.new("Bk"),
        "channel_id": channel.id,
        "title": call.text("title"),
        "link": call.text("link"),
        "emoji": call.text("emoji"),
        "type": "link",
        "app_id": APP_ID,
        "date_created": call.slack.ids.now_s(),
    }
    call.slack.bookmarks.append(added)
    call.slack.changes.bump()
    return {"bookmark": added}


async def emoji(call: Call) -> Answer:
    """This workspace has no emoji of its own, which is all that Slack lists here."""
    categories = {"categories_version": "1", "categories": []} if call.flag("include_categories") else {}
    return {"emoji": {}, "cache_ts": str(call.slack.ids.now_s()), **categories}
