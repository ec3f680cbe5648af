"""HTTP for the Web API: parses bodies, checks tokens and rate limits, records every call, sets headers."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.slack.bodies import BadBody, parse_form
from sandbox.slack.call_recorder import answer_call
from sandbox.slack.fake_slack import FakeSlack
from sandbox.slack.fake_slack_errors import FakeSlackError, invalid_arguments
from sandbox.slack.fake_tokens import FakeToken
from sandbox.slack.web_api.method_table import METHODS
from sandbox.slack.web_api.web_api_call import WebApiCall, WebApiMethod

_NO_TOKEN = FakeToken("", "bot", frozenset())
_OF_ONE_TEAM = {
    *("conversations.list", "files.list", "team.info", "usergroups.list"),
    *("users.conversations", "users.list", "users.lookupByEmail"),
}


class WebApiEndpoint:
    """/slack/api/{method}, by GET or POST."""

    def __init__(self, slack: FakeSlack) -> None:
        self._slack = slack

    def _find_workspace(self, request: Request, args: dict[str, Any]) -> FakeSlack:
        """Whose token asks; of an organisation's, the one that is named, or where what is named is found."""
        found = self._slack.list_workspaces_with(_token(request, args))
        named = [each for each in found if each.team.id == args.get("team_id")] or found
        return next((each for each in named if _has_named(each, args)), named[0] if named else self._slack)

    async def answer(self, request: Request) -> Response:
        name = request.path_params["method"]
        unreadable: FakeSlackError | None = None
        args: dict[str, Any] = {}
        try:
            args = await _arguments(request)
        except FakeSlackError as refused:
            unreadable = refused

        slack = self._find_workspace(request, args)

        async def perform() -> Response:
            return JSONResponse(unreadable.body) if unreadable else await _perform(slack, name, args, request)

        return await answer_call(slack, name, args, request, perform)


async def _perform(slack: FakeSlack, name: str, args: dict[str, Any], request: Request) -> Response:
    method = METHODS.get(name)
    if method is None:
        return JSONResponse({"ok": False, "error": "unknown_method", "req_method": name})
    token = _NO_TOKEN
    try:
        if method.caller is not None:
            token = _check_token(slack, _token(request, args), method)
            check_team(name, args, token, slack)
        call = WebApiCall(slack, args, token, _basic(request))
        _check(method, call)
        answer, status, headers = await method.run(call), 200, {}
    except FakeSlackError as refused:
        answer, status, headers = refused.body, refused.status, refused.headers
    return JSONResponse({"ok": True, **answer}, status, headers | _scope_headers(method, token))


def _has_named(slack: FakeSlack, args: dict[str, Any]) -> bool:
    """Ids of channels and views are good in one workspace."""
    channel, view = str(args.get("channel")), str(args.get("view_id"))
    return channel in slack.channels or slack.views.find(view) is not None


def _check_token(slack: FakeSlack, value: str, method: WebApiMethod) -> FakeToken:
    """An organisation's token is kept by one of its workspaces."""
    keeper = next((each for each in slack.workspaces if value in each.tokens), slack)
    return keeper.tokens.check(value, method.caller or "bot")


def check_team(name: str, args: dict[str, Any], token: FakeToken, slack: FakeSlack) -> None:
    """What lists something wants to know of which workspace, where the token is an organisation's. Raises."""
    if token.organisation is None:
        return
    if name in _OF_ONE_TEAM and not args.get("team_id"):
        raise FakeSlackError("missing_argument")
    if args.get("team_id") and args["team_id"] != slack.team.id:
        raise FakeSlackError("team_access_not_granted")


def _check(method: WebApiMethod, call: WebApiCall) -> None:
    """Limits, scope and required arguments, in this order."""
    if method.tier is not None:
        call.slack.rate_limits.count_call(method.name, method.tier)
    if method.scope:
        call.check_scope(*method.scope.split())
    missing = [name for name in method.need.split() if call.args.get(name) in (None, "")]
    if missing:
        raise invalid_arguments(*(f"missing required field: {name}" for name in missing))


async def _arguments(request: Request) -> dict[str, Any]:
    """From the query, a form or a JSON body. Raises FakeSlackError as Slack does for bodies it cannot read."""
    args: dict[str, Any] = dict(request.query_params)
    if request.method == "GET":
        return args
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if content_type == "application/json":
        return args | _json_object(body)
    try:
        return args | parse_form(request.headers.get("content-type", ""), body)
    except BadBody as bad:
        raise FakeSlackError("missing_post_type" if not content_type else "invalid_post_type") from bad


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError as broken:
        raise FakeSlackError("invalid_json") from broken
    if not isinstance(parsed, dict):
        raise FakeSlackError("json_not_object")
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


def _scope_headers(method: WebApiMethod, token: FakeToken) -> dict[str, str]:
    accepted = {"x-accepted-oauth-scopes": method.scope.replace(" ", ",")} if method.scope else {}
    return ({"x-oauth-scopes": token.scope_header} | accepted) if token.value else {}
