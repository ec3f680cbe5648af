"""apps.manifest.* and tooling.tokens.rotate: apps made and changed by a person's configuration token.

Shapes as the method pages of Slack show them. ASSUMED, because the pages list codes and not when each is given: an app
that is not one's own is `app_not_found` at export, `invalid_app_id` at update and validate. ASSUMED: the token before a
rotation lives on until its end.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from sandbox.slack.app_manifest import Manifest
from sandbox.slack.fake_apps import FakeApp, check_manifest
from sandbox.slack.fake_slack_errors import FakeSlackError
from sandbox.slack.fake_tokens import TOKEN_LIVES_S
from sandbox.slack.ids import APP_ID
from sandbox.slack.web_api.web_api_call import Answer, WebApiCall


async def create_app(call: WebApiCall) -> Answer:
    """apps.manifest.create: credentials are told here, and never again by the API."""
    if call.get_text("team_id") not in {"", call.slack.team.id}:
        raise FakeSlackError("invalid_team_id")
    app = call.slack.apps.create(_parse_manifest(call))
    query = urlencode({"client_id": app.client_id, "scope": ",".join(app.scopes)})
    return {
        "app_id": app.id,
        "credentials": app.as_credentials(),
        "oauth_authorize_url": f"{call.slack.public_url}/slack/oauth/v2/authorize?{query}",
        "team_id": call.slack.team.id,
        "team_domain": call.slack.team.domain,
    }


async def update_app(call: WebApiCall) -> Answer:
    """apps.manifest.update: the token of an installation keeps its scopes until it is installed again."""
    app = _get_app(call, "invalid_app_id")
    permissions_updated = call.slack.apps.update(app, _parse_manifest(call))
    if app.id == APP_ID:
        call.slack.manifest = Manifest.parse(app.manifest)
    return {"app_id": app.id, "permissions_updated": permissions_updated}


async def validate_manifest(call: WebApiCall) -> Answer:
    if call.get_text("app_id"):
        _get_app(call, "invalid_app_id")
    check_manifest(_parse_manifest(call))
    return {"errors": []}


async def export_manifest(call: WebApiCall) -> Answer:
    return {"manifest": _get_app(call, "app_not_found").manifest}


async def rotate_token(call: WebApiCall) -> Answer:
    """tooling.tokens.rotate: the refresh token is used once."""
    token, refresh_token = call.slack.tokens.rotate(call.get_text("refresh_token"))
    issued_s = call.slack.ids.now_s()
    made = {"token": token, "refresh_token": refresh_token, "team_id": call.slack.team.id, "user_id": "U0ADA"}
    return made | {"iat": issued_s, "exp": issued_s + TOKEN_LIVES_S}


def _parse_manifest(call: WebApiCall) -> Any:
    """A manifest that is no JSON is as wrong as one with wrong parts."""
    try:
        return call.parse_json("manifest")
    except FakeSlackError:
        problem = {"message": "must be valid JSON", "pointer": "/"}
        raise FakeSlackError("invalid_manifest", errors=[problem]) from None


def _get_app(call: WebApiCall, error: str) -> FakeApp:
    app = call.slack.apps.get(call.get_text("app_id"))
    if app is None:
        raise FakeSlackError(error)
    return app
