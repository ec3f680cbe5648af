"""The shapes of what Slack sends: every field that we or Bolt read, with its type. What is not named stays out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

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


class User(Shape):
    id: Id
    team_id: Id | None = None


class Place(Shape):
    id: Id
    name: Short | None = None


class Enterprise(Shape):
    id: Id


class Command(Shape):
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


class Label(Shape):
    text: Short | None = None


class Option(Shape):
    value: Text
    text: Label | None = None


class Input(Shape):
    """An element with what was typed or chosen there."""

    value: Text | None = None
    selected_option: Option | None = None
    selected_options: list[Option] | None = None
    selected_user: Short | None = None
    selected_users: list[Short] | None = None
    selected_conversation: Short | None = None
    selected_channel: Short | None = None
    selected_date: Short | None = None


class Action(Input):
    action_id: Short
    block_id: Short | None = None


class State(Shape):
    values: dict[Short, dict[Short, Input]] | None = None


class Title(Shape):
    type: Short
    text: Short
    emoji: bool | None = None


class View(Shape):
    """`blocks` are as we sent them: they go back as they are, and nothing else reads them."""

    id: Short
    type: Short
    callback_id: Short | None = None
    title: Title | None = None
    submit: Title | None = None
    blocks: Annotated[list[dict[str, Any]], Field(max_length=100)] | None = None
    private_metadata: Text | None = None
    root_view_id: Short | None = None
    team_id: Id | None = None
    app_installed_team_id: Id | None = None
    state: State | None = None


class OwnView(View):
    callback_id: Short
    title: Title


class Container(Shape):
    message_ts: Short | None = None
    thread_ts: Short | None = None
    view_id: Short | None = None
    is_ephemeral: bool | None = None


class Message(Shape):
    ts: Short | None = None
    thread_ts: Short | None = None
    app_id: Short | None = None
    team: Short | None = None


class Interaction(Shape):
    type: Short
    user: User
    team: Team | None = None
    enterprise: Enterprise | None = None
    is_enterprise_install: bool | None = None
    api_app_id: Short | None = None
    trigger_id: Short | None = None
    response_url: Text | None = None
    channel: Place | None = None

    view: View | None = None

    @model_validator(mode="after")
    def _of_a_workspace(self) -> Interaction:
        """`team` is null where the app is installed in a whole organisation (Slack: interaction payloads)."""
        view = self.view
        if not (self.team or self.user.team_id or (view and (view.app_installed_team_id or view.team_id))):
            raise ValueError("of no workspace")
        return self


class Press(Interaction):
    actions: Annotated[list[Action], Field(min_length=1)]
    container: Container | None = None
    message: Message | None = None


class Suggestion(Interaction):
    action_id: Short
    value: Text | None = None


class Submission(Interaction):
    view: OwnView


class Shortcut(Interaction):
    callback_id: Short
    trigger_id: Short
    message: Message | None = None


class Revoked(Shape):
    oauth: list[Short] | None = None
    bot: list[Short] | None = None


class Said(Shape):
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


class HomeOpened(Shape):
    type: Literal["app_home_opened"]
    user: Id
    tab: Short = "home"


class Left(Shape):
    type: Literal["app_uninstalled", "tokens_revoked"]
    tokens: Revoked | None = None


class Unheard(Shape):
    """Whatever else happens, we do not listen to."""

    type: Short


class Authorization(Shape):
    enterprise_id: Id | None = None
    team_id: Id | None = None
    user_id: Id | None = None
    is_bot: bool | None = None
    is_enterprise_install: bool | None = None


class Event(Shape):
    type: Short
    event_id: Short
    team_id: Id
    api_app_id: Short | None = None
    enterprise_id: Id | None = None
    context_team_id: Id | None = None
    context_enterprise_id: Id | None = None
    is_ext_shared_channel: bool | None = None
    authorizations: list[Authorization] | None = None
    event: Said | HomeOpened | Left | Unheard

    @model_validator(mode="after")
    def _not_half_read(self) -> Event:
        """A mention without a channel is no event that we do not know, but a broken one."""
        if isinstance(self.event, Unheard) and self.event.type in _HEARD:
            raise ValueError("half an event")
        return self


_HEARD = {"app_mention", "message", "app_home_opened", "app_uninstalled", "tokens_revoked"}


class Verification(Shape):
    type: Short
    challenge: Text


SHAPES: dict[str, type[Shape]] = {
    "command": Command,
    "block_actions": Press,
    "block_suggestion": Suggestion,
    "view_submission": Submission,
    "view_closed": Submission,
    "shortcut": Shortcut,
    "message_action": Shortcut,
    "event_callback": Event,
    "url_verification": Verification,
}
