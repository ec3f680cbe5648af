"""CircleCI's API v3 by the table: which operation a request is, whether it is allowed, and what it may answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from tests.contracts.shapes import Shapes, table

Json = Any
TABLE = table("circleci_v3")
OPERATIONS: Mapping[str, Json] = TABLE["operations"]
SHAPES = Shapes(TABLE["shapes"], open_=TABLE["open"])
ERROR = SHAPES.validator({"error!": "Error"})


def find_operation(method: str, path: str) -> str | None:
    """The name of the operation that a path below /api/v3 belongs to, the most literal one where several fit."""
    fitting = [name for name in OPERATIONS if name.split()[0] == method and _fits(name.split()[1], path)]
    return min(fitting, key=lambda name: name.count("{"), default=None)


def _fits(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template)), path) is not None


def iter_complaints_about_request(name: str, request: httpx.Request) -> Iterator[str]:
    said = OPERATIONS[name]
    asked = dict(request.url.params)
    shapes = {key.rstrip("!"): shape for key, shape in said.get("query", {}).items()}
    yield from (
        f"{name} wants {key[:-1]}" for key in said.get("query", {}) if key.endswith("!") and key[:-1] not in asked
    )
    for key, value in asked.items():
        if key not in shapes:
            yield f"{name} declares no {key}"
        elif not SHAPES.validator(shapes[key]).is_valid(value):
            yield f"{name}: {key} may not be {value}"
    if "body" in said:
        yield from (error.message for error in SHAPES.validator(said["body"]).iter_errors(json.loads(request.content)))
    if request.headers.get("authorization", "").split(" ")[0] != "Bearer" or "circle-token" in request.headers:
        yield f"{name} wants a Bearer token alone"


def iter_complaints_about_answer(name: str, answer: httpx.Response) -> Iterator[str]:
    said = OPERATIONS[name]
    if not answer.is_success:
        yield from (error.message for error in ERROR.iter_errors(answer.json()))
    elif said.get("lines"):
        valid = SHAPES.validator(said["lines"])
        yield from (error.message for line in answer.text.splitlines() for error in valid.iter_errors(json.loads(line)))
    elif not said.get("text"):
        valid = SHAPES.validator(said[answer.status_code])
        yield from (f"{error.json_path}: {error.message}" for error in valid.iter_errors(answer.json()))


def build_answer(name: str, *, full: bool) -> httpx.Response:
    """A sample of what the operation answers: all that it may hold, or as little as it must."""
    said = OPERATIONS[name]
    if said.get("text"):
        return httpx.Response(200, text="Error: no\n")
    if said.get("lines"):
        return httpx.Response(200, text=json.dumps(SHAPES.sample(said["lines"], full=full)) + "\n")
    body = SHAPES.sample(said[200], full=full)
    if "page" in body:
        body["page"]["next"] = None
    return httpx.Response(200, json=body)


def list_rows() -> Iterator[tuple[str, str, str, str, str]]:
    """Each operation with what it is asked for, what v2 does instead, its source and how sure it is."""
    for name, said in OPERATIONS.items():
        yield name, said["for"], said["instead"], said["source"], said["trust"]
