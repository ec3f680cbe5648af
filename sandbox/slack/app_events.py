"""Events of the Events API: which the app gets, and what is in them (slack docs: Events API)."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from sandbox.slack.fake_channels import FakeChannel
from sandbox.slack.fake_messages import FakeMessage
from sandbox.slack.fake_slack import FakeSlack
from sandbox.slack.ids import APP_ID, BOT_USER, VERIFICATION_TOKEN

# The scope that an app needs for an event, besides subscribing to it.
EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "member_joined_channel": "channels:read",
    "channel_archive": "channels:read",
    "channel_unarchive": "channels:read",
    "channel_rename": "channels:read",
    "group_archive": "groups:read",
    "group_rename": "groups:read",
    "channel_shared": "channels:read",
    "channel_unshared": "channels:read",
    "link_shared": "links:read",
    "user_change": "users:read",
    "subteam_members_changed": "usergroups:read",
    "subteam_updated": "usergroups:read",
}
_MESSAGES_OF = {"im": "message.im", "mpim": "message.mpim", "channel": "message.channels", "group": "message.groups"}
_LINK = re.compile(r"<(https?://[^|>\s]+)(?:\|[^>]*)?>")


def emit(slack: FakeSlack, subscription: str, event: dict[str, Any]) -> None:
    """Deliver an event, in the background, if the app subscribed to it and has the scope."""
    scope = EVENT_SCOPES.get(subscription)
    if subscription in slack.manifest.events and (scope is None or scope in slack.manifest.scopes):
        payload = slack.mark("events_api", _callback(slack, event))
        slack.run_in_background(slack.deliveries.deliver_event(payload))


def _callback(slack: FakeSlack, event: dict[str, Any]) -> dict[str, Any]:
    """The outer event (slack docs: event_callback). `team_id` is where it happened: at the author's, if shared."""
    authorization = {
        "enterprise_id": None,
        "team_id": slack.team.id,
        "user_id": BOT_USER,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": event.get("user_team", slack.team.id),
        "context_team_id": slack.team.id,
        "context_enterprise_id": None,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": slack.ids.generate_id("Ev"),
        "event_time": slack.ids.now_s(),
        "authorizations": [authorization],
        "is_ext_shared_channel": _is_shared(slack, event),
        "event_context": f"4-{slack.ids.generate_secret()}",
    }


def _is_shared(slack: FakeSlack, event: dict[str, Any]) -> bool:
    channel = slack.channels.get(str(event.get("channel")))
    return channel is not None and channel.is_ext_shared


def emit_message(slack: FakeSlack, message: FakeMessage) -> None:
    """A new message may be up to three events: the message itself, a mention of the bot, links to unfurl."""
    channel = slack.channels[message.channel]
    if channel.has_bot:
        emit(slack, _MESSAGES_OF[channel.type_in_event], _message_event(slack, message, channel))
        if not message.is_by_app and not channel.is_im and f"<@{BOT_USER}>" in message.content.text:
            emit(slack, "app_mention", _message_event(slack, message, channel) | {"type": "app_mention"})
    if not message.is_by_app:
        _share_links(slack, message, channel)


def _message_event(slack: FakeSlack, message: FakeMessage, channel: FakeChannel) -> dict[str, Any]:
    author = slack.people.get(message.user)
    team = {"team": author.team, "user_team": author.team, "source_team": author.team} if author else {}
    return {
        **slack.messages.as_api(message),
        **(team if channel.is_ext_shared else {}),
        "channel": channel.id,
        "channel_type": channel.type_in_event,
        "event_ts": message.ts,
    }


def _share_links(slack: FakeSlack, message: FakeMessage, channel: FakeChannel) -> None:
    links = []
    for url in dict.fromkeys(_LINK.findall(message.content.text)):
        domain = slack.manifest.find_unfurl_domain(urlsplit(url).hostname or "")
        if domain:
            links.append({"url": url, "domain": domain})
    if links:
        emit(slack, "link_shared", _link_shared(message, channel, links))


def _link_shared(message: FakeMessage, channel: FakeChannel, links: list[dict[str, str]]) -> dict[str, Any]:
    event = {
        "type": "link_shared",
        "user": message.user,
        "channel": channel.id,
        "message_ts": message.ts,
        "unfurl_id": f"{channel.id}.{message.ts}",
        "source": "conversations_history",
        "is_bot_user_member": channel.has_bot,
        "links": links,
        "event_ts": message.ts,
    }
    return event | ({"thread_ts": message.thread_ts} if message.thread_ts else {})


def emit_home_opened(slack: FakeSlack, person: str, tab: str) -> None:
    event = {
        "type": "app_home_opened",
        "user": person,
        "channel": slack.people[person].dm,
        "tab": tab,
        "event_ts": slack.ids.generate_ts(),
    }
    view = slack.views.homes.get(person)
    emit(slack, "app_home_opened", event | ({"view": view.as_api()} if view and tab == "home" else {}))


