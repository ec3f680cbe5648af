"""Lists of pipelines, one pipeline, its config, its values and its workflows."""

from __future__ import annotations

from starlette.responses import Response

from sandbox.circleci import api_json, config_yaml
from sandbox.circleci.api.api_call import SLUG, Call, Routes, any_json
from sandbox.circleci.api_rules import Rule
from sandbox.circleci.fake_projects import SHORT_VCS, Project

MOST_LISTED = 250
"""Of an organisation CircleCI lists only the projects that built last (its document: GET /pipeline)."""


def of_organization(call: Call) -> Response:
    """Of the projects that the person follows, and no others (its document: GET /pipeline)."""
    projects = _projects_of(call, call.query("org-slug"))
    actor = call.person if call.query("mine") == "true" else None
    listed = _built_last(call, projects)
    found = [each for each in call.world.archive.pipelines(actor=actor) if each.project in listed]
    return call.page(found, api_json.pipeline)


def _built_last(call: Call, projects: list[Project]) -> list[Project]:
    built = dict.fromkeys(each.project for each in call.world.archive.pipelines() if each.project in projects)
    return list(built)[:MOST_LISTED]


def _projects_of(call: Call, org_slug: str | None) -> list[Project]:
    visible = call.visible_projects()
    if org_slug is None:
        return call.followed_projects()
    vcs, _, key = org_slug.partition("/")
    wanted = f"{SHORT_VCS.get(vcs, vcs)}/{key}"
    if not any(project.org.slug == wanted for project in visible):
        raise Rule.HIDDEN.refusal(noun="Organization")
    return [project for project in call.followed_projects() if project.org.slug == wanted]


def of_project(call: Call) -> Response:
    return call.page(call.world.archive.pipelines(call.project(), call.query("branch")), api_json.pipeline)


def mine(call: Call) -> Response:
    found = call.world.archive.pipelines(call.project(), call.query("branch"), call.person)
    return call.page(found, api_json.pipeline)


def by_number(call: Call) -> Response:
    pipeline = call.world.archive.pipeline_by_number(call.project(), int(call.path("number")))
    if pipeline is None:
        raise Rule.HIDDEN.refusal(noun="Pipeline")
    return any_json(api_json.pipeline(pipeline))


def pipeline(call: Call) -> Response:
    return any_json(api_json.pipeline(call.pipeline()))


def pipeline_config(call: Call) -> Response:
    """The compiled form is empty when the config has errors, or is none that anybody compiles."""
    pipeline = call.pipeline()
    source, story = pipeline.config_source, pipeline.story
    answer = {
        "source": source,
        "compiled": "" if story.errors or story.source else config_yaml.compiled(source, pipeline.parameters),
    }
    if story.setup:
        setup = config_yaml.setup_source_of(pipeline.definition.parameters, story.setup)
        answer |= {"setup-config": setup, "compiled-setup-config": config_yaml.compiled(setup, pipeline.parameters)}
    return any_json(answer)


def values(call: Call) -> Response:
    return any_json(api_json.values(call.pipeline()))


def workflows(call: Call) -> Response:
    """Empty at first; the newest come first, those of one moment as the config has them."""
    return call.page(call.pipeline().newest_first(), api_json.workflow)


ROUTES: Routes = (
    ("GET", "/pipeline", of_organization),
    ("GET", "/pipeline/{id}", pipeline),
    ("GET", "/pipeline/{id}/config", pipeline_config),
    ("GET", "/pipeline/{id}/values", values),
    ("GET", "/pipeline/{id}/workflow", workflows),
    ("GET", f"/project/{SLUG}/pipeline", of_project),
    ("GET", f"/project/{SLUG}/pipeline/mine", mine),
    ("GET", f"/project/{SLUG}/pipeline/{{number:int}}", by_number),
)
