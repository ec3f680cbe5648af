"""Every route of the simulated Slack."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from sandbox.slack import app_events, message_responses
from sandbox.slack.bodies import parse_multipart
from sandbox.slack.call_recorder import answer_call
from sandbox.slack.fake_slack import FakeSlack
from sandbox.slack.fake_slack_errors import FakeSlackError
from sandbox.slack.oauth_pages import OAuthPages
from sandbox.slack.page_api import compose
from sandbox.slack.page_api.page_actions import PageActions
from sandbox.slack.page_api.page_queries import PageQueries
from sandbox.slack.page_api.page_requests import PageError, parse_body
from sandbox.slack.web_api.endpoint import WebApiEndpoint

Endpoint = Callable[[Request], Awaitable[Response]]


def build_routes(slack: FakeSlack) -> list[BaseRoute]:
    """To be mounted at the root: /slack/…, /_page/…, /_control/slack/… and /archives/…."""
    web_api, oauth, hooks = WebApiEndpoint(slack), OAuthPages(slack), AppEndpoints(slack)
    return [
        Route("/slack/api/{method}", web_api.answer, methods=["GET", "POST"]),
        WebSocketRoute("/slack/socket/{ticket}", slack.sockets),
        Route("/slack/response/{key}", hooks.answer_response_url, methods=["POST"]),
        Route("/slack/files/upload/{file}", hooks.receive_upload, methods=["POST", "PUT"]),
        Route("/slack/oauth/v2/authorize", oauth.show),
        Route("/slack/oauth/v2/authorize", oauth.decide, methods=["POST"]),
        Route("/_control/slack/uninstall", hooks.uninstall_app, methods=["POST"]),
        Route("/_control/slack/install", _answer_errors(hooks.install_app), methods=["POST"]),
        Route("/_control/slack/share", _answer_errors(hooks.share_channel), methods=["POST"]),
        Route("/_control/slack/deactivate", _answer_errors(hooks.deactivate_user), methods=["POST"]),
        Route("/_control/slack/group", _answer_errors(hooks.change_group), methods=["POST"]),
        Route("/_control/slack/access", _answer_errors(hooks.change_access), methods=["POST"]),
        Route("/_control/slack/feed", _answer_errors(hooks.post_as_other_app), methods=["POST"]),
        *_page_routes(slack),
    ]


def _page_routes(slack: FakeSlack) -> list[BaseRoute]:
    look, act = PageQueries(slack), PageActions(slack)
    seen = {"boot": look.boot, "messages": look.list_messages, "live": look.stream_events, "emoji": look.list_emoji}
    done = {
        "say": act.say,
        "press": act.press,
        "submit": act.submit,
        "close": act.close,
        "suggest": act.suggest,
        "home": act.open_home,
        "shortcut": act.run_shortcut,
        "channel": act.change_channel,
    }
    return [
        *(Route(f"/_page/{name}", _answer_errors(endpoint)) for name, endpoint in seen.items()),
        *(Route(f"/_page/{name}", _answer_errors(endpoint), methods=["POST"]) for name, endpoint in done.items()),
        Route("/slack/files/{file}/{name}", _answer_errors(look.download_file)),
        Route("/archives/{channel}/{stamp}", look.redirect_permalink),
    ]


def _answer_errors(endpoint: Endpoint) -> Endpoint:
    """Turn an error into {"error": …}."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except PageError as no:
            return JSONResponse({"error": no.error}, no.status)
        except FakeSlackError as refused:
            return JSONResponse({"error": refused.error}, 404)

    return answer


