"""auth.*, apps.connections.open and oauth.v2.access: who the app is and how it gets in."""

from __future__ import annotations

from sandbox.slack import app_events
from sandbox.slack.fake_slack_errors import FakeSlackError, invalid_arguments
from sandbox.slack.ids import APP_ID, BOT_ID, BOT_USER, Team
from sandbox.slack.oauth_codes import CLIENT_ID, CLIENT_SECRET
from sandbox.slack.web_api.web_api_call import Answer, WebApiCall


async def echo(call: WebApiCall) -> Answer:
    """api.test: what was sent comes back, and `error` makes it fail."""
    args = {name: value for name, value in call.args.items() if name != "token"}
    if call.get_text("error"):
        raise FakeSlackError(call.get_text("error"), args=args)
    return {"args": args} if args else {}


async def test_auth(call: WebApiCall) -> Answer:
    """auth.test."""
    return {
        "url": f"{call.slack.public_url}/",
        "team": call.slack.team.name,
        "user": call.slack.manifest.name,
        "team_id": call.slack.team.id,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


async def revoke_token(call: WebApiCall) -> Answer:
    """auth.revoke: the token that asks is the one that dies."""
    if call.get_flag("test"):
        return {"revoked": False}
    call.slack.tokens.revoke(call.token.value)
    app_events.emit_tokens_revoked(call.slack)
    return {"revoked": True}


async def open_connection(call: WebApiCall) -> Answer:
    """apps.connections.open: a URL that works once."""
    base = call.slack.public_url.replace("http", "ws", 1)
    app = call.token.app
    return {"url": f"{base}/slack/socket/{call.slack.sockets.issue_ticket(app)}?app_id={app}"}


async def exchange_code(call: WebApiCall) -> Answer:
    """oauth.v2.access: the client's id and secret come as arguments or as HTTP Basic."""
    client_id, secret = call.basic or (call.get_text("client_id"), call.get_text("client_secret"))
    if client_id != CLIENT_ID:
        raise FakeSlackError("invalid_client_id")
    if secret != CLIENT_SECRET:
        raise FakeSlackError("bad_client_secret")
    if call.get_text("grant_type") not in {"", "authorization_code"}:
        raise FakeSlackError("invalid_grant_type")
    if not call.get_text("code"):
        raise invalid_arguments("missing required field: code")
    person, scopes = call.slack.oauth_codes.exchange(call.get_text("code"), call.get_text("redirect_uri") or None)
    return _installation(call.slack.team, person, call.slack.tokens.issue(scopes).value, scopes)


def _installation(team: Team, person: str, token: str, scopes: frozenset[str]) -> Answer:
    return {
        "app_id": APP_ID,
        "authed_user": {"id": person},
        "scope": ",".join(sorted(scopes)),
        "token_type": "bot",
        "access_token": token,
        "bot_user_id": BOT_USER,
        "team": {"id": team.id, "name": team.name},
        "enterprise": None,
        "is_enterprise_install": False,
    }
