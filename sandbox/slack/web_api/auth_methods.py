"""auth.*, apps.connections.open and oauth.v2.access: who the app is and how it gets in."""

from __future__ import annotations

from sandbox.slack import app_events
from sandbox.slack.fake_slack import FakeSlack
from sandbox.slack.fake_slack_errors import FakeSlackError, invalid_arguments
from sandbox.slack.fake_tokens import FakeToken
from sandbox.slack.ids import APP_ID, BOT_ID, BOT_USER
from sandbox.slack.oauth_codes import CLIENT_ID, CLIENT_SECRET, Consent
from sandbox.slack.web_api.web_api_call import Answer, WebApiCall


async def echo(call: WebApiCall) -> Answer:
    """api.test: what was sent comes back, and `error` makes it fail."""
    args = {name: value for name, value in call.args.items() if name != "token"}
    if call.get_text("error"):
        raise FakeSlackError(call.get_text("error"), args=args)
    return {"args": args} if args else {}


async def test_auth(call: WebApiCall) -> Answer:
    """auth.test. An organisation's token is of no workspace: its own id stands in the place of one."""
    organisation = call.slack.organisation
    whole = organisation is not None and call.token.organisation == organisation.id
    return {
        "url": f"{call.slack.public_url}/",
        "team": organisation.name if organisation and whole else call.slack.team.name,
        "user": call.slack.manifest.name,
        "team_id": organisation.id if organisation and whole else call.slack.team.id,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        **({"enterprise_id": organisation.id} if organisation else {}),
        "is_enterprise_install": whole,
    }


async def list_teams(call: WebApiCall) -> Answer:
    """auth.teams.list: the workspaces that the token is good for."""
    found = [each.team for each in call.slack.list_workspaces_with(call.token.value)]
    teams, cursor = call.paginate([{"id": team.id, "name": team.name} for team in found])
    return {"teams": teams, **cursor}


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


async def grant_token(call: WebApiCall) -> Answer:
    """oauth.v2.access, for a code or a refresh token; the client's id and secret are arguments or HTTP Basic."""
    client_id, secret = call.basic or (call.get_text("client_id"), call.get_text("client_secret"))
    if client_id != CLIENT_ID:
        raise FakeSlackError("invalid_client_id")
    if secret != CLIENT_SECRET:
        raise FakeSlackError("bad_client_secret")
    grant = {"": _exchange_code, "authorization_code": _exchange_code, "refresh_token": _refresh}
    if call.get_text("grant_type") not in grant:
        raise FakeSlackError("invalid_grant_type")
    return grant[call.get_text("grant_type")](call)


def _exchange_code(call: WebApiCall) -> Answer:
    if not call.get_text("code"):
        raise invalid_arguments("missing required field: code")
    consent = call.slack.oauth_codes.exchange(call.get_text("code"), call.get_text("redirect_uri") or None)
    workspace = call.slack.find_workspace(consent.team)
    token = _install(workspace, consent)
    return {"authed_user": {"id": consent.person}, **_describe_installation(workspace, token)}


def _install(workspace: FakeSlack, consent: Consent) -> FakeToken:
    if not (consent.is_org_wide and workspace.organisation):
        return workspace.tokens.issue(consent.scopes)
    workspace.organisation.install()
    return workspace.tokens.issue(consent.scopes, workspace.organisation.id)


def _refresh(call: WebApiCall) -> Answer:
    """A refresh token is good once (slack docs: token rotation)."""
    given = call.get_text("refresh_token")
    workspace = next((one for one in call.slack.workspaces if one.tokens.knows_refresh_token(given)), call.slack)
    return _describe_installation(workspace, workspace.tokens.refresh(given))


def _describe_installation(workspace: FakeSlack, token: FakeToken) -> Answer:
    organisation, team = workspace.organisation, workspace.team
    return {
        "app_id": APP_ID,
        "scope": ",".join(sorted(token.scopes)),
        "token_type": "bot",
        "access_token": token.value,
        "bot_user_id": BOT_USER,
        "team": None if token.organisation else {"id": team.id, "name": team.name},
        "enterprise": organisation.as_api() if organisation else None,
        "is_enterprise_install": token.organisation is not None,
        **workspace.tokens.issue_refresh_token(token),
    }
