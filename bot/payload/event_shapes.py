"""The shapes of Slack's events: what it tells without being asked."""

from __future__ import annotations

from typing import Any, Literal, get_args

from pydantic import model_validator

from bot.payload.shape import Id, Shape, Short, Text


class RevokedTokens(Shape):
    oauth: list[Short] | None = None
    bot: list[Short] | None = None


class MessageEvent(Shape):
    type: Literal["app_mention", "message"]
    channel: Id
    ts: Short
    text: Text = ""
    user: Id | None = None
    team: Id | None = None
    user_team: Id | None = None
    thread_ts: Short | None = None
    channel_type: Short | None = None
    subtype: Short | None = None
    source_team: Id | None = None
    bot_id: Short | None = None
    app_id: Short | None = None
    bot_profile: Any = None
    edited: Any = None
    hidden: Any = None


class HomeOpenedEvent(Shape):
    type: Literal["app_home_opened"]
    user: Id
    tab: Short = "home"


class MemberJoinedEvent(Shape):
    type: Literal["member_joined_channel"]
    user: Id
    channel: Id


class ChannelSharedEvent(Shape):
    """`is_ext_shared` says of one that was unshared whether other companies are left there."""

    type: Literal["channel_shared", "channel_unshared"]
    channel: Id
    is_ext_shared: bool = True


class InstallationEvent(Shape):
    type: Literal["app_uninstalled", "tokens_revoked", "team_access_granted", "team_access_revoked"]
    tokens: RevokedTokens | None = None


class ChangedUser(Shape):
    id: Id
    deleted: bool = False


class UserChangeEvent(Shape):
    type: Literal["user_change"]
    user: ChangedUser


class ChangedGroup(Shape):
    id: Id


class GroupEvent(Shape):
    """A user group has other members, or is called otherwise, disabled or enabled: which of it, only Slack's list says.

    `subteam` is in one of these events, `subteam_id` in the other.
    """

    type: Literal["subteam_members_changed", "subteam_updated"]
    subteam_id: Id | None = None
    subteam: ChangedGroup | None = None


KnownEvent = (
    MessageEvent
    | HomeOpenedEvent
    | MemberJoinedEvent
    | ChannelSharedEvent
    | InstallationEvent
    | UserChangeEvent
    | GroupEvent
)


class OtherEvent(Shape):
    """Whatever else happens, we do not listen to."""

    type: Short


class Authorization(Shape):
    enterprise_id: Id | None = None
    team_id: Id | None = None
    user_id: Id | None = None
    is_bot: bool | None = None
    is_enterprise_install: bool | None = None


class EventCallback(Shape):
    type: Short
    event_id: Short
    team_id: Id
    api_app_id: Short | None = None
    enterprise_id: Id | None = None
    context_team_id: Id | None = None
    context_enterprise_id: Id | None = None
    is_ext_shared_channel: bool | None = None
    authorizations: list[Authorization] | None = None
    event: KnownEvent | OtherEvent

    @model_validator(mode="after")
    def _check_event(self) -> EventCallback:
        """A mention without a channel is no event that we do not know, but a broken one."""
        if isinstance(self.event, OtherEvent) and self.event.type in _KNOWN_EVENTS:
            raise ValueError("half an event")
        return self


_KNOWN_EVENTS = {kind for one in get_args(KnownEvent) for kind in get_args(one.model_fields["type"].annotation)}
