"""Who the token belongs to, and the organisations they work with."""

from __future__ import annotations

from starlette.responses import Response

from sandbox.circleci import api_json
from sandbox.circleci.api.circleci_call import CircleciCall, Routes, build_json_response
from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.fake_projects import ORGS


def get_me(call: CircleciCall) -> Response:
    return build_json_response(api_json.build_person(call.person))


def list_collaborations(call: CircleciCall) -> Response:
    """A bare array, not a page; one's own account comes without an id."""
    visible = {project.org for project in call.list_visible_projects()}
    own = api_json.build_own_account(call.person)
    return build_json_response([own, *(api_json.build_collaboration(org) for org in ORGS if org in visible)])


def get_user(call: CircleciCall) -> Response:
    person = call.world.find_person(call.get_path_param("id"))
    if person is None:
        raise ApiRule.HIDDEN.to_error(noun="User")
    return build_json_response(api_json.build_person(person))


ROUTES: Routes = (
    ("GET", "/me", get_me),
    ("GET", "/me/collaborations", list_collaborations),
    ("GET", "/user/{id}", get_user),
)
