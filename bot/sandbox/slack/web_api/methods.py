"""Every method of the simulated Web API with what Slack asks for it: scope, arguments, tier (slack docs: methods)."""

from __future__ import annotations

from bot.sandbox.slack.web_api import (
    access,
    chat,
    conversations,
    files,
    marks,
    people,
    pins,
    streaming,
    unfurl,
    validate,
    views,
)
from bot.sandbox.slack.web_api.call import Method

_READ = "channels:read groups:read mpim:read im:read"
_HISTORY = "channels:history groups:history mpim:history im:history"
_OPEN = "channels:manage groups:write im:write mpim:write"
_TITLE = "title type channel_id"
_UPLOAD = "filename length"
_REACTION = "channel name timestamp"

_TABLE = (
    # name, what runs, one of these scopes, required arguments, tier
    Method("api.test", access.echo, tier=4, caller=None),
    Method("apps.connections.open", access.open_connection, tier=3, caller="app"),
    Method("auth.revoke", access.revoke, tier=3),
    Method("auth.test", access.test),
    Method("blocks.validate", validate.validate, caller=None),
    Method("bookmarks.add", marks.bookmark, "bookmarks:write", _TITLE, 2),
    Method("bots.info", people.bot, "users:read", "", 3),
    Method("chat.appendStream", streaming.append, "chat:write", "channel ts", 4),
    Method("chat.delete", chat.delete, "chat:write", "channel ts", 3),
    Method("chat.getPermalink", chat.get_permalink, "", "channel message_ts"),
    Method("chat.postEphemeral", chat.post_ephemeral, "chat:write", "channel user", 4),
    Method("chat.postMessage", chat.post_message, "chat:write", "channel"),
    Method("chat.scheduleMessage", chat.schedule_message, "chat:write", "channel post_at", 3),
    Method("chat.startStream", streaming.start, "chat:write", "channel thread_ts", 2),
    Method("chat.stopStream", streaming.stop, "chat:write", "channel ts", 2),
    Method("chat.unfurl", unfurl.unfurl, "links:write", "", 3),
    Method("chat.update", chat.update, "chat:write", "channel ts", 3),
    Method("conversations.history", conversations.history, _HISTORY, "channel", 3),
    Method("conversations.info", conversations.info, _READ, "channel", 3),
    Method("conversations.join", conversations.join, "channels:join", "channel", 3),
    Method("conversations.list", conversations.listed, _READ, "", 2),
    Method("conversations.members", conversations.members, _READ, "channel", 4),
    Method("conversations.open", conversations.open_conversation, _OPEN, "", 3),
    Method("conversations.replies", conversations.replies, _HISTORY, "channel ts", 3),
    Method("emoji.list", marks.emoji, "emoji:read", "", 2),
    Method("files.completeUploadExternal", files.complete_upload, "files:write", "files", 4),
    Method("files.getUploadURLExternal", files.get_upload_url, "files:write", _UPLOAD, 4),
    Method("files.list", files.listed, "files:read", "", 3),
    Method("oauth.v2.access", access.exchange_code, caller=None),
    Method("pins.add", pins.add, "pins:write", "channel", 2),
    Method("pins.list", pins.listed, "pins:read", "channel", 2),
    Method("pins.remove", pins.remove, "pins:write", "channel", 2),
    Method("reactions.add", marks.react, "reactions:write", _REACTION, 3),
    Method("reactions.get", marks.reactions, "reactions:read", "", 3),
    Method("reactions.remove", marks.unreact, "reactions:write", "name", 2),
    Method("team.info", people.team, "team:read", "", 3),
    Method("usergroups.list", people.usergroups, "usergroups:read", "", 2),
    Method("users.conversations", conversations.of_user, _READ, "", 3),
    Method("users.info", people.info, "users:read", "user", 4),
    Method("users.list", people.listed, "users:read", "", 2),
    Method("users.lookupByEmail", people.lookup_by_email, "users:read.email", "email", 3),
    Method("users.profile.get", people.profile, "users.profile:read", "", 4),
    Method("views.open", views.open_view, "", "view", 4),
    Method("views.publish", views.publish, "", "user_id view", 4),
    Method("views.push", views.push, "", "view", 4),
    Method("views.update", views.update, "", "view", 4),
)
METHODS = {method.name: method for method in _TABLE}
