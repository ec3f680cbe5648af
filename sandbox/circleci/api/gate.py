"""What every request to the API passes: faults, credentials, refusals, the record of calls and the usual headers."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.circleci.api.api_call import Call, Handler, message
from sandbox.circleci.api_json import instant
from sandbox.circleci.api_rules import Rule
from sandbox.circleci.fake_circleci import World
from sandbox.circleci.fake_errors import Refused
from sandbox.circleci.fake_users import TOKENS, Person
from sandbox.faults import DroppedConnection, apply

Endpoint = Callable[[Request], Awaitable[Response]]


def endpoint(world: World, handler: Handler) -> Endpoint:
    """A Starlette endpoint that lets this handler answer whoever has a token."""

    async def answer(request: Request) -> Response:
        body = await request.body()

        async def perform() -> Response:
            return _perform(world, request, handler, body)

        return await pass_gate(world, request, perform)

    return answer


async def pass_gate(world: World, request: Request, perform: Callable[[], Awaitable[Response]]) -> Response:
    """Answer with `perform` unless a fault wants otherwise, record the call and add the usual headers."""
    world.engine.settle()
    caller = _caller(request)
    limited = _spent(world, caller)
    response = limited or await apply(
        world.faults, "circleci", route_of(request), perform, method=request.method, caller=caller
    )
    await _record(world, request, response)
    response.headers.update(_usual_headers(world, caller))
    return response


def _caller(request: Request) -> str | None:
    """The login of whose token it is; None for a token that nobody has."""
    owner = TOKENS.get(credentials(request)[1])
    return owner.login if owner else None


def _spent(world: World, caller: str | None) -> Response | None:
    """A 429 for whoever has made all the calls that they may make. Its body may be an empty object."""
    wait_s = world.allowance.wait_s(world.engine.now(), caller)
    return None if wait_s is None else JSONResponse({}, Rule.BUSY.status or 0, {"Retry-After": str(wait_s)})


def path_of(request: Request) -> str:
    """The path below where CircleCI is mounted."""
    return str(request.scope["path"]).removeprefix(request.scope.get("root_path", ""))


def route_of(request: Request) -> str:
    """The path as faults match it: below /api/v2 or /api/v1.1, or "output/…"."""
    return path_of(request).removeprefix("/api/v2").removeprefix("/api/v1.1").lstrip("/")


def _perform(world: World, request: Request, handler: Handler, body: bytes) -> Response:
    try:
        return handler(Call(world, request, _person(world, request), _json_object(body)))
    except Refused as refusal:
        return message(refusal.message, refusal.status)


def _person(world: World, request: Request) -> Person:
    """Whose token this is. A token in the query is refused, however valid: it would end up in logs."""
    kind, token = credentials(request)
    if kind is None:
        raise Rule.NO_TOKEN.refusal()
    if kind == "query" or token not in TOKENS or TOKENS[token].login in world.revoked:
        raise Rule.BAD_TOKEN.refusal()
    return TOKENS[token]


def credentials(request: Request) -> tuple[str | None, str]:
    """How the caller presents a token, and the token: circle-token, bearer, basic, query or not at all."""
    if "circle-token" in request.query_params:
        return "query", request.query_params["circle-token"]
    if "circle-token" in request.headers:
        return "circle-token", request.headers["circle-token"]
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return "bearer", rest.strip()
    return ("basic", _user_name(rest)) if scheme.lower() == "basic" else (None, "")


def _user_name(encoded: str) -> str:
    try:
        return base64.b64decode(encoded).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        raise Rule.BODY.refusal() from None
    if not isinstance(parsed, dict):
        raise Rule.BODY.refusal()
    return parsed


async def _record(world: World, request: Request, response: Response) -> None:
    kind, _ = credentials(request)
    call = {
        "at": instant(world.engine.now()),
        "method": request.method,
        "path": path_of(request),
        "query": {key: value for key, value in request.query_params.items() if key != "circle-token"},
        "status": None if isinstance(response, DroppedConnection) else response.status_code,
        "token_owner": _caller(request),
        "auth": kind,
    }
    body = await request.body()
    world.calls.record({**call, "body": _readable(body)} if body else call)
    world.allowance.count(world.engine.now(), _caller(request))
    world.changes.bump()


def _readable(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")


def _usual_headers(world: World, caller: str | None) -> dict[str, str]:
    return {"X-Request-Id": str(uuid4()), **world.allowance.headers(world.engine.now(), caller)}
