"""OAuth over HTTP: three calls of a client, and the page on which a person allows or denies.

The page leads to the client's loopback address, where in most worlds nothing listens: its address is what counts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from html import escape
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.fake_circleci import FakeCircleci
from sandbox.circleci.fake_errors import FakeCircleciError
from sandbox.circleci.fake_oauth import PUSHED_LIVES_S, SCOPES, TOKEN_LIVES
from sandbox.circleci.fake_users import PEOPLE, TOKENS
from sandbox.circleci.html_pages import render_page
from sandbox.faults import apply_fault

Answer = Callable[[Mapping[str, Any]], Response]


def build_routes(world: FakeCircleci) -> list[BaseRoute]:
    """Below /oauth. A Server has none of it."""
    pages = AuthorizationPages(world)
    posted = {"register": pages.register, "par": pages.push, "token": pages.exchange, "authorize": pages.decide}
    return [
        *(Route(f"/oauth/{name}", _wrap(world, answer), methods=["POST"]) for name, answer in posted.items()),
        Route("/oauth/authorize", _wrap(world, pages.ask), methods=["GET"]),
    ]


def _wrap(world: FakeCircleci, answer: Answer) -> Callable[[Request], Any]:
    async def respond(request: Request) -> Response:
        world.engine.run_due()
        given = dict(request.query_params) if request.method == "GET" else _parse(await request.body())

        async def perform() -> Response:
            try:
                if world.is_server:
                    raise ApiRule.SERVER.to_error()
                return answer(given | {"root": request.scope.get("root_path", "")})
            except FakeCircleciError as refusal:
                key = "error" if refusal.message == ApiRule.CODE.message else "message"
                return JSONResponse({key: refusal.message}, refusal.status)

        route = f"oauth/{request.url.path.rpartition('/')[2]}"
        return await apply_fault(world.faults, "circleci", route, perform, method=request.method, caller=None)

    return respond


def _parse(body: bytes) -> dict[str, Any]:
    """JSON, where it is an object, else a form."""
    try:
        given = json.loads(body)
    except ValueError:
        return dict(parse_qsl(body.decode(errors="replace")))
    return given if isinstance(given, dict) else {}


class AuthorizationPages:
    def __init__(self, world: FakeCircleci) -> None:
        self._world = world

    def register(self, given: Mapping[str, Any]) -> Response:
        client_id = self._world.oauth.register(given)
        return JSONResponse({"client_id": client_id, "token_endpoint_auth_method": "none"}, HTTPStatus.CREATED)

    def push(self, given: Mapping[str, Any]) -> Response:
        answer = {"request_uri": self._world.oauth.push(given), "expires_in": PUSHED_LIVES_S}
        return JSONResponse(answer, HTTPStatus.CREATED)

    def ask(self, given: Mapping[str, Any]) -> Response:
        key = given.get("request_uri") or self._world.oauth.push(given)
        asked = self._world.oauth.find_request(key)
        return HTMLResponse(_render_consent(given["root"], key, asked.redirect_uri))

    def decide(self, given: Mapping[str, Any]) -> Response:
        """As whoever the form names: the sign-in is not simulated."""
        oauth, key = self._world.oauth, str(given.get("request"))
        if given.get("decision") != "allow":
            return RedirectResponse(oauth.deny(key), HTTPStatus.SEE_OTHER)
        person, scope = PEOPLE.get(given.get("as", ""), PEOPLE["ada"]), given.get("scope", "read")
        return RedirectResponse(oauth.allow(key, person, scope, self._world.engine.now()), HTTPStatus.SEE_OTHER)

    def exchange(self, given: Mapping[str, Any]) -> Response:
        token = self._world.oauth.exchange(given, self._world.engine.now())
        lives_s = int(TOKEN_LIVES.total_seconds())
        return JSONResponse({"access_token": token, "token_type": "Bearer", "expires_in": lives_s})


def _render_consent(root: str, key: str, redirect_uri: str) -> str:
    """Who, how much, yes or no."""
    people = "".join(f'<option value="{one.login}">{escape(one.name)}</option>' for one in TOKENS.values())
    scopes = "".join(
        f'<p><label><input type="radio" name="scope" value="{scope}" required> {scope.title()}</label></p>'
        for scope in SCOPES
    )
    body = (
        f'<form method="post" action="{escape(root)}/oauth/authorize" style="display:block">'
        f'<input type="hidden" name="request" value="{escape(key)}">'
        f"<p><strong>circlebot</strong> wants to act for you. After that your browser goes to "
        f"<code>{escape(redirect_uri)}</code>.</p>"
        f'<p><label>You are <select name="as">{people}</select></label></p>{scopes}'
        '<p><button name="decision" value="allow">Allow</button> '
        '<button name="decision" value="deny" formnovalidate>Deny</button></p>'
        "</form>"
    )
    return render_page(root, "Authorize an application", body)
