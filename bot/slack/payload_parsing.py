"""Slack's payloads, each as the Request that it means (facts: "Where things are in each payload").

Buttons carry their line as `value`, menus as the chosen option's `value`, forms as JSON in `private_metadata`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot import payload
from bot.command import Request, RequestSource
from bot.conversation import PlaceKind
from bot.domain.audit_records import Door
from bot.slack.conversation_kinds import is_open
from bot.slack.form_state import build_filled_form
from bot.slack.payload_workspace import get_bot_users, parse_workspaces
from bot.slack.shortcuts import get_line
from bot.untrusted.addresses import find_addresses

Payload = Mapping[str, Any]

REPLY_FORM = "form"
"""callback_id of every modal of ours."""

BARE_MENTION = "now"
"""What a mention says that says nothing else."""

_MENTION = re.compile(r"^\s*<@\w+(\|[^>]*)?>\s*")
_ANY_MENTION = re.compile(r"<@(\w+)(?:\|[^<>]*)?>")


def parse_slash_command(body: Payload) -> Request:
    """A slash command."""
    return Request(
        **parse_workspaces(body),
        user=body["user_id"],
        line=body.get("text", ""),
        source=RequestSource.TYPED,
        key=body["trigger_id"],
        channel=body["channel_id"],
        place_name=body.get("channel_name"),
        place_kind=PlaceKind.OPEN if is_open(body.get("channel_name")) else None,
        trigger_id=body["trigger_id"],
        reply_to=body.get("response_url"),
    )


def parse_message(body: Payload) -> Request:
    """A mention of the bot in a channel, or a direct message to it, by a person (payload_workspace.by_person)."""
    event = body["event"]
    return Request(
        **parse_workspaces(body),
        user=event["user"],
        line=_strip_mention(body, event["text"]) or BARE_MENTION,
        source=RequestSource.TYPED,
        key=f"{event['channel']}:{event['ts']}",
        channel=event["channel"],
        thread_ts=event.get("thread_ts"),
        came_by=Door.MENTION,
        place_kind=PlaceKind.OWN_DM if event.get("channel_type") == "im" else PlaceKind.MEMBER,
    )


def _strip_mention(body: Payload, text: str) -> str:
    """Without the name of the one who is asked, wherever in the sentence it stands."""
    ours = set(get_bot_users(body))
    text = _ANY_MENTION.sub(lambda found: " " if found[1] in ours else found[0], text)
    return _MENTION.sub("", text).strip()


def parse_action(body: Payload) -> Request | None:
    """A button or menu outside or inside a modal; None for one that says nothing (a link button)."""
    action = body["actions"][0]
    view = body.get("view") or {}
    if view.get("type") == "modal" and not action["action_id"].startswith("do"):
        return _parse_redraw(body, view)
    line = action.get("value") or (action.get("selected_option") or {}).get("value")
    return _parse_button(body, line) if line else None


def _parse_button(body: Payload, line: str) -> Request:
    """A press. Two presses of one button are one asking, unless our answer has taken its message's place meanwhile.

    An ephemeral message that is replaced keeps its ts, and a view its id, but their rows get new block_ids (Slack:
    blocks, block_id): so the same button in a later answer (pause, resume, pause again) asks again.
    """
    container = body.get("container") or {}
    ephemeral = bool(container.get("is_ephemeral"))
    message, view = body.get("message") or {}, body.get("view") or {}
    is_redrawn = ephemeral or bool(view)
    row = f":{body['actions'][0].get('block_id')}" if is_redrawn else ""
    place = _parse_place(body)
    stands_in = container.get("message_ts") or container.get("view_id")
    return Request(
        **parse_workspaces(body),
        user=body["user"]["id"],
        line=line,
        source=RequestSource.BUTTON,
        written=True,
        key=f"{place.get('channel')}:{stands_in}{row}:{line}",
        channel=place.get("channel"),
        place_name=place.get("place"),
        thread_ts=_parse_thread(message, container) or _parse_metadata(view).get("thread"),
        message_ts=message.get("ts"),
        trigger_id=body.get("trigger_id"),
        reply_to=body.get("response_url"),
        ephemeral=ephemeral,
        over_form=bool(view.get("submit")),
        fields=_parse_fields(view) if view.get("submit") else {},
        in_home=_is_of_home(view),
        from_view=view["id"] if view.get("type") == "modal" and not view.get("submit") else None,
        view_title=_parse_title(view),
        beneath=_parse_beneath(view, _parse_metadata(view).get("line", "") if view.get("submit") else ""),
    )


def _parse_beneath(view: Payload, line: str = "") -> tuple[str, str] | None:
    """The form under this modal. `line` is that of a form in which a button was pressed: the answer covers it."""
    line = _parse_metadata(view).get("beneath") or line
    return (view.get("root_view_id") or view["id"], line) if line else None


def _is_of_home(view: Payload) -> bool:
    """The Home, or a modal that was opened from it."""
    return view.get("type") == "home" or "home" in _parse_metadata(view)


def _parse_title(view: Payload) -> str:
    return str((view.get("title") or {}).get("text") or "")


def _parse_place(body: Payload) -> Mapping[str, str]:
    """Of a press: that of its message, or the one in which its form was asked for."""
    channel = body.get("channel") or {}
    if "id" in channel:
        return {"channel": channel["id"], **({"place": channel["name"]} if channel.get("name") else {})}
    return _parse_metadata(body.get("view") or {})


def _parse_thread(message: Payload, container: Payload) -> str | None:
    """The thread that a message is in. The message above a thread is in the channel, though its thread_ts is its ts."""
    thread = message.get("thread_ts") or container.get("thread_ts")
    stands_in = message.get("ts") or container.get("message_ts")
    return thread if thread != stands_in else None


def _parse_redraw(body: Payload, view: Payload) -> Request:
    """An input of a form changed: the form is drawn again with what is filled in so far.

    A button that is part of a form says so by an @ in its action_id: its value is one of the fields.
    """
    request = replace(_parse_form(body, view, RequestSource.REDRAW), form=build_filled_form(view))
    pressed = body["actions"][0]
    said = {pressed["action_id"]: pressed.get("value") or ""} if "@" in pressed["action_id"] else {}
    return replace(request, fields={**request.fields, **said})


def parse_submission(body: Payload) -> Request:
    """A form that was handed in. The same form handed in twice has the same key."""
    return replace(_parse_form(body, body["view"], RequestSource.FORM), form=build_filled_form(body["view"]))


def _parse_form(body: Payload, view: Payload, source: RequestSource) -> Request:
    metadata = _parse_metadata(view)
    return Request(
        **parse_workspaces(body),
        user=body["user"]["id"],
        line=metadata.get("line", ""),
        source=source,
        written=True,
        key=f"{view.get('root_view_id') or view['id']}:{metadata.get('line', '')}",
        channel=metadata.get("channel"),
        place_name=metadata.get("place"),
        thread_ts=metadata.get("thread"),
        view_id=view["id"],
        view_title=_parse_title(view),
        beneath=_parse_beneath(view),
        trigger_id=body.get("trigger_id"),
        in_home=_is_of_home(view),
        fields=_parse_fields(view),
        chosen=_parse_chosen(view),
        shown=frozenset(block for block, _ in _get_inputs(view)),
    )


def parse_shortcut(body: Payload) -> Request:
    """A global or message shortcut (shortcuts.py): a message names the place, and what it holds may be meant."""
    message = body.get("message") or {}
    return Request(
        **parse_workspaces(body),
        user=body["user"]["id"],
        line=get_line(body["callback_id"]),
        source=RequestSource.SHORTCUT,
        written=True,
        key=body["trigger_id"],
        channel=(body.get("channel") or {}).get("id"),
        place_name=(body.get("channel") or {}).get("name"),
        thread_ts=_parse_thread(message, {}),
        message_ts=message.get("ts"),
        addresses=find_addresses(message),
        trigger_id=body["trigger_id"],
        reply_to=body.get("response_url"),
    )


def parse_suggestion(body: Payload) -> Request:
    """What a typeahead asks, as the form that it is in."""
    return _parse_form(body, body.get("view") or {"id": ""}, RequestSource.REDRAW)


def _parse_metadata(view: Payload) -> dict[str, str]:
    found = payload.parse_json_object(view.get("private_metadata") or "{}")
    return {name: value for name, value in found.items() if isinstance(value, str)}


def _parse_fields(view: Payload) -> dict[str, str]:
    """Input values by block_id; what is empty is left out."""
    found = {block: _get_value(element) for block, element in _get_inputs(view)}
    return {block: value for block, value in found.items() if value is not None}


def _parse_chosen(view: Payload) -> dict[str, tuple[str, ...]]:
    """What was chosen, by block_id, where several could be."""
    return {
        block: tuple(element.get("selected_users") or [one["value"] for one in element.get("selected_options") or ()])
        for block, element in _get_inputs(view)
        if "selected_options" in element or "selected_users" in element
    }


def _get_inputs(view: Payload) -> list[tuple[str, Payload]]:
    state = (view.get("state") or {}).get("values") or {}
    return [(block, next(iter(actions.values()))) for block, actions in state.items() if actions]


def _get_value(element: Payload) -> str | None:
    if element.get("selected_option"):
        return str(element["selected_option"]["value"])
    for name in ("value", "selected_user", "selected_conversation", "selected_channel", "selected_date"):
        if element.get(name) is not None:
            return str(element[name])
    return None
