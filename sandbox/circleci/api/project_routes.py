"""One project and its pipeline definitions. No call lists the projects that somebody follows."""

from __future__ import annotations

from starlette.responses import Response

from sandbox.circleci import api_json
from sandbox.circleci.api.circleci_call import SLUG, CircleciCall, Routes, build_json_response


def get_project(call: CircleciCall) -> Response:
    return build_json_response(api_json.build_project(call.get_project()))


def list_definitions(call: CircleciCall) -> Response:
    """By the project's UUID; without a page token. Of GitLab projects none is documented, so none is listed."""
    project, made_at = call.get_project_by_id(call.get_path_param("id")), call.world.started_at
    listed = () if project.is_gitlab else project.definitions
    return build_json_response({"items": [api_json.build_definition(project, each, made_at) for each in listed]})


ROUTES: Routes = (
    ("GET", f"/project/{SLUG}", get_project),
    ("GET", "/projects/{id}/pipeline-definitions", list_definitions),
)
