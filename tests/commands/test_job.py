from __future__ import annotations

from tests.plugins.block_reader import get_buttons, get_text
from tests.plugins.world import GRACE, World


async def _failed(world: World, branch: str, says: str = "*failed*") -> None:
    await world.say(f"/circle trigger gh/acme/web --branch {branch}")
    await world.card(says)


async def _number(world: World, name: str) -> int:
    (run,) = [run for run in (await world.list_pipelines())[0]["workflows"] if run["name"] == "build-and-test"]
    (number,) = [job["job_number"] for job in run["jobs"] if job["name"] == name]
    return int(number)


async def test_a_job_shows_where_it_ran_which_nodes_failed_and_its_steps(each_connected_world: World) -> None:
    await _failed(each_connected_world, "parallel")
    await each_connected_world.say("/circle job gh/acme/web build-and-test test")
    shown = get_text(await each_connected_world.reply("of `build-and-test`"))
    assert "*failed* · 7s" in shown
    assert "`medium` (docker)" in shown
    assert "4; failed: node 1" in shown
    assert ":white_check_mark: Checkout code · 1s" in shown
    assert ":x: *Run tests* · 7s · exit code 1 · on node 1" in shown


async def test_a_job_is_found_by_its_number_and_leads_to_its_tests_and_logs(connected_world: World) -> None:
    await _failed(connected_world, "broken")
    number = await _number(connected_world, "test")
    await connected_world.say(f"/circle job gh/acme/web --job {number}")
    reply = await connected_world.reply(f"test (job {number})")
    await connected_world.pick(reply, "Test results")
    tests = await connected_world.message("Show All 40 Tests")
    await connected_world.press(tests, "Show Log")
    pipeline = (await connected_world.list_pipelines())[0]["number"]
    await connected_world.message(f"test (job {number}) of #{pipeline}>*, step `Run tests`")


async def test_a_link_to_a_job_is_enough(connected_world: World) -> None:
    await _failed(connected_world, "broken")
    number = await _number(connected_world, "test")
    pipeline = (await connected_world.list_pipelines())[0]
    run = next(run for run in pipeline["workflows"] if run["name"] == "build-and-test")
    url = (
        f"{connected_world.url}/circleci/pipelines/gh/acme/web/{pipeline['number']}/workflows/{run['id']}/jobs/{number}"
    )
    await connected_world.say(f"/circle job {url}")
    await connected_world.reply(f"test (job {number})")


async def test_what_kind_of_failure_it_was_is_said_with_what_helps(connected_world: World) -> None:
    await _failed(connected_world, "oom")
    await connected_world.say("/circle job gh/acme/web build-and-test bundle")
    reply = await connected_world.reply("bundle")
    assert get_buttons(reply) == ["Rerun with SSH", "Show Log"]
    shown = get_text(reply)
    assert "ran out of memory" in shown
    assert "larger `resource_class`" in shown
    assert "*Not worth a rerun*: it needs as much memory again" in shown
    await connected_world.say("/circle trigger gh/acme/web --branch unauthorized")
    await connected_world.card("*unauthorized*")
    await connected_world.say("/circle job gh/acme/web deploy deploy-production")
    assert "Its contexts: `production`" in get_text(await connected_world.reply("deploy-production"))


async def test_a_running_job_can_be_canceled_and_an_ended_one_rerun_with_ssh_and_reached(
    connected_world: World,
) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch slow")
    await connected_world.card("running")
    await connected_world.wait_until(lambda: _soaks(connected_world), "the soak to run")
    await connected_world.say("/circle job gh/acme/web build-and-test soak")
    await connected_world.press(await connected_world.reply("soak"), "Cancel Job")
    await connected_world.card("*canceled*")
    await connected_world.say("/circle job gh/acme/web build-and-test soak")
    await connected_world.press(await connected_world.reply("*canceled*"), "Rerun with SSH")
    rerun = await connected_world.message("Show How to Connect to soak")
    await connected_world.wait_until(lambda: _soaks(connected_world), "the soak to run again")
    await connected_world.press(rerun, "Show How to Connect to soak")
    assert "Connect with `ssh -p " in get_text(await connected_world.message("Connect with"))


async def _soaks(world: World) -> bool | None:
    runs = (await world.list_pipelines())[0]["workflows"]
    return any(job["name"] == "soak" and job["status"] == "running" for run in runs for job in run["jobs"]) or None


async def test_an_approval_and_a_job_that_did_not_run_say_so(connected_world: World) -> None:
    await _failed(connected_world, "broken")
    await connected_world.say("/circle job gh/acme/web build-and-test build")
    await connected_world.reply("has not run, so it has no number. Its status: *not run*")
    await connected_world.say("/circle job gh/acme/web build-and-test nothing")
    await connected_world.reply("has no job `nothing`")


async def test_a_job_that_the_person_may_not_see_is_not_found(socket_world: World) -> None:
    await socket_world.connect(GRACE)
    await socket_world.say("/circle job gh/acme/secret 1", as_=GRACE)
    await socket_world.reply("hide", as_=GRACE)


async def test_without_words_the_command_asks_which(connected_world: World) -> None:
    await connected_world.say("/circle job")
    await connected_world.reply("Which project?")
