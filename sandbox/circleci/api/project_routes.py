"""One project and its pipeline definitions. No call lists the projects that somebody follows."""

from __future__ import annotations

from starlette.responses import Response

from sandbox.circleci import api_json
from sandbox.circleci.api.api_call import SLUG, Call, Routes, any_json


def project(call: Call) -> Response:
    return any_json(api_json.project(call.project()))


def definitions(call: Call) -> Response:
    """By the project's UUID; without a page token. Of GitLab projects none is documented, so none is listed."""
    project, made_at = call.project_by_id(call.path("id")), call.world.started_at
    listed = () if project.is_gitlab else project.definitions
    return any_json({"items": [api_json.definition(project, each, made_at) for each in listed]})


ROUTES: Routes = (
    ("GET", f"/project/{SLUG}", project),
    ("GET", "/projects/{id}/pipeline-definitions", definitions),
)
