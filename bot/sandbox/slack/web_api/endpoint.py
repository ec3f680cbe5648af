"""HTTP around the Web API: bodies in, tokens and limits checked, answers and headers out; every call recorded."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.sandbox.faults import apply
from bot.sandbox.slack.bodies import BadBody, form_fields
from bot.sandbox.slack.refusal import Refused, invalid_arguments
from bot.sandbox.slack.slack import Slack
from bot.sandbox.slack.tokens import Token
from bot.sandbox.slack.web_api.call import Answer, Call, Method
from bot.sandbox.slack.web_api.methods import METHODS

# What a record of a call must not keep.
_SECRET_ARGUMENTS = {"token", "client_secret", "code", "refresh_token"}
_NO_TOKEN = Token("", "bot", frozenset())


class WebApi:
    """/slack/api/{method}, by GET or POST."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    async def answer(self, request: Request) -> Response:
        name = request.path_params["method"]
        try:
            args = await _arguments(request)
        except Refused as refused:
            return self._recorded(name, {}, JSONResponse(refused.body))
        performed = False

        async def perform() -> Response:
            nonlocal performed
            performed = True
            return self._recorded(name, args, await self._perform(name, args, request))

        response = await apply(self._slack.faults, "slack", name, perform, method=request.method)
        return response if performed else self._recorded(name, args, response)

    async def _perform(self, name: str, args: dict[str, Any], request: Request) -> Response:
        method = METHODS.get(name)
        if method is None:
            return JSONResponse({"ok": False, "error": "unknown_method", "req_method": name})
        token = _NO_TOKEN
        try:
            if method.caller is not None:
                token = self._slack.tokens.check(_token(request, args), method.caller)
            call = Call(self._slack, args, token, _basic(request))
            _check(method, call)
            answer, status, headers = await method.run(call), 200, {}
        except Refused as refused:
            answer, status, headers = refused.body, refused.status, refused.headers
        return JSONResponse({"ok": True, **answer}, status, headers | _scope_headers(method, token))

    def _recorded(self, name: str, args: dict[str, Any], response: Response) -> Response:
        """Keep the call for the state, without anything secret."""
        answer = _body(response)
        record = {
            "method": name,
            "args": {key: value for key, value in args.items() if key not in _SECRET_ARGUMENTS},
            "ok": answer.get("ok") is True,
            "status": response.status_code,
            "at": self._slack.clock.now().isoformat(),
        }
        self._slack.calls.append(record | ({"error": answer["error"]} if "error" in answer else {}))
        self._slack.changes.bump()
        return response


def _check(method: Method, call: Call) -> None:
    """Limits, scope and required arguments, in this order."""
    if method.tier is not None:
        call.slack.pace.call(method.name, method.tier)
    if method.scope:
        call.need_scope(*method.scope.split())
    missing = [name for name in method.need.split() if call.args.get(name) in (None, "")]
    if missing:
        raise invalid_arguments(*(f"missing required field: {name}" for name in missing))


async def _arguments(request: Request) -> dict[str, Any]:
    """From the query, a form or a JSON body. Raises Refused as Slack does for bodies it cannot read."""
    args: dict[str, Any] = dict(request.query_params)
    if request.method == "GET":
        return args
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if content_type == "application/json":
        return args | _json_object(body)
    try:
        return args | form_fields(request.headers.get("content-type", ""), body)
    except BadBody as bad:
        raise Refused("missing_post_type" if not content_type else "invalid_post_type") from bad


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError as broken:
        raise Refused("invalid_json") from broken
    if not isinstance(parsed, dict):
        raise Refused("json_not_object")
    # A token in a JSON body is not looked at (slack docs: using the Web API).
    return {key: value for key, value in parsed.items() if key != "token" and value is not None}


def _token(request: Request, args: dict[str, Any]) -> str:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if kind.lower() == "bearer" else str(args.get("token", ""))


def _basic(request: Request) -> tuple[str, str] | None:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        user, _, password = base64.b64decode(value).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return user, password


def _scope_headers(method: Method, token: Token) -> dict[str, str]:
    accepted = {"x-accepted-oauth-scopes": method.scope.replace(" ", ",")} if method.scope else {}
    return ({"x-oauth-scopes": token.scope_header} | accepted) if token.value else {}


def _body(response: Response) -> Answer:
    try:
        parsed = json.loads(bytes(response.body))
    except (ValueError, AttributeError):
        return {"error": f"http_{response.status_code}"}
    return parsed if isinstance(parsed, dict) else {}
