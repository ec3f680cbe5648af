"""A project's environment variables: values go in, and only their mask comes out."""

from __future__ import annotations

import re
from http import HTTPStatus

from starlette.responses import JSONResponse, Response

from sandbox.circleci.api.circleci_call import SLUG, CircleciCall, Routes, build_json_response, build_message_response
from sandbox.circleci.api_json import Json, format_instant
from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.fake_variables import FakeVariable

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def list_variables(call: CircleciCall) -> Response:
    return call.paginate(call.world.variables.list_for(call.get_project()), _to_json)


def put(call: CircleciCall) -> Response:
    """Creates or replaces; the document does not say what becomes of an existing name."""
    project = call.get_project()
    call.check_can_write()
    name, value = call.body.get("name"), call.body.get("value")
    if not isinstance(name, str) or not isinstance(value, str):
        raise ApiRule.BODY.to_error()
    if not _NAME.fullmatch(name):
        raise ApiRule.VARIABLE.to_error()
    variable = call.world.variables.put(project, name, value, call.world.engine.now())
    return JSONResponse(_to_json(variable), HTTPStatus.CREATED)


def get(call: CircleciCall) -> Response:
    return build_json_response(_to_json(_variable(call)))


def delete(call: CircleciCall) -> Response:
    variable = _variable(call)
    call.check_can_write("Environment variable")
    call.world.variables.remove(call.get_project(), variable.name)
    return build_message_response("Environment variable deleted.")


def _variable(call: CircleciCall) -> FakeVariable:
    variable = call.world.variables.find(call.get_project(), call.get_path_param("name"))
    if variable is None:
        raise ApiRule.HIDDEN.to_error(noun="Environment variable")
    return variable


def _to_json(variable: FakeVariable) -> Json:
    return {"name": variable.name, "value": variable.masked, "created-at": format_instant(variable.created_at)}


ROUTES: Routes = (
    ("GET", f"/project/{SLUG}/envvar", list_variables),
    ("POST", f"/project/{SLUG}/envvar", put),
    ("GET", f"/project/{SLUG}/envvar/{{name}}", get),
    ("DELETE", f"/project/{SLUG}/envvar/{{name}}", delete),
)
