"""The shapes of what Slack sends: every field that we or Bolt read, with its type. What is not named stays out."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from bot.payload.event_shapes import EventCallback
from bot.payload.shape import Id, Shape, Short, Text


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
