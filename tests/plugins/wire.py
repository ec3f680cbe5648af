"""Whatever a test makes the bot say to Slack is held against Slack's own documents when the test is over.

Every call: the method exists, its arguments are known, those required are there. Every message, modal and Home that
was sent: the schemas and limits of Block Kit. Without the documents beside the checkout nothing is held against them;
tests/plugins/test_wire.py says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import jsonschema

from tests.plugins.blockkit import SPECS, problems

Json = Any
Call = Mapping[str, Any]

_NO_METHODS = {"response_url", "files.upload"}
"""What the sandbox records among the calls and Slack's list does not name: addresses that Slack hands out."""

_IN_HEADERS = {"app_token", "client_id", "client_secret"}
"""The SDK's arguments that travel as a header; and of those that travel in the body, the record has no secrets."""

_NEWER = {("chat.update", "metadata")}
"""Arguments that only one of the two lists knows."""


def complaints(state: Mapping[str, Any]) -> list[str]:
    """What is wrong with the calls in `GET /_control/state`; nothing where the documents are absent."""
    if not SPECS.is_dir():
        return []
    return list(dict.fromkeys(complaint for call in state["slack"]["calls"] for complaint in _of_call(call)))


def _of_call(call: Call) -> Iterator[str]:
    method, args = call["method"], call["args"]
    if method not in _NO_METHODS:
        yield from _of_arguments(method, args)
    for surface, blocks in _shown(args):
        yield from (f"{method}: {problem}" for problem in _of_blocks(json.dumps(blocks), surface))
    if view := _read(args.get("view")):
        yield from (f"{method}: {problem}" for problem in _of_view(view))


def _of_arguments(method: str, args: Mapping[str, Any]) -> Iterator[str]:
    sdk = _load("webapi_methods.slack_sdk-3.47.0.json").get(method)
    if sdk is None:
        yield f"{method}: Slack has no such method"
        return
    digest = _load("webapi_methods_digest.slack_kit.json").get(method, {})
    known = {*sdk["required"], *sdk["optional"], *digest.get("args", ())} | {
        name for at, name in _NEWER if at == method
    }
    yield from (f"{method}: {name} is no argument of it" for name in args if name not in known)
    missing = {*sdk["required"], *digest.get("required", ())} - _IN_HEADERS - args.keys()
    yield from (f"{method}: {name} is missing" for name in sorted(missing))


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
    document = _load("blockkit.slack-types-3.2.0.AnyView.schema.json")
    name = "ModalView" if view["type"] == "modal" else "HomeView"
    validator = jsonschema.Draft7Validator({**document, "$ref": f"#/definitions/{name}"})
    yield from (error.message[:300] for error in validator.iter_errors({**view, "blocks": []}))
    for part, most in (("title", 24), ("submit", 24), ("close", 24)):
        if len((view.get(part) or {}).get("text", "")) > most:
            yield f"{part} is longer than {most}"
    for part, most in (("private_metadata", 3000), ("callback_id", 255)):
        if len(view.get(part, "")) > most:
            yield f"{part} is longer than {most}"


def _read(value: Json) -> Json:
    """Blocks and views travel as JSON inside JSON, or not."""
    return json.loads(value) if isinstance(value, str) else value


@cache
def _load(name: str) -> Json:
    return json.loads((SPECS / name).read_text(encoding="utf-8"))
