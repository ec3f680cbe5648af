"""Contexts of organisations, as their members see them. Values never come out, so there are none."""

from __future__ import annotations

from starlette.responses import Response

from sandbox.circleci.api.circleci_call import CircleciCall, Routes, build_json_response
from sandbox.circleci.api_json import Json, format_instant
from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.fake_contexts import CONTEXTS, FakeContext
from sandbox.circleci.fake_projects import ORGS, SHORT_VCS, Org


def list_contexts(call: CircleciCall) -> Response:
    org = _owner(call)
    return call.paginate([each for each in CONTEXTS if each.org is org], lambda each: _to_json(call, each))


def _owner(call: CircleciCall) -> Org:
    """By `owner-id` or `owner-slug`."""
    wanted_id, (vcs, _, key) = (
        call.get_query_param("owner-id"),
        (call.get_query_param("owner-slug") or "").partition("/"),
    )
    slug = f"{SHORT_VCS.get(vcs, vcs)}/{key}"
    found = next((org for org in ORGS if wanted_id == org.id or slug == org.slug), None)
    if found is None or not _is_member(call, found):
        raise ApiRule.HIDDEN_CONTEXT.to_error()
    return found


def _is_member(call: CircleciCall, org: Org) -> bool:
    """Read access to a project does not make a member of its organisation."""
    return call.person.may_write and any(project.org is org for project in call.list_visible_projects())


def get(call: CircleciCall) -> Response:
    return build_json_response(_to_json(call, _context(call)))


def list_variables(call: CircleciCall) -> Response:
    context, at = _context(call), format_instant(call.world.started_at)

    def build_listed(name: str) -> Json:
        return {"variable": name, "created_at": at, "updated_at": at, "context_id": context.id}

    return call.paginate(context.variables, build_listed)


def _context(call: CircleciCall) -> FakeContext:
    found = next((each for each in CONTEXTS if each.id == call.get_path_param("id")), None)
    if found is None or not _is_member(call, found.org):
        raise ApiRule.HIDDEN_CONTEXT.to_error()
    return found


def _to_json(call: CircleciCall, context: FakeContext) -> Json:
    return {"id": context.id, "name": context.name, "created_at": format_instant(call.world.started_at)}


ROUTES: Routes = (
    ("GET", "/context", list_contexts),
    ("GET", "/context/{id}", get),
    ("GET", "/context/{id}/environment-variable", list_variables),
)
