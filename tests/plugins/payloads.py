"""What Slack sends, one of each kind, as its documents show it; and ways to break it, the same at every run."""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

Json = dict[str, Any]

MARK = "a-word-from-the-body"
"""Stands in every text: nothing that is logged may hold it."""

_USER = {"id": "U0ADA", "username": "ada", "name": "ada", "team_id": "T0SANDBOX"}
_TEAM = {"id": "T0SANDBOX", "domain": "sandbox"}
_METADATA = json.dumps({"line": f"status {MARK}", "channel": "C0DEPLOYS"})
_VIEW = {
    "id": "V0VIEW",
    "team_id": "T0SANDBOX",
    "type": "modal",
    "callback_id": "form",
    "hash": "1764000000.abcdef",
    "title": {"type": "plain_text", "text": MARK, "emoji": True},
    "private_metadata": _METADATA,
    "previous_view_id": None,
    "root_view_id": "V0VIEW",
    "app_id": "A0",
    "app_installed_team_id": "T0SANDBOX",
    "bot_id": "B0",
    "blocks": [{"type": "section", "block_id": "b", "text": {"type": "mrkdwn", "text": MARK}}],
    "state": {
        "values": {
            "branch": {"do": {"type": "plain_text_input", "value": MARK}},
            "project": {"do": {"type": "static_select", "selected_option": {"text": {}, "value": MARK}}},
            "kinds": {"do": {"type": "checkboxes", "selected_options": [{"text": {}, "value": MARK}]}},
            "people": {"do": {"type": "multi_users_select", "selected_users": ["U0ADA"]}},
        }
    },
}
_COMMON = {"api_app_id": "A0", "token": "verification", "team": _TEAM, "user": _USER, "enterprise": None}
_COMMON |= {"is_enterprise_install": False, "trigger_id": "1.2.3"}
_CHANNEL = {"id": "C0DEPLOYS", "name": "deploys"}
_MESSAGE = {"type": "message", "ts": "1764000000.000100", "text": MARK, "user": "U0BOT", "bot_id": "B0"}


def _build_event(event: Json) -> Json:
    authorization = {"enterprise_id": None, "team_id": "T0SANDBOX", "user_id": "U0BOT", "is_bot": True}
    return {
        "type": "event_callback",
        "token": "verification",
        "team_id": "T0SANDBOX",
        "context_team_id": "T0SANDBOX",
        "context_enterprise_id": None,
        "api_app_id": "A0",
        "event": event,
        "event_id": "Ev0",
        "event_time": 1764000000,
        "authorizations": [authorization | {"is_enterprise_install": False}],
        "is_ext_shared_channel": False,
        "event_context": "4-x",
    }


_SAID = {"user": "U0ADA", "team": "T0SANDBOX", "text": f"<@U0BOT> {MARK}", "ts": "1764000000.000200", "blocks": []}

COMMAND: Json = {
    "token": "verification",
    "team_id": "T0SANDBOX",
    "team_domain": "sandbox",
    "channel_id": "C0DEPLOYS",
    "channel_name": "deploys",
    "user_id": "U0ADA",
    "user_name": "ada",
    "command": "/circle",
    "text": f"status {MARK}",
    "api_app_id": "A0",
    "is_enterprise_install": "false",
    "response_url": "https://hooks.slack.test/commands/1",
    "trigger_id": "1.2.3",
}

INTERACTIONS: dict[str, Json] = {
    "press": {
        **_COMMON,
        "type": "block_actions",
        "container": {"type": "message", "message_ts": "1764000000.000100", "channel_id": "C0DEPLOYS"},
        "channel": _CHANNEL,
        "message": _MESSAGE,
        "state": {"values": {}},
        "response_url": "https://hooks.slack.test/actions/1",
        "actions": [{"type": "button", "action_id": "say", "block_id": "b", "value": MARK, "action_ts": "1"}],
    },
    "press in a form": {
        **_COMMON,
        "type": "block_actions",
        "container": {"type": "view", "view_id": "V0VIEW"},
        "view": _VIEW,
        "actions": [{"type": "static_select", "action_id": "x", "block_id": "b", "selected_option": {"value": MARK}}],
    },
    "form": {**_COMMON, "type": "view_submission", "view": _VIEW, "response_urls": []},
    "closed form": {**_COMMON, "type": "view_closed", "view": _VIEW, "is_cleared": False},
    "shortcut": {**_COMMON, "type": "shortcut", "callback_id": "status", "action_ts": "1"},
    "message shortcut": {
        **_COMMON,
        "type": "message_action",
        "callback_id": "status",
        "channel": _CHANNEL,
        "message": _MESSAGE,
        "message_ts": "1764000000.000100",
        "response_url": "https://hooks.slack.test/actions/1",
    },
    "options": {
        **_COMMON,
        "type": "block_suggestion",
        "action_id": "project",
        "block_id": "b",
        "value": MARK,
        "container": {"type": "view", "view_id": "V0VIEW"},
        "view": _VIEW,
    },
}

