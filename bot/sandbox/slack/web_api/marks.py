"""reactions.add and bookmarks.add: small marks on messages and channels."""

from __future__ import annotations

import re

from bot.sandbox.slack import talk
from bot.sandbox.slack.ids import APP_ID, BOT_USER
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.web_api.call import Answer, Call


async def react(call: Call) -> Answer:
    name = call.text("name").strip(":")
    if not re.fullmatch(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?", name):
        raise Refused("invalid_name")
    message = call.message(call.channel(), "timestamp")
    users = message.reactions.setdefault(name, [])
    if BOT_USER in users:
        raise Refused("already_reacted")
    users.append(BOT_USER)
    talk.changed(call.slack, message, edited=False)
    return {}


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
