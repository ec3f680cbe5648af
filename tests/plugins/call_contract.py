"""Whatever a test makes the bot say to Slack is held against the tables of Slack's contract when the test is over.

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
from tests.plugins.block_kit import problems

Json = Any
Call = Mapping[str, Any]

_NO_METHODS = {"response_url", "files.upload"}
"""What the sandbox records among the calls and Slack's list does not name: addresses that Slack hands out."""

_IN_HEADERS = {"app_token", "client_id", "client_secret"}
"""The SDK's arguments that travel as a header; and of those that travel in the body, the record has no secrets."""

_OF_FAULTS = re.compile(r"http_\d+")
"""Answers that a test's fault gave, which are no words of Slack's."""


def complaints(state: Mapping[str, Any]) -> list[str]:
    """What is wrong with the calls in `GET /_control/state`."""
    return list(dict.fromkeys(complaint for call in state["slack"]["calls"] for complaint in _of_call(call)))


def _of_call(call: Call) -> Iterator[str]:
    method, args = call["method"], call["args"]
    if method not in _NO_METHODS:
        yield from _of_method(method, call)
    for surface, blocks in _shown(args):
        yield from (f"{method}: {problem}" for problem in _of_blocks(json.dumps(blocks), surface))
    if view := _read(args.get("view")):
        yield from (f"{method}: {problem}" for problem in _of_view(view))


def _of_method(method: str, call: Call) -> Iterator[str]:
    known, args, error = METHODS.get(method), call["args"], call.get("error")
    if known is None:
        yield f"{method}: Slack has no such method, or tests/contracts/methods.yaml has not chosen it"
        return
    yield from (f"{method}: {name} is no argument of it" for name in args if name not in known.arguments)
    missing = (known.need | known.sdk) - _IN_HEADERS - args.keys()
    yield from (f"{method}: {name} is missing" for name in sorted(missing))
    if error and error not in known.errors and not _OF_FAULTS.fullmatch(error):
        yield f"{method}: Slack does not answer {error}"


def _shown(args: Mapping[str, Any]) -> Iterator[tuple[str, Json]]:
    if blocks := _read(args.get("blocks")):
        yield "message", blocks
    if view := _read(args.get("view")):
        yield view["type"], view["blocks"]


@cache
def _of_blocks(blocks: str, surface: str) -> tuple[str, ...]:
    """Many calls say the same."""
    return tuple(problems(json.loads(blocks), surface))


def _of_view(view: Mapping[str, Any]) -> Iterator[str]:
    """All but its blocks: they are looked at one by one, which says better what is wrong."""
    shape = "ModalView" if view["type"] == "modal" else "HomeView"
    yield from (error.message[:300] for error in validator(shape).iter_errors({**view, "blocks": []}))


def _read(value: Json) -> Json:
    """Blocks and views travel as JSON inside JSON, or not."""
    return json.loads(value) if isinstance(value, str) else value