EVENTS: dict[str, Json] = {
    "mention": _build_event({"type": "app_mention", "channel": "C0DEPLOYS", **_SAID}),
    "direct message": _build_event({"type": "message", "channel": "D0ADA", "channel_type": "im", **_SAID}),
    "home": _build_event(
        {"type": "app_home_opened", "user": "U0ADA", "channel": "D0ADA", "tab": "home", "view": _VIEW}
    ),
    "revoked": _build_event({"type": "tokens_revoked", "tokens": {"oauth": ["U0ADA"], "bot": []}}),
    "group": _build_event({"type": "subteam_members_changed", "subteam_id": "S0LEADS", "added_users": [MARK]}),
    "another": _build_event({"type": "link_shared", "links": [{"url": MARK}], "channel": "C0DEPLOYS"}),
    "verification": {"type": "url_verification", "token": "verification", "challenge": "a-challenge"},
}

ALL: dict[str, Json] = {"command": COMMAND, **INTERACTIONS, **EVENTS}

FORM = "application/x-www-form-urlencoded"


def encode_payload(name: str, payload: Any) -> tuple[bytes, str]:
    """The body and content type with which Slack sends what is of this kind."""
    if name in EVENTS:
        return json.dumps(payload).encode(), "application/json"
    if name == "command" and isinstance(payload, dict):
        return urlencode({key: value for key, value in payload.items() if value is not None}).encode(), FORM
    return urlencode({"payload": json.dumps(payload)}).encode(), FORM


def build_random(seed: int = 9) -> random.Random:
    """What is broken, and how: the same for the same seed."""
    return random.Random(seed)


def build_signed_headers(body: bytes, content_type: str, *, secret: str, stamp: int) -> dict[str, str]:
    made = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": str(stamp), "x-slack-signature": f"v0={made}", "content-type": content_type}


_ODD = (
    None,
    0,
    -1,
    1.5,
    True,
    "",
    "\x00",
    "𝕏" * 300,
    [],
    {},
    [None],
    [[]],
    {"id": None},
    {"id": []},
    ["x", {}],
    "null",
)


def generate_mutations(payload: Json, chance: random.Random) -> Iterator[Any]:
    """Without end: something left out, of another type, doubled, or in another's place."""
    while True:
        one = copy.deepcopy(payload)
        for _ in range(chance.choice((1, 1, 1, 2, 5))):
            _break(one, chance)
        yield one


def _break(payload: Json, chance: random.Random) -> None:
    places = list(_iter_places(payload))
    if not places:
        return
    holder, key = chance.choice(places)
    match chance.randrange(4):
        case 0 if isinstance(holder, dict):
            del holder[key]
        case 1:
            other, name = chance.choice(places)
            holder[key] = copy.deepcopy(other[name])
        case 2 if isinstance(holder, list):
            holder.clear()
        case _:
            holder[key] = copy.deepcopy(chance.choice(_ODD))


def _iter_places(value: Any) -> Iterator[tuple[Any, Any]]:
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in list(keys):
        yield value, key
        yield from _iter_places(value[key])


def generate_garbage(chance: random.Random) -> Iterator[bytes]:
    """Bodies that are no payload at all, each as it stands and as a form's `payload`."""
    deep = "[" * 100_000
    whole = json.dumps(INTERACTIONS["press"])
    texts = ["null", "{", "[]", "0", '""', "{}", "NaN", '{"type": NaN}', deep, '{"type":' + '{"a":' * 50_000, "\\"]
    texts += ['"\\ud800"', '{"type": "\\ud800"}', '{"type": []}', '{"type": {}}', '{"type": "block_actions"}', "&&&&"]
    texts += [whole[: chance.randrange(len(whole))] for _ in range(40)] + [
        "9" * 5_000,
        '{"event": ' + "9" * 5_000 + "}",
    ]
    for text in texts:
        yield text.encode()
        yield urlencode({"payload": text}).encode()
    yield from (b"", b"payload", b"payload=", b"\xff\xfe", b"{\xff}", b"payload=%ff%fe", b"a=1&" * 5_000, b"command=")
