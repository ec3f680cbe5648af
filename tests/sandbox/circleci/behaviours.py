"""For each rule that refuses nothing, the story that shows it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.circleci.fake_projects import MERGE_QUEUE
from tests.sandbox.circleci import deploys
from tests.sandbox.circleci.circle import WEB, SimulatorClient

Show = Callable[[SimulatorClient], Awaitable[None]]


async def _story(
    circle: SimulatorClient, branch: str, after_s: float = 40
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The pipeline and its workflows after a while."""
    pipeline_id = await circle.trigger(branch)
    circle.after(after_s)
    return await circle.get(f"/pipeline/{pipeline_id}"), await circle.workflows(pipeline_id)


async def _fresh(circle: SimulatorClient) -> None:
    pipeline, workflows = await _story(circle, "main", 0)
    assert (pipeline["state"], workflows) == ("pending", [])


async def _empty(circle: SimulatorClient) -> None:
    pipeline, workflows = await _story(circle, "empty", 3600)
    assert (pipeline["state"], workflows) == ("created", [])


async def _config_error(circle: SimulatorClient) -> None:
    pipeline, workflows = await _story(circle, "bad-config")
    assert (pipeline["state"], pipeline["errors"][0]["type"], workflows) == ("errored", "config", [])


async def _setup(circle: SimulatorClient) -> None:
    pipeline, workflows = await _story(circle, "setup")
    assert pipeline["state"] == "created"
    assert [(run["name"], run.get("tag")) for run in workflows] == [("build-and-test", None), ("setup", "setup")]
    config = await circle.get(f"/pipeline/{pipeline['id']}/config")
    assert "suite:" in config["source"]
    assert "suite:" not in config["setup-config"]


async def _refused_after_setup(circle: SimulatorClient) -> None:
    pipeline, (setup,) = await _story(circle, "dynamic")
    assert (setup["tag"], setup["status"]) == ("setup", "success")
    assert (pipeline["state"], pipeline["errors"]) == (
        "errored",
        [{"type": "config", "message": "Unexpected argument(s): suite"}],
    )


async def _nothing_after_setup(circle: SimulatorClient) -> None:
    pipeline, (setup,) = await _story(circle, "dynamic-empty")
    assert (pipeline["state"], setup["status"]) == ("created", "success")


async def _pages(circle: SimulatorClient) -> None:
    pipeline, _ = await _story(circle, "mono")
    path, found, token = f"/pipeline/{pipeline['id']}/workflow", [], None
    sizes = []
    while token or not found:
        page = await circle.get(path, **({"page-token": token} if token else {}))
        sizes.append(len(page["items"]))
        found += page["items"]
        token = page["next_page_token"]
    assert sizes == [20, 20, 10]
    assert [run["name"] for run in found if run["status"] != "success"] == ["service-37"]


async def _rerun(circle: SimulatorClient) -> None:
    pipeline, (first,) = await _story(circle, "flaky")
    new = (await circle.post(f"/workflow/{first['id']}/rerun", {"from_failed": True})).json()["workflow_id"]
    circle.after(40)
    runs = {run["id"]: (run["name"], run["status"]) for run in await circle.workflows(pipeline["id"])}
    assert runs == {first["id"]: ("build-and-test", "failed"), new: ("build-and-test", "success")}


async def _cancel(circle: SimulatorClient) -> None:
    pipeline, (run,) = await _story(circle, "slow", 10)
    assert (await circle.post(f"/workflow/{run['id']}/cancel")).status_code == 202
    statuses = []
    for _ in range(2):
        statuses.append((await circle.workflow(pipeline["id"]))["status"])
        circle.after(2)
    assert statuses == ["running", "canceled"]


async def _updated_at(circle: SimulatorClient) -> None:
    pipeline, _ = await _story(circle, "main", 2)
    circle.after(60)
    assert (await circle.get(f"/pipeline/{pipeline['id']}"))["updated_at"] == pipeline["updated_at"]


async def _auto_rerun(circle: SimulatorClient) -> None:
    _, runs = await _story(circle, "auto-rerun")
    assert [(run["status"], run.get("auto_rerun_number")) for run in runs] == [("success", 1), ("failed", None)]


async def _no_vcs(circle: SimulatorClient) -> None:
    for project in (circle.kiosk, circle.firmware):
        newest = (await circle.get(f"/project/{project.slug}/pipeline"))["items"][0]
        assert "vcs" not in newest
        assert newest["trigger_parameters"]["git"]["branch"]


async def _triggers(circle: SimulatorClient) -> None:
    for project, word in ((circle.kiosk, "github_app"), (circle.firmware, "gitlab")):
        assert (await circle.get(f"/project/{project.slug}/pipeline"))["items"][0]["trigger"]["type"] == word
    assert (await circle.get(f"{WEB}/pipeline"))["items"][0]["trigger"]["type"] == "webhook"


async def _merge_queue(circle: SimulatorClient) -> None:
    pipeline, runs = await _story(circle, MERGE_QUEUE)
    assert pipeline["vcs"]["branch"].startswith("gh-readonly-queue/main/pr-41-")
    assert {run["status"] for run in runs} == {"success"}


async def _run(circle: SimulatorClient, name: str, definition: int, **body: Any) -> tuple[dict[str, Any], str]:
    """The pipeline of this definition of a project, and the definition's id."""
    project = next(each for each in circle.world.projects.values() if each.name == name)
    chosen = (await circle.get(f"/projects/{project.id}/pipeline-definitions"))["items"][definition]["id"]
    answer = await circle.post(f"/project/{project.slug}/pipeline/run", {"definition_id": chosen, **body})
    assert answer.status_code == 201, answer.text
    return answer.json(), chosen


async def _values(circle: SimulatorClient) -> None:
    for definition in (0, 1):
        pipeline, chosen = await _run(circle, "mobile", definition)
        assert (await circle.get(f"/pipeline/{pipeline['id']}/values"))["pipeline.definition.id"] == chosen


async def _config_default(circle: SimulatorClient) -> None:
    pipeline, _ = await _run(circle, "handbook", 1, checkout={"branch": "broken"})
    assert pipeline["state"] == "pending"


SHOWN: dict[str, Show] = {
    "FRESH": _fresh,
    "EMPTY": _empty,
    "CONFIG_ERROR": _config_error,
    "SETUP": _setup,
    "REFUSED_AFTER_SETUP": _refused_after_setup,
    "NOTHING_AFTER_SETUP": _nothing_after_setup,
    "PAGES": _pages,
    "RERUN": _rerun,
    "CANCEL": _cancel,
    "UPDATED_AT": _updated_at,
    "AUTO_RERUN": _auto_rerun,
    "VALIDATING": deploys.show_validating,
    "AUTO_ROLLBACK": deploys.show_automatic_rollback,
    "NO_VCS": _no_vcs,
    "TRIGGERS": _triggers,
    "VALUES": _values,
    "CONFIG_DEFAULT": _config_default,
    "MERGE_QUEUE": _merge_queue,
}
