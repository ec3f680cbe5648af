"""Contexts of organisations, as their members see them. Values never come out, so there are none."""

from __future__ import annotations

from starlette.responses import Response

from sandbox.circleci.api.api_call import Call, Routes, any_json
from sandbox.circleci.api_json import Json, instant
from sandbox.circleci.api_rules import Rule
from sandbox.circleci.fake_contexts import CONTEXTS, Context
from sandbox.circleci.fake_projects import ORGS, SHORT_VCS, Org


def listing(call: Call) -> Response:
    org = _owner(call)
    return call.page([each for each in CONTEXTS if each.org is org], lambda each: _shown(call, each))


def _owner(call: Call) -> Org:
    """By `owner-id` or `owner-slug`."""
    wanted_id, (vcs, _, key) = call.query("owner-id"), (call.query("owner-slug") or "").partition("/")
    slug = f"{SHORT_VCS.get(vcs, vcs)}/{key}"
    found = next((org for org in ORGS if wanted_id == org.id or slug == org.slug), None)
    if found is None or not _is_member(call, found):
        raise Rule.HIDDEN_CONTEXT.refusal()
    return found


def _is_member(call: Call, org: Org) -> bool:
    """Who may merely read a project of an organisation does not belong to it."""
    return call.person.may_write and any(project.org is org for project in call.visible_projects())


def get(call: Call) -> Response:
    return any_json(_shown(call, _context(call)))


def variables(call: Call) -> Response:
    context, at = _context(call), instant(call.world.started_at)

    def shown(name: str) -> Json:
        return {"variable": name, "created_at": at, "updated_at": at, "context_id": context.id}

    return call.page(context.variables, shown)


def _context(call: Call) -> Context:
    found = next((each for each in CONTEXTS if each.id == call.path("id")), None)
    if found is None or not _is_member(call, found.org):
        raise Rule.HIDDEN_CONTEXT.refusal()
    return found


def _shown(call: Call, context: Context) -> Json:
    return {"id": context.id, "name": context.name, "created_at": instant(call.world.started_at)}


ROUTES: Routes = (
    ("GET", "/context", listing),
    ("GET", "/context/{id}", get),
    ("GET", "/context/{id}/environment-variable", variables),
)
