from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from bot import payload
from bot.command import Request
from bot.conversation import PlaceKind
from bot.slack import payload_parsing
from tests.plugins.payloads import ALL, COMMAND, EVENTS, INTERACTIONS, MARK, Json, encode_payload

READ = {
    "press": payload_parsing.parse_action,
    "form": payload_parsing.parse_submission,
    "shortcut": payload_parsing.parse_shortcut,
    "message shortcut": payload_parsing.parse_shortcut,
    "options": payload_parsing.parse_suggestion,
}


def read(kind: str, **changed: object) -> Request:
    given: Json = copy.deepcopy(INTERACTIONS[kind]) | changed
    found = READ[kind](payload.parse_payload(given))
    assert found
    return found


@pytest.mark.parametrize("kind", READ)
@pytest.mark.parametrize("person", ["U0ADA", "W0WIM"])
def test_where_slack_says_null_the_workspace_is_that_of_the_person_or_the_form(kind: str, person: str) -> None:
    found = read(kind, team=None, enterprise={"id": "E0"}, user={"id": person, "team_id": "T0SANDBOX"})
    assert (found.workspace, found.user, found.away) == ("T0SANDBOX", person, None)
    if "view" in INTERACTIONS[kind]:
        assert read(kind, team=None, user={"id": person}).workspace == "T0SANDBOX"


@pytest.mark.parametrize("kind", ["press", "message shortcut"])
def test_where_slack_says_no_channel_the_person_is_asked_alone(kind: str) -> None:
    found = read(kind, channel=None)
    assert (found.channel, found.place_name) == (None, None)


def test_what_slack_calls_the_place_comes_along_also_through_a_form() -> None:
    assert payload_parsing.parse_slash_command(payload.parse_payload(COMMAND)).place_name == "deploys"
    assert read("press", channel={"id": "D0X", "name": "directmessage"}).place_name == "directmessage"
    view = INTERACTIONS["form"]["view"] | {"private_metadata": '{"channel": "D0X", "place": "directmessage"}'}
    assert (read("form", view=view).channel, read("form", view=view).place_name) == ("D0X", "directmessage")


def test_who_mentions_us_does_it_where_we_are() -> None:
    for kind, where in {"mention": PlaceKind.MEMBER, "direct message": PlaceKind.OWN_DM}.items():
        assert payload_parsing.parse_message(payload.parse_payload(EVENTS[kind])).place_kind is where


def test_a_button_of_a_home_asks_again_once_its_row_is_drawn_anew() -> None:
    def press(row: str) -> Request:
        body = {
            "type": "block_actions",
            "user": {"id": "U1", "team_id": "T1"},
            "view": {"id": "V1", "type": "home"},
            "container": {"type": "view", "view_id": "V1"},
            "actions": [{"action_id": "do", "block_id": row, "value": "approve w j"}],
        }
        request = payload_parsing.parse_action(body)
        assert request
        return request

    first, twice, later = press("a"), press("a"), press("b")
    assert first.in_home
    assert first.key == twice.key != later.key


ODD, KEPT = "a\0b\ud83dc\ud83d\ude00 \\u0000", "ab?c\U0001f600 \\u0000"
"""As a person may type it: NUL, half a character, a whole one in two halves, and six characters that only look odd."""
TYPED = {**READ, "command": payload_parsing.parse_slash_command, "mention": payload_parsing.parse_message}
NAMES_A_LINE = {"shortcut", "message shortcut"}


def _type(value: Any, text: str) -> Any:
    """The payload, with this in the place of whatever stands for something that a person typed."""
    if isinstance(value, dict):
        typed = {name: _type(one, text) for name, one in value.items()}
        metadata = value.get("private_metadata")
        return typed | ({"private_metadata": json.dumps(_type(json.loads(metadata), text))} if metadata else {})
    if isinstance(value, list):
        return [_type(one, text) for one in value]
    return value.replace(MARK, text) if isinstance(value, str) else value


def _read_http(kind: str, text: str) -> Json:
    body, content_type = encode_payload(kind, _type(ALL[kind], text))
    return payload.parse_form_or_json(body.decode(), content_type)


def _read_socket(kind: str, text: str) -> Json:
    message = json.dumps({"type": "any", "envelope_id": "1", "payload": _type(ALL[kind], text)})
    envelope: Json = json.loads(payload.clean_envelope(message))
    return payload.parse_payload(envelope["payload"])


@pytest.mark.parametrize("kind", sorted(TYPED.keys() - NAMES_A_LINE))
@pytest.mark.parametrize("door", [_read_http, _read_socket])
def test_what_no_database_keeps_is_taken_out_at_the_door(kind: str, door: Callable[[str, str], Json]) -> None:
    by_form = (kind, door) == ("command", _read_http)
    odd, kept = ("a\0b", "ab") if by_form else (ODD, KEPT)
    request = TYPED[kind](door(kind, odd))
    assert request
    chosen = [one for several in request.chosen.values() for one in several]
    texts = [text for text in (request.line, *request.fields.values(), *chosen) if text not in {"", "U0ADA"}]
    assert texts
    assert {text.removeprefix("status ") for text in texts} == {kept}
    json.dumps([texts, request.form and request.form.original_blocks], ensure_ascii=False).encode()