class AppEndpoints:
    """Endpoints of URLs that Slack hands out, and of the control API for Slack."""

    def __init__(self, slack: FakeSlack) -> None:
        self._slack = slack

    async def answer_response_url(self, request: Request) -> Response:
        """Plain text: "ok", or an error code."""
        body = _object(await request.body())

        async def perform() -> Response:
            return self._respond(request.path_params["key"], body)

        return await answer_call(self._slack, "response_url", body or {}, request, perform)

    def _respond(self, key: str, body: dict[str, Any] | None) -> Response:
        try:
            url = self._slack.response_urls.get(key)
            message_responses.apply_response(self._slack, url, body)
        except FakeSlackError as refused:
            return PlainTextResponse(refused.error, max(refused.status, HTTPStatus.BAD_REQUEST))
        url.uses_left -= 1
        return PlainTextResponse("ok")

    async def receive_upload(self, request: Request) -> Response:
        """The bytes of a file, raw or as a multipart field; exactly as many as were announced."""
        data = _bytes(request.headers.get("content-type", ""), await request.body())

        async def perform() -> Response:
            try:
                self._slack.files.receive(request.path_params["file"], data)
            except FakeSlackError as refused:
                status = HTTPStatus.NOT_FOUND if refused.status == HTTPStatus.OK else refused.status
                return PlainTextResponse(refused.error, status)
            return PlainTextResponse(f"OK - {len(data)}")

        return await answer_call(self._slack, "files.upload", {"length": len(data)}, request, perform)

    async def uninstall_app(self, request: Request) -> Response:  # noqa: ARG002 - an endpoint's shape
        """As if an admin removed the app: tokens die, app_uninstalled and tokens_revoked go out."""
        app_events.uninstall_app(self._slack)
        return JSONResponse({})

    async def install_app(self, request: Request) -> Response:
        """What a person does on an app's page: `{"app_id": "A…"}` installs it and makes an app-level token."""
        body = await parse_body(request)
        try:
            bot_token, app_token = self._slack.install(str(body.get("app_id")))
        except ValueError as unknown:
            raise PageError(str(unknown)) from unknown
        return JSONResponse({"bot_token": bot_token, "app_token": app_token})

    async def share_channel(self, request: Request) -> Response:
        """A channel is shared with another workspace: `{"channel": "C0WEB", "user": "U0EVE", "team": "T0AGENCY"}`.

        Without a `user` it is not shared any more; `"silent": true` keeps it from the app.
        """
        body = await parse_body(request)
        channel, user, team = (str(body.get(name, "")) for name in ("channel", "user", "team"))
        try:
            if user:
                self._slack.share_channel(channel, user, team)
            else:
                self._slack.unshare_channel(channel)
        except ValueError as unknown:
            raise PageError(str(unknown)) from unknown
        if not body.get("silent"):
            app_events.emit_shared(self._slack, self._slack.channels[channel], team)
        return JSONResponse({})

    async def deactivate_user(self, request: Request) -> Response:
        """Somebody leaves and the app is told: `{"user": "U0EVE"}`. `/_control/leave` is the same without the event."""
        user = str((await parse_body(request)).get("user"))
        try:
            self._slack.deactivate(user)
        except ValueError as unknown:
            raise PageError(str(unknown)) from unknown
        app_events.emit_user_change(self._slack, user)
        return JSONResponse({})

    async def change_group(self, request: Request) -> Response:
        """Others are in a user group, and the app is told: `{"group": "S0RELEASE", "users": ["U0ADA"]}`.

        `/_control/usergroup` is the same without the event.
        """
        body = await parse_body(request)
        group, users = str(body.get("group")), tuple(map(str, body.get("users") or ()))
        before = self._slack.user_groups[group].users if group in self._slack.user_groups else ()
        try:
            self._slack.change_group(group, users, disabled=None)
        except ValueError as unknown:
            raise PageError(str(unknown)) from unknown
        app_events.emit_group(self._slack, group, before)
        return JSONResponse({})

    async def change_access(self, request: Request) -> Response:
        """The organisation lets the app into a workspace, or takes it out: `{"team": "T0LAB", "granted": false}`."""
        body = await parse_body(request)
        try:
            workspace = self._slack.find_workspace(str(body.get("team")))
            app_events.change_access(workspace, granted=bool(body.get("granted")))
        except ValueError as unknown:
            raise PageError(str(unknown)) from unknown
        return JSONResponse({})

    async def post_as_other_app(self, request: Request) -> Response:
        """Another app posts what it likes: `{"channel": "C0WEB", "text": "…", "user": "U0ADA", "subtype": …}`."""
        body = await parse_body(request)
        return JSONResponse({"ts": compose.post_as_other_app(self._slack, body).ts})


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        parsed = json.loads(body)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None


def _bytes(content_type: str, body: bytes) -> bytes:
    if not content_type.startswith("multipart/form-data"):
        return body
    fields = parse_multipart(content_type, body)
    return fields.get("file") or fields.get("filename") or next(iter(fields.values()), b"")
