"""The authorize page: a person allows or refuses the app and is sent back (slack docs: installing with OAuth)."""

from __future__ import annotations

import html
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sandbox.slack.bodies import parse_form
from sandbox.slack.fake_slack import FakeSlack
from sandbox.slack.oauth_codes import CLIENT_ID, Consent

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>body{{font:16px/1.5 system-ui;max-width:34rem;margin:10vh auto;padding:0 1rem}}
button{{font:inherit;padding:.6rem 1.4rem;margin-right:.6rem;border-radius:.4rem;border:1px solid #888;cursor:pointer}}
.allow{{background:#007a5a;color:#fff;border-color:#007a5a}}</style>
<h1>{title}</h1>{body}</html>"""


class OAuthPages:
    """GET shows what the app asks for; POST sends the person back with a code, or with access_denied."""

    def __init__(self, slack: FakeSlack) -> None:
        self._slack = slack

    async def show(self, request: Request) -> Response:
        query = dict(request.query_params)
        refusal = self._refusal(query)
        if refusal:
            return _page("Something went wrong", f"<p>{html.escape(refusal)}</p>", 400)
        return _page(f"{self._slack.manifest.name} wants to join {self._slack.team.name}", _form(self._slack, query))

    async def decide(self, request: Request) -> Response:
        query = parse_form(request.headers.get("content-type", ""), await request.body())
        refusal = self._refusal(query)
        if refusal:
            return _page("Something went wrong", f"<p>{html.escape(refusal)}</p>", 400)
        answer = self._answer(query)
        separator = "&" if "?" in query["redirect_uri"] else "?"
        return RedirectResponse(f"{query['redirect_uri']}{separator}{urlencode(answer)}", 302)

    def _refusal(self, query: dict[str, str]) -> str | None:
        """What Slack shows instead of the page when the app's link is wrong."""
        if query.get("client_id") != CLIENT_ID:
            return "Invalid client_id parameter"
        if not query.get("scope"):
            return "Invalid permissions requested: no scopes"
        extra = set(query["scope"].split(",")) - self._slack.manifest.scopes
        if extra:
            return f"Invalid permissions requested: {', '.join(sorted(extra))}"
        return self._redirect_refusal(query.get("redirect_uri", ""))

    def _redirect_refusal(self, redirect_uri: str) -> str | None:
        known = self._slack.manifest.redirect_urls
        if not redirect_uri or (known and not redirect_uri.startswith(known)):
            return f"redirect_uri did not match any configured URIs. Passed URI: {redirect_uri}"
        return None

    def _answer(self, query: dict[str, str]) -> dict[str, str]:
        state = {"state": query.get("state", "")}
        if query.get("decision") != "allow":
            return {"error": "access_denied", **state}
        return {"code": self._slack.oauth_codes.issue(self._read_consent(query), query["redirect_uri"]), **state}

    def _read_consent(self, query: dict[str, str]) -> Consent:
        """`team` is the workspace that was chosen, or the organisation; without one this page's."""
        chosen, organisation = query.get("team", self._slack.team.id), self._slack.organisation
        whole = organisation is not None and chosen == organisation.id
        workspace = self._slack if whole else self._slack.find_workspace(chosen)
        person = query.get("as", "")
        allowed_by = person if person in workspace.people else next(iter(workspace.people))
        return Consent(allowed_by, frozenset(query["scope"].split(",")), workspace.team.id, whole)


def _form(slack: FakeSlack, query: dict[str, str]) -> str:
    scopes = "".join(f"<li>{html.escape(each)}</li>" for each in query["scope"].split(","))
    kept = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in query.items()
        if name in {"client_id", "scope", "state", "redirect_uri"}
    )
    people = {
        person.id: person.real_name
        for workspace in slack.workspaces
        for person in workspace.people.values()
        if not person.is_bot and not person.is_guest
    }
    places = {each.team.id: each.team.name for each in slack.workspaces}
    whole = {slack.organisation.id: f"all of {slack.organisation.name}"} if slack.organisation else {}
    return (
        f"<p>It asks for:</p><ul>{scopes}</ul><form method=post>{kept}"
        f"<p><label>You are <select name=as>{_options(people)}</select></label></p>"
        f"<p><label>Into <select name=team>{_options(places | whole)}</select></label></p>"
        '<button class="allow" name="decision" value="allow">Allow</button>'
        '<button name="decision" value="cancel">Cancel</button></form>'
    )


def _options(named: dict[str, str]) -> str:
    return "".join(f'<option value="{key}">{html.escape(name)}</option>' for key, name in named.items())


def _page(title: str, body: str, status: int = 200) -> Response:
    return HTMLResponse(_PAGE.format(title=html.escape(title), body=body), status)
