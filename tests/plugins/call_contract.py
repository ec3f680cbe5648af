"""When a test is over, every call that the bot made to Slack is compared with the tables of Slack's contract.

Every call: the method exists, its arguments are known, those required are there; and the error that the sandbox gave
is one that Slack gives there. Every message, modal and Home that was sent: the shapes and limits of Block Kit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from tests.contracts.slack import METHODS, validator
from tests.plugins.block_kit import find_block_problems

Json = Any
Call = Mapping[str, Any]

_NO_METHODS = {"response_url", "files.upload"}
"""What the sandbox records among the calls and Slack's list does not name: addresses that Slack hands out."""

_IN_HEADERS = {"app_token", "client_id", "client_secret"}
"""The SDK's arguments that travel as a header; and of those that travel in the body, the record has no secrets."""

_OF_FAULTS = re.compile(r"http_\d+")
"""Answers that a test's fault gave, which are no words of Slack's."""


def find_violations(state: Mapping[str, Any]) -> list[str]:
    """What is wrong with the calls in `GET /_control/state`."""
    return list(
        dict.fromkeys(complaint for call in state["slack"]["calls"] for complaint in _find_call_violations(call))
    )


def _find_call_violations(call: Call) -> Iterator[str]:
    method, args = call["method"], call["args"]
    if method not in _NO_METHODS:
        yield from _find_method_violations(method, call)
    for surface, blocks in _iter_surfaces(args):
        yield from (f"{method}: {problem}" for problem in _find_block_violations(json.dumps(blocks), surface))
    if view := _parse_json(args.get("view")):
        yield from (f"{method}: {problem}" for problem in _find_view_violations(view))


def _find_method_violations(method: str, call: Call) -> Iterator[str]:
    known, args, error = METHODS.get(method), call["args"], call.get("error")
    if known is None:
        yield f"{method}: Slack has no such method, or tests/contracts/methods.yaml has not chosen it"
        return
    yield from (f"{method}: {name} is no argument of it" for name in args if name not in known.arguments)
    missing = (known.need | known.sdk) - _IN_HEADERS - args.keys()
    yield from (f"{method}: {name} is missing" for name in sorted(missing))
    if error and error not in known.errors and not _OF_FAULTS.fullmatch(error):
        yield f"{method}: Slack does not answer {error}"


def _iter_surfaces(args: Mapping[str, Any]) -> Iterator[tuple[str, Json]]:
    if blocks := _parse_json(args.get("blocks")):
        yield "message", blocks
    if view := _parse_json(args.get("view")):
        yield view["type"], view["blocks"]


@cache
def _find_block_violations(blocks: str, surface: str) -> tuple[str, ...]:
    """Many calls say the same."""
    return tuple(find_block_problems(json.loads(blocks), surface))


def _find_view_violations(view: Mapping[str, Any]) -> Iterator[str]:
    """All but its blocks: they are looked at one by one, which says better what is wrong."""
    shape = "ModalView" if view["type"] == "modal" else "HomeView"
    yield from (error.message[:300] for error in validator(shape).iter_errors({**view, "blocks": []}))


def _parse_json(value: Json) -> Json:
    """Blocks and views travel as JSON inside JSON, or not."""
    return json.loads(value) if isinstance(value, str) else value
