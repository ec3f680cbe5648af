"""Every method of the simulated Web API with what Slack asks for it: scope, arguments, tier (slack docs: methods)."""

from __future__ import annotations

from sandbox.slack.web_api import (
    auth_methods,
    chat_methods,
    conversation_methods,
    file_methods,
    pin_methods,
    reaction_methods,
    stream_methods,
    unfurl_methods,
    user_methods,
    validate_methods,
    view_methods,
)
from sandbox.slack.web_api.web_api_call import Method

_READ = "channels:read groups:read mpim:read im:read"
_HISTORY = "channels:history groups:history mpim:history im:history"
_OPEN = "channels:manage groups:write im:write mpim:write"
_TITLE = "title type channel_id"
_UPLOAD = "filename length"
_REACTION = "channel name timestamp"

_TABLE = (
    # name, what runs, one of these scopes, required arguments, tier
    Method("api.test", auth_methods.echo, tier=4, caller=None),
    Method("apps.connections.open", auth_methods.open_connection, tier=3, caller="app"),
    Method("auth.revoke", auth_methods.revoke, tier=3),
    Method("auth.test", auth_methods.test),
    Method("blocks.validate", validate_methods.validate, caller=None),
    Method("bookmarks.add", reaction_methods.bookmark, "bookmarks:write", _TITLE, 2),
    Method("bots.info", user_methods.bot, "users:read", "", 3),
    Method("chat.appendStream", stream_methods.append, "chat:write", "channel ts", 4),
    Method("chat.delete", chat_methods.delete, "chat:write", "channel ts", 3),
    Method("chat.getPermalink", chat_methods.get_permalink, "", "channel message_ts"),
    Method("chat.postEphemeral", chat_methods.post_ephemeral, "chat:write", "channel user", 4),
    Method("chat.postMessage", chat_methods.post_message, "chat:write", "channel"),
    Method("chat.scheduleMessage", chat_methods.schedule_message, "chat:write", "channel post_at", 3),
    Method("chat.startStream", stream_methods.start, "chat:write", "channel thread_ts", 2),
    Method("chat.stopStream", stream_methods.stop, "chat:write", "channel ts", 2),
    Method("chat.unfurl", unfurl_methods.unfurl, "links:write", "", 3),
    Method("chat.update", chat_methods.update, "chat:write", "channel ts", 3),
    Method("conversations.history", conversation_methods.history, _HISTORY, "channel", 3),
    Method("conversations.info", conversation_methods.info, _READ, "channel", 3),
    Method("conversations.join", conversation_methods.join, "channels:join", "channel", 3),
    Method("conversations.list", conversation_methods.listed, _READ, "", 2),
    Method("conversations.members", conversation_methods.members, _READ, "channel", 4),
    Method("conversations.open", conversation_methods.open_conversation, _OPEN, "", 3),
    Method("conversations.replies", conversation_methods.replies, _HISTORY, "channel ts", 3),
    Method("emoji.list", reaction_methods.emoji, "emoji:read", "", 2),
    Method("files.completeUploadExternal", file_methods.complete_upload, "files:write", "files", 4),
    Method("files.getUploadURLExternal", file_methods.get_upload_url, "files:write", _UPLOAD, 4),
    Method("files.list", file_methods.listed, "files:read", "", 3),
    Method("oauth.v2.access", auth_methods.exchange_code, caller=None),
    Method("pins.add", pin_methods.add, "pins:write", "channel", 2),
    Method("pins.list", pin_methods.listed, "pins:read", "channel", 2),
    Method("pins.remove", pin_methods.remove, "pins:write", "channel", 2),
    Method("reactions.add", reaction_methods.react, "reactions:write", _REACTION, 3),
    Method("reactions.get", reaction_methods.reactions, "reactions:read", "", 3),
    Method("reactions.remove", reaction_methods.unreact, "reactions:write", "name", 2),
    Method("team.info", user_methods.team, "team:read", "", 3),
    Method("usergroups.list", user_methods.usergroups, "usergroups:read", "", 2),
    Method("users.conversations", conversation_methods.of_user, _READ, "", 3),
    Method("users.info", user_methods.info, "users:read", "user", 4),
    Method("users.list", user_methods.listed, "users:read", "", 2),
    Method("users.lookupByEmail", user_methods.lookup_by_email, "users:read.email", "email", 3),
    Method("users.profile.get", user_methods.profile, "users.profile:read", "", 4),
    Method("views.open", view_methods.open_view, "", "view", 4),
    Method("views.publish", view_methods.publish, "", "user_id view", 4),
    Method("views.push", view_methods.push, "", "view", 4),
    Method("views.update", view_methods.update, "", "view", 4),
)
METHODS = {method.name: method for method in _TABLE}
