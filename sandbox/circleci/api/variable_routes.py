"""A project's environment variables: values go in, and only their mask comes out."""

from __future__ import annotations

import re
from http import HTTPStatus

from starlette.responses import JSONResponse, Response

from sandbox.circleci.api.api_call import SLUG, Call, Routes, any_json, message
from sandbox.circleci.api_json import Json, instant
from sandbox.circleci.api_rules import Rule
from sandbox.circleci.fake_variables import Variable

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def listing(call: Call) -> Response:
    return call.page(call.world.variables.of(call.project()), _shown)


def put(call: Call) -> Response:
    """Creates or replaces; the document does not say what becomes of an existing name."""
    project = call.project()
    call.must_write()
    name, value = call.body.get("name"), call.body.get("value")
    if not isinstance(name, str) or not isinstance(value, str):
        raise Rule.BODY.refusal()
    if not _NAME.fullmatch(name):
        raise Rule.VARIABLE.refusal()
    variable = call.world.variables.put(project, name, value, call.world.engine.now())
    return JSONResponse(_shown(variable), HTTPStatus.CREATED)


def get(call: Call) -> Response:
    return any_json(_shown(_variable(call)))


def delete(call: Call) -> Response:
    variable = _variable(call)
    call.must_write("Environment variable")
    call.world.variables.remove(call.project(), variable.name)
    return message("Environment variable deleted.")


def _variable(call: Call) -> Variable:
    variable = call.world.variables.find(call.project(), call.path("name"))
    if variable is None:
        raise Rule.HIDDEN.refusal(noun="Environment variable")
    return variable


def _shown(variable: Variable) -> Json:
    return {"name": variable.name, "value": variable.masked, "created-at": instant(variable.created_at)}


ROUTES: Routes = (
    ("GET", f"/project/{SLUG}/envvar", listing),
    ("POST", f"/project/{SLUG}/envvar", put),
    ("GET", f"/project/{SLUG}/envvar/{{name}}", get),
    ("DELETE", f"/project/{SLUG}/envvar/{{name}}", delete),
)
