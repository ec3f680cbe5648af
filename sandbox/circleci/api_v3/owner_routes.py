"""Who the token is, its organisations, and their projects, followed or not."""

from __future__ import annotations

from starlette.responses import Response

from sandbox.circleci.api_json import Json
from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.api_v3.v3_call import V3Call, V3Routes, build_entity, build_one
from sandbox.circleci.fake_projects import ORGS, FakeProject, Org
from sandbox.circleci.fake_users import FakeCircleciUser

MOST_ORGS = 50
MOST_PROJECTS = 20
_PROVIDERS = {"gh": "github", "bb": "bitbucket"}


def _list_users(call: V3Call) -> Response:
    if call.require_filter("user_id") != "me":
        raise ApiRule.V3_SCOPE.to_error(names="filter[user_id]=me")
    return call.list_page([call.person], _build_user)


def _build_user(person: FakeCircleciUser) -> Json:
    return build_entity(person.id, {"login": person.login, "name": person.name, "avatar_url": person.avatar_url})


def _list_orgs(call: V3Call) -> Response:
    slug = call.get_filter("slug")
    visible = {project.org.id for project in call.list_visible_projects()}
    known = [org for org in ORGS if org.id in visible and slug in {None, org.slug}]
    return call.list_page(known, _build_org, MOST_ORGS)


def _build_org(org: Org) -> Json:
    """No slug: an organisation of CircleCI's own has no code host either (circleci-cli: apiclient/org.go)."""
    provider = _PROVIDERS.get(org.vcs)
    return build_entity(org.id, {"name": org.name, "vcs": {"provider": provider} if provider else None})


def _list_projects(call: V3Call) -> Response:
    org, slug, name = (call.get_filter(each) for each in ("org_id", "slug", "name"))
    if org is None and slug is None:
        raise ApiRule.V3_SCOPE.to_error(names="filter[org_id] or filter[slug]")
    found = [
        project
        for project in call.list_visible_projects()
        if org in {None, project.org.id} and (slug is None or project.has_slug(slug)) and name in {None, project.name}
    ]
    return call.list_page(found, _build_project, MOST_PROJECTS)


def _build_project(project: FakeProject) -> Json:
    return build_entity(project.id, {"name": project.name}, org=project.org.id)


def _get_project(call: V3Call) -> Response:
    return build_one(_build_project(call.get_project_by_id(call.get_path_param("id"))))


ROUTES: V3Routes = (
    ("GET", "/users", _list_users),
    ("GET", "/orgs", _list_orgs),
    ("GET", "/projects", _list_projects),
    ("GET", "/projects/{id}", _get_project),
)
