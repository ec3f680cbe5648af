"""The shapes of what Slack sends: every field that we or Bolt read, with its type. What is not named stays out."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator


class Shape(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
"""PostgreSQL keeps no NUL."""
Short = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=255)]


class Envelope(Shape):
    type: Short
    envelope_id: Short | None = None
    payload: dict[str, Any] | None = None


class Team(Shape):
    id: Id
    enterprise_id: Id | None = None


class UserPayload(Shape):
    id: Id
    team_id: Id | None = None


class ChannelPayload(Shape):
    id: Id
    name: Short | None = None


class Enterprise(Shape):
    id: Id


class SlashCommandPayload(Shape):
    command: Short
    text: Text = ""
    team_id: Id
    user_id: Id
    channel_id: Id
    channel_name: Short | None = None
    trigger_id: Short
    response_url: Text | None = None
    enterprise_id: Id | None = None
    is_enterprise_install: Short | bool | None = None


class OptionLabel(Shape):
    text: Short | None = None


class SelectedOption(Shape):
    value: Text
    text: OptionLabel | None = None


class InputValue(Shape):
    """An element with what was typed or chosen there."""

    value: Text | None = None
    selected_option: SelectedOption | None = None
    selected_options: list[SelectedOption] | None = None
    selected_user: Short | None = None
    selected_users: list[Short] | None = None
    selected_conversation: Short | None = None
    selected_channel: Short | None = None
    selected_date: Short | None = None


class ActionPayload(InputValue):
    action_id: Short
    block_id: Short | None = None


class ViewState(Shape):
    values: dict[Short, dict[Short, InputValue]] | None = None


class PlainText(Shape):
    type: Short
    text: Short
    emoji: bool | None = None


class ViewPayload(Shape):
    """`blocks` are as we sent them: they go back as they are, and nothing else reads them."""

    id: Short
    type: Short
    callback_id: Short | None = None
    title: PlainText | None = None
    submit: PlainText | None = None
    blocks: Annotated[list[dict[str, Any]], Field(max_length=100)] | None = None
    private_metadata: Text | None = None
    root_view_id: Short | None = None
    team_id: Id | None = None
    app_installed_team_id: Id | None = None
    state: ViewState | None = None


class SubmittedView(ViewPayload):
    callback_id: Short
    title: PlainText


class Container(Shape):
    message_ts: Short | None = None
    thread_ts: Short | None = None
    view_id: Short | None = None
    is_ephemeral: bool | None = None


class MessagePayload(Shape):
    """Anybody's. What it says is read for addresses alone (bot/untrusted/addresses.py), whatever its shape."""

    ts: Short | None = None
    thread_ts: Short | None = None
    app_id: Short | None = None
    team: Short | None = None
    text: Any = None
    blocks: Any = None
    attachments: Any = None


class Interaction(Shape):
    type: Short
    user: UserPayload
    team: Team | None = None
    enterprise: Enterprise | None = None
    is_enterprise_install: bool | None = None
    api_app_id: Short | None = None
    trigger_id: Short | None = None
    response_url: Text | None = None
    channel: ChannelPayload | None = None

    view: ViewPayload | None = None

    @model_validator(mode="after")
    def _check_workspace(self) -> Interaction:
        """`team` is null where the app is installed in a whole organisation (Slack: interaction payloads)."""
        view = self.view
        if not (self.team or self.user.team_id or (view and (view.app_installed_team_id or view.team_id))):
            raise ValueError("of no workspace")
        return self


class BlockActions(Interaction):
    actions: Annotated[list[ActionPayload], Field(min_length=1)]
    container: Container | None = None
    message: MessagePayload | None = None


class BlockSuggestion(Interaction):
    action_id: Short
    value: Text | None = None


class ViewSubmission(Interaction):
    view: SubmittedView


class Shortcut(Interaction):
    callback_id: Short
    trigger_id: Short
    message: MessagePayload | None = None


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


class UrlVerification(Shape):
    type: Short
    challenge: Text


SHAPES: dict[str, type[Shape]] = {
    "command": SlashCommandPayload,
    "block_actions": BlockActions,
    "block_suggestion": BlockSuggestion,
    "view_submission": ViewSubmission,
    "view_closed": ViewSubmission,
    "shortcut": Shortcut,
    "message_action": Shortcut,
    "event_callback": EventCallback,
    "url_verification": UrlVerification,
}
