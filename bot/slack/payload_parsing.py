"""Slack's payloads, each as the Request that it means (facts: "Where things are in each payload").

Buttons carry their line as `value`, menus as the chosen option's `value`, forms as JSON in `private_metadata`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot import payload
from bot.command import Request, Source
from bot.conversation import Where
from bot.slack.form_state import filled
from bot.slack.payload_workspace import whose

Payload = Mapping[str, Any]

REPLY_FORM = "form"
"""callback_id of every modal of ours."""

_MENTION = re.compile(r"^\s*<@\w+(\|[^>]*)?>\s*")


def typed(body: Payload) -> Request:
    """A slash command."""
    return Request(
        **whose(body),
        user=body["user_id"],
        line=body.get("text", ""),
        source=Source.TYPED,
        key=body["trigger_id"],
        channel=body["channel_id"],
        place_name=body.get("channel_name"),
        trigger_id=body["trigger_id"],
        reply_to=body.get("response_url"),
    )


def said(body: Payload) -> Request:
    """A mention of the bot in a channel, or a direct message to it, by a person (payload_workspace.by_person)."""
    event = body["event"]
    return Request(
        **whose(body),
        user=event["user"],
        line=_MENTION.sub("", event["text"]),
        source=Source.TYPED,
        key=f"{event['channel']}:{event['ts']}",
        channel=event["channel"],
        thread_ts=event.get("thread_ts"),
        where=Where.OURS if event.get("channel_type") == "im" else Where.MEMBER,
    )


def pressed(body: Payload) -> Request | None:
    """A button or menu outside or inside a modal; None for one that says nothing (a link button)."""
    action = body["actions"][0]
    view = body.get("view") or {}
    if view.get("type") == "modal" and not action["action_id"].startswith("do"):
        return _redrawn(body, view)
    line = action.get("value") or (action.get("selected_option") or {}).get("value")
    return _button(body, line) if line else None


def _button(body: Payload, line: str) -> Request:
    """A press. Two presses of one button are one asking, unless our answer has taken its message's place meanwhile.

    An ephemeral message that is replaced keeps its ts, but its rows get new block_ids (Slack: blocks, block_id): so
    the same button in a later answer (pause, resume, pause again) asks anew.
    """
    container = body.get("container") or {}
    ephemeral = bool(container.get("is_ephemeral"))
    row = f":{body['actions'][0].get('block_id')}" if ephemeral else ""
    message, view = body.get("message") or {}, body.get("view") or {}
    place = _place(body)
    stands_in = container.get("message_ts") or container.get("view_id")
    return Request(
        **whose(body),
        user=body["user"]["id"],
        line=line,
        source=Source.BUTTON,
        written=True,
        key=f"{place.get('channel')}:{stands_in}{row}:{line}",
        channel=place.get("channel"),
        place_name=place.get("place"),
        thread_ts=_thread(message, container) or _metadata(view).get("thread"),
        message_ts=message.get("ts"),
        trigger_id=body.get("trigger_id"),
        reply_to=body.get("response_url"),
        ephemeral=ephemeral,
        over_form=bool(view.get("submit")),
    )


def _place(body: Payload) -> Mapping[str, str]:
    """Of a press: that of its message, or the one in which its form was asked for."""
    channel = body.get("channel") or {}
    if "id" in channel:
        return {"channel": channel["id"], **({"place": channel["name"]} if channel.get("name") else {})}
    return _metadata(body.get("view") or {})


def _thread(message: Payload, container: Payload) -> str | None:
    """The thread that a message stands in. One above a thread stands in the channel, though it names itself."""
    thread = message.get("thread_ts") or container.get("thread_ts")
    stands_in = message.get("ts") or container.get("message_ts")
    return thread if thread != stands_in else None


def _redrawn(body: Payload, view: Payload) -> Request:
    """An input of a form changed: the form is drawn again with what is filled in so far."""
    return replace(_form(body, view, Source.REDRAW), form=filled(view))


def submitted(body: Payload) -> Request:
    """A form that was handed in. The same form handed in twice has the same key."""
    return replace(_form(body, body["view"], Source.FORM), form=filled(body["view"]))


def _form(body: Payload, view: Payload, source: Source) -> Request:
    metadata = _metadata(view)
    return Request(
        **whose(body),
        user=body["user"]["id"],
        line=metadata.get("line", ""),
        source=source,
        written=True,
        key=f"{view.get('root_view_id') or view['id']}:{metadata.get('line', '')}",
        channel=metadata.get("channel"),
        place_name=metadata.get("place"),
        thread_ts=metadata.get("thread"),
        view_id=view["id"],
        trigger_id=body.get("trigger_id"),
        fields=_fields(view),
        chosen=_chosen(view),
    )


def shortcut(body: Payload) -> Request:
    """A global or message shortcut: its callback_id is the command, a message names the place."""
    message = body.get("message") or {}
    return Request(
        **whose(body),
        user=body["user"]["id"],
        line=body["callback_id"],
        source=Source.SHORTCUT,
        written=True,
        key=body["trigger_id"],
        channel=(body.get("channel") or {}).get("id"),
        place_name=(body.get("channel") or {}).get("name"),
        thread_ts=_thread(message, {}),
        message_ts=message.get("ts"),
        trigger_id=body["trigger_id"],
        reply_to=body.get("response_url"),
    )


def suggestion(body: Payload) -> Request:
    """What a typeahead asks, as the form that it stands in."""
    return _form(body, body.get("view") or {"id": ""}, Source.REDRAW)


def _metadata(view: Payload) -> dict[str, str]:
    found = payload.read_json_object(view.get("private_metadata") or "{}")
    return {name: value for name, value in found.items() if isinstance(value, str)}


def _fields(view: Payload) -> dict[str, str]:
    """Input values by block_id; what is empty is left out."""
    found = {block: _value(element) for block, element in _inputs(view)}
    return {block: value for block, value in found.items() if value is not None}


def _chosen(view: Payload) -> dict[str, tuple[str, ...]]:
    """What was chosen, by block_id, where several could be."""
    return {
        block: tuple(element.get("selected_users") or [one["value"] for one in element.get("selected_options") or ()])
        for block, element in _inputs(view)
        if "selected_options" in element or "selected_users" in element
    }


def _inputs(view: Payload) -> list[tuple[str, Payload]]:
    state = (view.get("state") or {}).get("values") or {}
    return [(block, next(iter(actions.values()))) for block, actions in state.items() if actions]


def _value(element: Payload) -> str | None:
    if element.get("selected_option"):
        return str(element["selected_option"]["value"])
    for name in ("value", "selected_user", "selected_conversation", "selected_channel", "selected_date"):
        if element.get(name) is not None:
            return str(element[name])
    return None
