"""One grammar for all commands: a bare number is a pipeline's; `--job N`, `job N` and links name a job."""

from __future__ import annotations

from bot.command import RequestSource
from tests.plugins.command_requests import push_branch, record_requests
from tests.plugins.world import Json, World

SHOWING = {
    **dict.fromkeys(("pipeline", "config", "values", "why"), ""),
    **dict.fromkeys(("workflow", "jobs", "compare"), " build-and-test"),
    **dict.fromkeys(("job", "tests", "logs", "artifacts"), ""),
}
"""What each is told beside a pipeline's number."""


async def test_a_bare_number_is_a_pipeline_and_a_job_is_said_outright(calm_world: World) -> None:
    of = await push_branch(calm_world, "broken")
    number, job = of["number"], _failed(of)
    link = f"{calm_world.url}/circleci/gh/acme/web/{job}"
    for name, more in SHOWING.items():
        said = await record_requests(calm_world, f"{name} gh/acme/web {number}{more}")
        assert f"GET /project/gh/acme/web/pipeline/{number}" in said, name
        assert f"GET /project/gh/acme/web/job/{number}" not in said, name
        for outright in (f"gh/acme/web job {job}", f"gh/acme/web --job {job}", link):
            said = await record_requests(calm_world, f"{name} {outright}")
            assert f"GET /project/gh/acme/web/job/{job}" in said, f"{name} {outright}"
            assert f"GET /project/gh/acme/web/pipeline/{job}" not in said, f"{name} {outright}"


async def test_where_there_is_no_such_pipeline_it_is_a_jobs_and_that_is_said(calm_world: World) -> None:
    job = _failed(await push_branch(calm_world, "broken"))
    for name in SHOWING:
        said = await record_requests(calm_world, f"{name} gh/acme/web {job}")
        assert f"GET /project/gh/acme/web/job/{job}" in said, name
        reply = await calm_world.reply(f"has no pipeline #{job}, so I took *job {job}*")
        calm_world.seen.add(reply["ephemeral_id"])


async def test_what_acts_offers_the_job_and_does_nothing(calm_world: World) -> None:
    job = _failed(await push_branch(calm_world, "broken"))
    for name in ("approve", "cancel", "rerun"):
        said = await record_requests(calm_world, f"{name} gh/acme/web {job}")
        assert {path.split()[0] for path in said} == {"GET"}, name
        offer = await calm_world.reply(f"has no pipeline #{job}. It has a job {job}: `test`")
        calm_world.seen.add(offer["ephemeral_id"])
    await calm_world.press(offer, f"Job {job}")
    await calm_world.message("CircleCI is rerunning `test`")
    (rerun,) = await calm_world.list_requests("/rerun")
    assert len(rerun["body"]["jobs"]) == 1


async def test_a_project_may_stand_behind_a_number(calm_world: World) -> None:
    of = await push_branch(calm_world, "broken")
    for name in ("artifacts", "logs", "why", "pipeline"):
        said = await record_requests(calm_world, f"{name} {of['number']} acme/web")
        assert f"GET /project/gh/acme/web/pipeline/{of['number']}" in said, name
    said = await record_requests(calm_world, f"logs job {_failed(of)} acme/web")
    assert f"GET /project/gh/acme/web/job/{_failed(of)}" in said


async def test_a_number_of_nothing_is_named_in_the_answer(calm_world: World) -> None:
    for said, told in (
        ("logs gh/acme/web 99999", "no pipeline or job 99999 of `acme/web`"),
        ("logs gh/acme/web 99999 test", "no pipeline #99999 of `acme/web`"),
        ("logs gh/acme/web job 99999", "no job 99999 of `acme/web`"),
        ("rerun gh/acme/web 0 deploy-preview", "has several workflows. Which one?"),
        ("pipeline gh/acme/web job 0", "I do not know what `job` is for"),
    ):
        await calm_world.say(f"/circle {said}")
        await calm_world.reply(told)
    assert await calm_world.list_requests("/rerun") == []


async def test_what_is_called_a_pipeline_is_nothing_else(calm_world: World) -> None:
    job = _failed(await push_branch(calm_world, "broken"))
    said = await record_requests(calm_world, f"logs gh/acme/web pipeline {job}")
    assert not [path for path in said if "/job/" in path]


async def test_a_job_is_named_inside_its_pipeline_by_name_or_number_and_not_elsewhere(calm_world: World) -> None:
    of, other = await push_branch(calm_world, "broken"), await push_branch(calm_world, "broken")
    for wanted in ("test", str(_failed(of)), f"build-and-test #{_failed(of)}", "--job test", f"--job {_failed(of)}"):
        await record_requests(calm_world, f"logs gh/acme/web {of['number']} {wanted}")
        reply = await calm_world.reply(f"test (job {_failed(of)}) of #{of['number']}")
        calm_world.seen.add(reply["ephemeral_id"])
    await record_requests(calm_world, f"logs gh/acme/web {of['number']} {_failed(other)}")
    await calm_world.reply(f"Pipeline #{of['number']} has no job `{_failed(other)}`")


async def test_a_number_means_the_same_by_a_button(calm_world: World) -> None:
    """As in the line that is offered for a misspelt command."""
    number = (await push_branch(calm_world, "broken"))["number"]
    for name, more in SHOWING.items():
        said = await record_requests(calm_world, f"{name} gh/acme/web {number}{more}", RequestSource.BUTTON)
        assert f"GET /project/gh/acme/web/pipeline/{number}" in said, name
        assert f"GET /project/gh/acme/web/job/{number}" not in said, name


def _failed(pipeline: Json) -> int:
    """The number of its failed job: there are more jobs than pipelines."""
    (job,) = [job for run in pipeline["workflows"] for job in run["jobs"] if job["status"] == "failed"]
    number: int = job["job_number"]
    assert number > pipeline["number"]
    return number
