"""Who the token belongs to, and the organisations they work with."""

from __future__ import annotations

from starlette.responses import Response

from sandbox.circleci import api_json
from sandbox.circleci.api.api_call import Call, Routes, any_json
from sandbox.circleci.api_rules import Rule
from sandbox.circleci.fake_projects import ORGS


def me(call: Call) -> Response:
    return any_json(api_json.person(call.person))


def collaborations(call: Call) -> Response:
    """A bare array, not a page; one's own account comes without an id."""
    visible = {project.org for project in call.visible_projects()}
    own = api_json.own_account(call.person)
    return any_json([own, *(api_json.collaboration(org) for org in ORGS if org in visible)])


def user(call: Call) -> Response:
    person = call.world.person_by_id(call.path("id"))
    if person is None:
        raise Rule.HIDDEN.refusal(noun="User")
    return any_json(api_json.person(person))


ROUTES: Routes = (
    ("GET", "/me", me),
    ("GET", "/me/collaborations", collaborations),
    ("GET", "/user/{id}", user),
)
