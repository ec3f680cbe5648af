"""CircleCI as its document lets it answer too: a proxy before the sandbox's, that leaves out or changes what it may.

`LEAST` keeps only what must be there, with null wherever that is allowed. `ODD` has something else in each field that
may be missing, and `WILD` in all but the few that make a thing what it is.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.contracts.circleci import SHAPES, operation
from tests.contracts.shapes import bare
from tests.plugins.app_server import get_ssl_context, open_socket, serve_app

Json = Any
Keep = Callable[[str, Json], Json]
"""What stands in a field, by its name in the table (`!`: it must be there) and what it held; GONE leaves it out."""

GONE = object()
LISTS = ("items", "flaky_tests", "branches")
_BELOW = "/circleci/api/v2"
_OF_A_THING = ("id", "slug", "number", "name", "status", "state", "type", "workflow_id", "job_number", "project_slug")
_NEEDED = {*_OF_A_THING, *LISTS}


def drop_optional(key: str, value: Json) -> Json:
    return value if key.endswith("!") else GONE


def corrupt_optional(key: str, value: Json) -> Json:
    return value if key.endswith("!") or bare(key) in _NEEDED else [{"odd": None}]


def corrupt_most(key: str, value: Json) -> Json:
    return value if bare(key) in _NEEDED else {"odd": [7]}


MODES: dict[str, Keep] = {"least": drop_optional, "odd": corrupt_optional, "wild": corrupt_most}


def mutate_answer(shape: Json, value: Json, keep: Keep) -> Json:
    """An answer of this shape, each of its fields as `keep` has it."""
    shape = SHAPES.follow(shape)
    if isinstance(shape, str) and shape.endswith("~"):
        return None if keep is drop_optional else mutate_answer(shape[:-1].rstrip(), value, keep)
    if isinstance(shape, list) and isinstance(value, list):
        return [mutate_answer(shape[0], one, keep) for one in value]
    if not (isinstance(shape, dict) and isinstance(value, dict)) or "or" in shape:
        return value
    kept = {bare(key): keep(key, mutate_answer(inner, value.get(bare(key)), keep)) for key, inner in shape.items()}
    return {name: kept.get(name, one) for name, one in value.items() if kept.get(name) is not GONE}


@contextlib.asynccontextmanager
async def run_circleci_proxy(keep: Keep) -> AsyncIterator[tuple[str, Callable[[str], None]]]:
    """Its address for a bot's settings, and how to tell it where the sandbox is."""
    target: list[str] = []
    async with httpx.AsyncClient(timeout=30, verify=get_ssl_context()) as http:

        async def forward(request: Request) -> Response:
            headers = {key: value for key, value in request.headers.items() if key not in {"host", "accept-encoding"}}
            url = f"{target[0]}{request.url.path}?{request.url.query}"
            answer = await http.request(request.method, url, headers=headers, content=await request.body())
            content = _mutate_response(request, answer, keep)
            return Response(content, answer.status_code, {"content-type": answer.headers.get("content-type", "")})

        methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        proxy = Starlette(routes=[Route("/{path:path}", forward, methods=methods)])
        async with serve_app(proxy, open_socket()) as url:
            yield f"{url}/circleci", target.append


def _mutate_response(request: Request, answer: httpx.Response, keep: Keep) -> bytes:
    path = request.url.path
    found = operation(request.method, path.removeprefix(_BELOW)) if path.startswith(_BELOW) else None
    shape = found.answers().get(answer.status_code) if found else None
    return answer.content if shape is None else json.dumps(mutate_answer(shape, answer.json(), keep)).encode()
