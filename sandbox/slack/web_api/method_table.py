"""The table of Web API methods: handler, scope, required arguments, rate limit tier (slack docs: methods)."""

from __future__ import annotations

from sandbox.slack.web_api import (
    app_methods,
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
from sandbox.slack.web_api.web_api_call import WebApiMethod

_READ = "channels:read groups:read mpim:read im:read"
_HISTORY = "channels:history groups:history mpim:history im:history"
_OPEN = "channels:manage groups:write im:write mpim:write"
_TITLE = "title type channel_id"
_UPLOAD = "filename length"
_REACTION = "channel name timestamp"

_TABLE = (
    # name, what runs, one of these scopes, required arguments, tier
    WebApiMethod("api.test", auth_methods.echo, tier=4, caller=None),
    WebApiMethod("apps.connections.open", auth_methods.open_connection, tier=3, caller="app"),
    WebApiMethod("apps.manifest.create", app_methods.create_app, "", "manifest", 1, "config"),
    WebApiMethod("apps.manifest.export", app_methods.export_manifest, "", "app_id", 3, "config"),
    WebApiMethod("apps.manifest.update", app_methods.update_app, "", "app_id manifest", 1, "config"),
    WebApiMethod("apps.manifest.validate", app_methods.validate_manifest, "", "manifest", 3, "config"),
    WebApiMethod("auth.revoke", auth_methods.revoke_token, tier=3),
    WebApiMethod("auth.teams.list", auth_methods.list_teams, tier=2),
    WebApiMethod("auth.test", auth_methods.test_auth),
    WebApiMethod("blocks.validate", validate_methods.validate_blocks, caller=None),
    WebApiMethod("bookmarks.add", reaction_methods.add_bookmark, "bookmarks:write", _TITLE, 2),
    WebApiMethod("bots.info", user_methods.get_bot, "users:read", "", 3),
    WebApiMethod("chat.appendStream", stream_methods.append, "chat:write", "channel ts", 4),
    WebApiMethod("chat.delete", chat_methods.delete, "chat:write", "channel ts", 3),
    WebApiMethod("chat.getPermalink", chat_methods.get_permalink, "", "channel message_ts"),
    WebApiMethod("chat.postEphemeral", chat_methods.post_ephemeral, "chat:write", "channel user", 4),
    WebApiMethod("chat.postMessage", chat_methods.post_message, "chat:write", "channel"),
    WebApiMethod("chat.scheduleMessage", chat_methods.schedule_message, "chat:write", "channel post_at", 3),
    WebApiMethod("chat.startStream", stream_methods.start, "chat:write", "channel thread_ts", 2),
    WebApiMethod("chat.stopStream", stream_methods.stop, "chat:write", "channel ts", 2),
    WebApiMethod("chat.unfurl", unfurl_methods.unfurl_links, "links:write", "", 3),
    WebApiMethod("chat.update", chat_methods.update, "chat:write", "channel ts", 3),
    WebApiMethod("conversations.history", conversation_methods.list_history, _HISTORY, "channel", 3),
    WebApiMethod("conversations.info", conversation_methods.get_info, _READ, "channel", 3),
    WebApiMethod("conversations.join", conversation_methods.join, "channels:join", "channel", 3),
    WebApiMethod("conversations.list", conversation_methods.list_channels, _READ, "", 2),
    WebApiMethod("conversations.members", conversation_methods.list_members, _READ, "channel", 4),
    WebApiMethod("conversations.open", conversation_methods.open_conversation, _OPEN, "", 3),
    WebApiMethod("conversations.replies", conversation_methods.list_replies, _HISTORY, "channel ts", 3),
    WebApiMethod("emoji.list", reaction_methods.list_emoji, "emoji:read", "", 2),
    WebApiMethod("files.completeUploadExternal", file_methods.complete_upload, "files:write", "files", 4),
    WebApiMethod("files.getUploadURLExternal", file_methods.get_upload_url, "files:write", _UPLOAD, 4),
    WebApiMethod("files.list", file_methods.list_files, "files:read", "", 3),
    WebApiMethod("oauth.v2.access", auth_methods.grant_token, caller=None),
    WebApiMethod("pins.add", pin_methods.add, "pins:write", "channel", 2),
    WebApiMethod("pins.list", pin_methods.list_pins, "pins:read", "channel", 2),
    WebApiMethod("pins.remove", pin_methods.remove, "pins:write", "channel", 2),
    WebApiMethod("reactions.add", reaction_methods.react, "reactions:write", _REACTION, 3),
    WebApiMethod("reactions.get", reaction_methods.get_reactions, "reactions:read", "", 3),
    WebApiMethod("reactions.remove", reaction_methods.unreact, "reactions:write", "name", 2),
    WebApiMethod("team.info", user_methods.get_team, "team:read", "", 3),
    WebApiMethod("tooling.tokens.rotate", app_methods.rotate_token, "", "refresh_token", caller=None),
    WebApiMethod("usergroups.list", user_methods.list_usergroups, "usergroups:read", "", 2),
    WebApiMethod("usergroups.users.list", user_methods.list_usergroup_users, "usergroups:read", "usergroup", 2),
    WebApiMethod("users.conversations", conversation_methods.list_for_user, _READ, "", 3),
    WebApiMethod("users.info", user_methods.get_user, "users:read", "user", 4),
    WebApiMethod("users.list", user_methods.list_users, "users:read", "", 2),
    WebApiMethod("users.lookupByEmail", user_methods.lookup_by_email, "users:read.email", "email", 3),
    WebApiMethod("users.profile.get", user_methods.get_profile, "users.profile:read", "", 4),
    WebApiMethod("views.open", view_methods.open_view, "", "view", 4),
    WebApiMethod("views.publish", view_methods.publish, "", "user_id view", 4),
    WebApiMethod("views.push", view_methods.push, "", "view", 4),
    WebApiMethod("views.update", view_methods.update, "", "view", 4),
)
METHODS = {method.name: method for method in _TABLE}
