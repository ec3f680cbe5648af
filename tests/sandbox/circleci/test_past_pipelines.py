from __future__ import annotations

from collections import Counter
from typing import Any

from sandbox.circleci.past_pipelines import MARKUP_SUBJECT
from tests.sandbox.circleci.circle import SimulatorClient


def _web(circle: SimulatorClient) -> list[dict[str, Any]]:
    pipelines = circle.world.snapshot()["pipelines"]
    return [pipeline for pipeline in pipelines if pipeline["project_slug"] == "gh/acme/web"]


def test_the_past_is_over_and_went_this_way_and_that(circle: SimulatorClient) -> None:
    pipelines = _web(circle)
    ends = Counter(run["status"] for pipeline in pipelines for run in pipeline["workflows"])
    assert 25 <= len(pipelines) <= 30
    assert set(ends) == {"success", "failed", "canceled"}
    assert {pipeline["state"] for pipeline in pipelines} == {"created", "errored"}
    assert {"main", "broken", "flaky", "feature/login"} <= {pipeline["branch"] for pipeline in pipelines}
    assert len(circle.world.snapshot()["pipelines"]) - len(pipelines) >= 4 * 3


def test_the_newest_comes_first_and_none_is_from_the_future(circle: SimulatorClient) -> None:
    dates = [pipeline["created_at"] for pipeline in _web(circle)]
    assert dates == sorted(dates, reverse=True)
    assert dates[0] < circle.clock.now().isoformat()


def test_main_was_broken_once_and_recovered(circle: SimulatorClient) -> None:
    on_main = [each for each in reversed(_web(circle)) if each["branch"] == "main"]
    ends = [{run["name"]: run["status"] for run in each["workflows"]}["build-and-test"] for each in on_main]
    assert "failed" in ends
    assert ends[ends.index("failed") + 1] == ends[-1] == "success"


def test_one_commit_on_main_is_full_of_markup(circle: SimulatorClient) -> None:
    (commit,) = [each for each in _web(circle) if "<!channel>" in each["subject"]]
    assert (commit["subject"], commit["branch"]) == (MARKUP_SUBJECT, "main")
    assert commit["vcs"]["commit"]["subject"] == MARKUP_SUBJECT


async def test_a_reset_brings_the_same_past_back_and_nothing_else(circle: SimulatorClient) -> None:
    before = circle.world.snapshot()["pipelines"]
    await circle.trigger("main")
    circle.world.reset(seed=True)
    assert circle.world.snapshot()["pipelines"] == before
    circle.world.reset(seed=False)
    assert circle.world.snapshot()["pipelines"] == []


async def test_what_is_started_after_a_reset_never_has_an_old_id(circle: SimulatorClient) -> None:
    first = await circle.trigger("main")
    circle.world.reset(seed=True)
    assert await circle.trigger("main") != first
