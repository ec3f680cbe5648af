"""What every request of API v3 passes: a Bearer token alone, errors as objects, and nothing of it on a Server."""

from __future__ import annotations

from http import HTTPStatus
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.circleci.api.gate import Endpoint, find_person, get_path, parse_credentials, parse_json_object, pass_gate
from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.api_v3.v3_call import V3Call, V3Handler
from sandbox.circleci.fake_circleci import FakeCircleci
from sandbox.circleci.fake_errors import FakeCircleciError

_TYPES = {400: "validation_error", 401: "unauthorized", 403: "forbidden", 404: "not_found", 409: "conflict"}
_ANSWERS_500 = ("/api/v3/users", "/api/v3/jobs")
"""A Server answers some paths that only the cloud has with 500 (facts 14.5); which ones is our choice."""


def build_v3_endpoint(world: FakeCircleci, handler: V3Handler) -> Endpoint:
    async def answer(request: Request) -> Response:
        body = await request.body()

        async def perform() -> Response:
            if world.is_server:
                return _answer_as_server(request)
            return _perform(world, request, handler, body)

        answered = await pass_gate(world, request, perform)
        _name_limits(answered)
        return answered

    return answer


def _perform(world: FakeCircleci, request: Request, handler: V3Handler, body: bytes) -> Response:
    try:
        if parse_credentials(request)[0] not in {"bearer", None, "query"}:
            raise ApiRule.V3_BEARER.to_error()
        return handler(V3Call(world, request, find_person(world, request), parse_json_object(body)))
    except FakeCircleciError as refusal:
        return _build_error(refusal.status, refusal.message)


def _build_error(status: int, detail: str) -> Response:
    kind = _TYPES.get(status, "error")
    said = {"type": kind, "id": str(uuid4()), "title": HTTPStatus(status).phrase, "detail": detail}
    return JSONResponse({"error": said}, status)


def _answer_as_server(request: Request) -> Response:
    if get_path(request).startswith(_ANSWERS_500):
        return JSONResponse({"message": "Internal server error"}, HTTPStatus.INTERNAL_SERVER_ERROR)
    return JSONResponse({"message": "Not found"}, HTTPStatus.NOT_FOUND)


def _name_limits(answered: Response) -> None:
    """v3 says its limits in the words of the IETF's draft (facts 7)."""
    said = {name: answered.headers.get(name) for name in list(answered.headers) if "ratelimit" in name}
    for name in said:
        del answered.headers[name]
    limit, left, wait = (said.get(f"ratelimit-{word}") for word in ("limit", "remaining", "reset"))
    answered.headers["RateLimit-Policy"] = f'"default";q={limit};w=60'
    answered.headers["RateLimit"] = f'"default";r={left};t={wait}'