def emit_member_joined(slack: FakeSlack, channel: FakeChannel, person: str, inviter: str | None) -> None:
    """Sent for channels that the bot is in, its own joining included."""
    event = {
        "type": "member_joined_channel",
        "user": person,
        "channel": channel.id,
        "channel_type": "G" if channel.is_private else "C",
        "team": slack.team.id,
        "event_ts": slack.ids.generate_ts(),
    }
    if channel.has_bot:
        emit(slack, "member_joined_channel", event | ({"inviter": inviter} if inviter else {}))


def emit_channel_event(slack: FakeSlack, channel: FakeChannel, what: str, fields: dict[str, Any]) -> None:
    """channel_archive and channel_rename; group_… for private channels, which only members get."""
    if channel.is_hidden:
        return
    name = f"{'group' if channel.is_private else 'channel'}_{what}"
    emit(slack, name, {"type": name, **fields, "event_ts": slack.ids.generate_ts()})


def emit_shared(slack: FakeSlack, channel: FakeChannel, team: str) -> None:
    """Another workspace came into a channel, or left it (slack docs: channel_shared, channel_unshared).

    A private channel's wants the scope groups:read.
    """
    if channel.is_hidden or (channel.is_private and "groups:read" not in slack.manifest.scopes):
        return
    shared, what = channel.is_ext_shared, {"channel": channel.id, "event_ts": slack.ids.generate_ts()}
    if shared:
        emit(slack, "channel_shared", {"type": "channel_shared", "connected_team_id": team, **what})
    else:
        left = {"previously_connected_team_id": team, "is_ext_shared": False}
        emit(slack, "channel_unshared", {"type": "channel_unshared", **left, **what})


def emit_user_change(slack: FakeSlack, user: str) -> None:
    """Sent for whatever changes of anybody, also that they were deactivated (slack docs: user_change)."""
    described = slack.people[user].as_user(with_email=False, now_s=slack.ids.now_s())
    stamp = slack.ids.generate_ts()
    emit(
        slack,
        "user_change",
        {"type": "user_change", "user": described, "cache_ts": slack.ids.now_s(), "event_ts": stamp},
    )


def emit_group(slack: FakeSlack, group: str, before: Collection[str]) -> None:
    """A user group changed (slack docs: subteam_updated, subteam_members_changed). `before`: who was in it."""
    now, stamp = slack.user_groups[group], slack.ids.now_s()
    described = {**now.as_usergroup(with_users=True), "team_id": slack.team.id, "date_update": stamp}
    emit(slack, "subteam_updated", {"type": "subteam_updated", "subteam": described})
    added, removed = [one for one in now.users if one not in before], [one for one in before if one not in now.users]
    if not added and not removed:
        return
    changed = {
        "type": "subteam_members_changed",
        "subteam_id": group,
        "team_id": slack.team.id,
        "date_previous_update": stamp,
        "date_update": stamp,
        "added_users": added,
        "added_users_count": str(len(added)),
        "removed_users": removed,
        "removed_users_count": str(len(removed)),
    }
    emit(slack, "subteam_members_changed", changed)


def uninstall_app(slack: FakeSlack) -> None:
    """Remove the app: revoke its tokens, send app_uninstalled and tokens_revoked (slack docs of both).

    From the whole organisation, where it installed the app.
    """
    whole = slack.organisation if slack.organisation and slack.organisation.is_installed else None
    for each in slack.workspaces if whole else [slack]:
        each.tokens.revoke_all_bots("account_inactive", organisation=whole.id if whole else None)
    emit_tokens_revoked(slack)
    emit(slack, "app_uninstalled", {"type": "app_uninstalled", "event_ts": slack.ids.generate_ts()})
    if whole:
        whole.uninstall()


def change_access(slack: FakeSlack, *, granted: bool) -> None:
    """An admin of the organisation lets its app into this workspace, or takes it out. Raises ValueError."""
    if slack.organisation is None or not slack.organisation.is_installed:
        raise ValueError("no organisation has installed the app")
    slack.organisation.granted.add(slack.team.id)
    name = "team_access_granted" if granted else "team_access_revoked"
    emit(slack, name, {"type": name, "team_ids": [slack.team.id], "event_ts": slack.ids.generate_ts()})
    if not granted:
        slack.organisation.granted.remove(slack.team.id)


def emit_tokens_revoked(slack: FakeSlack) -> None:
    revoked = {"oauth": [], "bot": [BOT_USER]}
    emit(slack, "tokens_revoked", {"type": "tokens_revoked", "tokens": revoked, "event_ts": slack.ids.generate_ts()})
