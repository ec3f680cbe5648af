"""Lists of pipelines, one pipeline, its config, its values and its workflows."""

from __future__ import annotations

from starlette.responses import Response

from sandbox.circleci import api_json, config_yaml
from sandbox.circleci.api.circleci_call import SLUG, CircleciCall, Routes, build_json_response
from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.fake_projects import SHORT_VCS, FakeProject

MOST_LISTED = 250
"""Of an organisation CircleCI lists only the projects that built last (its document: GET /pipeline)."""


def list_for_organization(call: CircleciCall) -> Response:
    """Of the projects that the person follows, and no others (its document: GET /pipeline)."""
    projects = _projects_of(call, call.get_query_param("org-slug"))
    actor = call.person if call.get_query_param("mine") == "true" else None
    listed = _list_last_built(call, projects)
    pipelines = [each for each in call.world.archive.list_pipelines(actor=actor) if each.project in listed]
    return call.paginate(pipelines, api_json.build_pipeline)


def _list_last_built(call: CircleciCall, projects: list[FakeProject]) -> list[FakeProject]:
    built = dict.fromkeys(each.project for each in call.world.archive.list_pipelines() if each.project in projects)
    return list(built)[:MOST_LISTED]


def _projects_of(call: CircleciCall, org_slug: str | None) -> list[FakeProject]:
    visible = call.list_visible_projects()
    if org_slug is None:
        return call.list_followed_projects()
    vcs, _, key = org_slug.partition("/")
    wanted = f"{SHORT_VCS.get(vcs, vcs)}/{key}"
    if not any(project.org.slug == wanted for project in visible):
        raise ApiRule.HIDDEN.to_error(noun="Organization")
    return [project for project in call.list_followed_projects() if project.org.slug == wanted]


def list_for_project(call: CircleciCall) -> Response:
    return call.paginate(
        call.world.archive.list_pipelines(call.get_project(), call.get_query_param("branch")), api_json.build_pipeline
    )


def list_mine(call: CircleciCall) -> Response:
    pipelines = call.world.archive.list_pipelines(call.get_project(), call.get_query_param("branch"), call.person)
    return call.paginate(pipelines, api_json.build_pipeline)


def get_by_number(call: CircleciCall) -> Response:
    pipeline = call.world.archive.find_pipeline_by_number(call.get_project(), int(call.get_path_param("number")))
    if pipeline is None:
        raise ApiRule.HIDDEN.to_error(noun="Pipeline")
    return build_json_response(api_json.build_pipeline(pipeline))


def get_pipeline(call: CircleciCall) -> Response:
    return build_json_response(api_json.build_pipeline(call.get_pipeline()))


def get_config(call: CircleciCall) -> Response:
    """The compiled form is empty when the config has errors, or is none that anybody compiles."""
    pipeline = call.get_pipeline()
    source, story = pipeline.config_source, pipeline.story
    answer = {
        "source": source,
        "compiled": "" if story.errors or story.source else config_yaml.compile_source(source, pipeline.parameters),
    }
    if story.setup:
        setup = config_yaml.build_setup_source(pipeline.definition.parameters, story.setup)
        answer |= {
            "setup-config": setup,
            "compiled-setup-config": config_yaml.compile_source(setup, pipeline.parameters),
        }
    return build_json_response(answer)


def get_values(call: CircleciCall) -> Response:
    return build_json_response(api_json.build_values(call.get_pipeline()))


def list_workflows(call: CircleciCall) -> Response:
    """Empty at first; the newest come first, those of one moment as the config has them."""
    return call.paginate(call.get_pipeline().list_newest_first(), api_json.build_workflow)


ROUTES: Routes = (
    ("GET", "/pipeline", list_for_organization),
    ("GET", "/pipeline/{id}", get_pipeline),
    ("GET", "/pipeline/{id}/config", get_config),
    ("GET", "/pipeline/{id}/values", get_values),
    ("GET", "/pipeline/{id}/workflow", list_workflows),
    ("GET", f"/project/{SLUG}/pipeline", list_for_project),
    ("GET", f"/project/{SLUG}/pipeline/mine", list_mine),
    ("GET", f"/project/{SLUG}/pipeline/{{number:int}}", get_by_number),
)
