"""What every API request passes: faults, credentials, rate limits, errors, the call log and the usual headers."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.circleci.api.circleci_call import CircleciCall, Handler, build_message_response
from sandbox.circleci.api_json import format_instant
from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.fake_circleci import FakeCircleci
from sandbox.circleci.fake_errors import FakeCircleciError
from sandbox.circleci.fake_users import FakeCircleciUser
from sandbox.faults import DroppedConnection, apply_fault

Endpoint = Callable[[Request], Awaitable[Response]]


def build_endpoint(world: FakeCircleci, handler: Handler) -> Endpoint:
    """A Starlette endpoint that runs this handler for every caller with a token."""

    async def answer(request: Request) -> Response:
        body = await request.body()

        async def perform() -> Response:
            return _perform(world, request, handler, body)

        return await pass_gate(world, request, perform)

    return answer


async def pass_gate(world: FakeCircleci, request: Request, perform: Callable[[], Awaitable[Response]]) -> Response:
    """Answer with `perform` unless a fault wants otherwise, record the call and add the usual headers."""
    world.engine.run_due()
    caller = _caller(world, request)
    limited = _find_rate_limit_response(world, caller)
    response = limited or await apply_fault(
        world.faults, "circleci", get_route(request), perform, method=request.method, caller=caller
    )
    response.headers["X-Request-Id"] = str(uuid4())
    await _record(world, request, response)
    response.headers.update(world.quotas.build_headers(world.engine.now(), caller))
    return response


def _caller(world: FakeCircleci, request: Request) -> str | None:
    """The login of whose token it is; None for a token that nobody has."""
    owner = world.find_token_owner(parse_credentials(request)[1])
    return owner.login if owner else None


def _find_rate_limit_response(world: FakeCircleci, caller: str | None) -> Response | None:
    """A 429 for a token whose calls are used up. Its body may be an empty object."""
    wait_s = world.quotas.find_wait_s(world.engine.now(), caller)
    return None if wait_s is None else JSONResponse({}, ApiRule.BUSY.status or 0, {"Retry-After": str(wait_s)})


def get_path(request: Request) -> str:
    """The path below where CircleCI is mounted."""
    return str(request.scope["path"]).removeprefix(request.scope.get("root_path", ""))


def get_route(request: Request) -> str:
    """The path as faults match it: below /api/v2 or /api/v1.1, "v3/…", or "output/…"."""
    path = get_path(request).removeprefix("/api/v2").removeprefix("/api/v1.1")
    return path.removeprefix("/api").lstrip("/")


def _perform(world: FakeCircleci, request: Request, handler: Handler, body: bytes) -> Response:
    try:
        return handler(CircleciCall(world, request, find_person(world, request), parse_json_object(body)))
    except FakeCircleciError as refusal:
        return build_message_response(refusal.message, refusal.status)


def find_person(world: FakeCircleci, request: Request) -> FakeCircleciUser:
    """Whose token this is. A token in the query is refused, however valid: it would end up in logs."""
    kind, token = parse_credentials(request)
    if kind is None:
        raise ApiRule.NO_TOKEN.to_error()
    owner = world.find_token_owner(token)
    if kind == "query" or owner is None or owner.login in world.revoked:
        raise ApiRule.BAD_TOKEN.to_error()
    return owner


def parse_credentials(request: Request) -> tuple[str | None, str]:
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


def parse_json_object(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        raise ApiRule.BODY.to_error() from None
    if not isinstance(parsed, dict):
        raise ApiRule.BODY.to_error()
    return parsed


async def _record(world: FakeCircleci, request: Request, response: Response) -> None:
    kind, _ = parse_credentials(request)
    call = {
        "at": format_instant(world.engine.now()),
        "method": request.method,
        "path": get_path(request),
        "query": {key: value for key, value in request.query_params.items() if key != "circle-token"},
        "status": None if isinstance(response, DroppedConnection) else response.status_code,
        "request_id": response.headers.get("x-request-id"),
        "token_owner": _caller(world, request),
        "auth": kind,
    }
    body = await request.body()
    world.calls.record({**call, "body": _readable(body)} if body else call)
    world.quotas.count_call(world.engine.now(), _caller(world, request))
    world.changes.bump()


def _readable(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")
