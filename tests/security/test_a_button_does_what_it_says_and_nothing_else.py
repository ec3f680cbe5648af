"""Whatever a hold, a job or a step is called, its button asks CircleCI for that one, and for nothing else.

Over the real protocol, on the branch whose names are as awkward as names can be.
"""

from __future__ import annotations

from typing import Any

from sandbox.circleci.stories import get_story
from tests.plugins.block_reader import get_text
from tests.plugins.voting import decline
from tests.plugins.world import ADA, DEPLOYS, Json, World

HOLDS, JOBS = (workflow.jobs for workflow in get_story("odd").workflows)
ODD = [job for job in JOBS if job.outcomes == ("failed",)]


async def _started(world: World) -> dict[str, Json]:
    """The workflows of a new pipeline by name, when all that runs has ended."""
    await world.say("/circle trigger gh/acme/web --branch odd")
    await world.message("triggered it")

    async def look() -> dict[str, Json] | None:
        found = {one["name"]: one for one in await _runs(world)}
        return found if found and found["odd-jobs"]["status"] == "failed" else None

    return await world.wait_until(look, "the jobs to fail")


async def _runs(world: World) -> list[Json]:
    newest = next((one for one in await world.list_pipelines() if one["branch"] == "odd"), None)
    return newest["workflows"] if newest else []


async def _asked(world: World, path: str, count: int) -> list[Json]:
    async def look() -> list[Json] | None:
        found = [call for call in await world.list_requests(path) if call["method"] == "POST"]
        return found if len(found) >= count else None

    return await world.wait_until(look, f"{count} calls of {path}")


def _row(listing: Json, name: str, label: str) -> Json:
    """The button in the row of this job: the message with its acts alone."""
    at = next(at for at, block in enumerate(listing["blocks"]) if f"`{name}`" in _told(block))
    acts = next(block for block in listing["blocks"][at:] if block["type"] == "actions")
    assert any(one["text"]["text"] == label for one in acts["elements"]), f"{label} of {name}"
    return {**listing, "blocks": [acts]}


def _told(block: Json) -> str:
    return get_text(block).replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")


async def test_each_hold_is_approved_and_declined_by_its_own_buttons(connected_world: World) -> None:
    workflow = (await _started(connected_world))["odd"]
    for count, hold in enumerate(HOLDS[:-1], 1):
        await connected_world.say(f"/circle jobs {workflow['id']}")
        listing = await connected_world.reply("odd")
        label = next(
            one["text"]["text"]
            for one in _row(listing, hold.name, "Decline…")["blocks"][0]["elements"]
            if one["text"]["text"] != "Decline…"
        )
        await connected_world.press(_row(listing, hold.name, label), label)
        assert len(await _asked(connected_world, "/approve/", count)) == count
        await connected_world.message("You approved")
        [now] = [one for one in await _runs(connected_world) if one["name"] == "odd"]
        approved = {job["name"] for job in now["jobs"] if job["status"] == "success"}
        assert approved == {one.name for one in HOLDS[:count]}, hold.name
    last = HOLDS[-1].name
    await connected_world.say(f"/circle jobs {workflow['id']}")
    await decline(connected_world, _row(await connected_world.reply("odd"), last, "Decline…"))
    await connected_world.message("declined")

    async def declined() -> set[str] | None:
        [now] = [one for one in await _runs(connected_world) if one["name"] == "odd"]
        return {job["name"] for job in now["jobs"] if job["status"] == "canceled"} or None

    assert await connected_world.wait_until(declined, "the hold to be declined") == {last}


async def test_what_is_typed_means_exactly_that_hold_or_is_asked_about(connected_world: World) -> None:
    workflow = (await _started(connected_world))["odd"]
    await connected_world.say(f"/circle approve {workflow['id']} DEPLOY-EU")
    which = await connected_world.reply("Which one?")
    assert {"Deploy-EU", "deploy-eu"} <= set(get_text(which).splitlines())
    assert await connected_world.list_requests("/approve/") == []
    await connected_world.press(which, "deploy-eu")
    await connected_world.message("You approved `deploy-eu`")
    for count, typed in enumerate(["'Approve \"prod\"'", "“Validé par l'équipe”", "-- --force", "'R&amp;D ok'"], 2):
        await connected_world.say(f"/circle approve {workflow['id']} {typed}")
        assert len(await _asked(connected_world, "/approve/", count)) == count, typed
        await connected_world.reply("You approved")
    [now] = [one for one in await _runs(connected_world) if one["name"] == "odd"]
    waiting = {job["name"] for job in now["jobs"] if job["status"] == "on_hold"}
    assert waiting == {"Deploy-EU", "— live —"}


async def test_each_job_is_run_again_and_looked_into_by_its_own_buttons(connected_world: World) -> None:
    workflow = (await _started(connected_world))["odd-jobs"]
    await connected_world.say(f"/circle jobs {workflow['id']} --failed")
    listing = await connected_world.reply("odd-jobs")
    for count, job in enumerate(ODD, 1):
        row = next(block for block in listing["blocks"] if f"|{job.name}> — " in _told(block))
        await connected_world.pick({**listing, "blocks": [row]}, "Rerun job")
        call = (await _asked(connected_world, "/rerun", count))[-1]
        [only] = call["body"]["jobs"]
        assert _name(workflow, only) == job.name
        await _until_the_newest_ends(connected_world)
        await connected_world.say(f"/circle jobs {workflow['id']} --failed")
        listing = await connected_world.reply("odd-jobs")


async def test_a_job_is_found_by_its_name_before_anything_that_its_name_looks_like(connected_world: World) -> None:
    await _started(connected_world)
    number = next(one["number"] for one in await connected_world.list_pipelines() if one["branch"] == "odd")
    for name in ("18", "node/test", "test-node-18.x"):
        await connected_world.say(f"/circle artifacts gh/acme/web {number} {name}")
        await connected_world.reply(f"{name}.txt")
        await connected_world.say(f"/circle job gh/acme/web {number} {name}")
        await connected_world.reply(f"{name} (job ")
    workflow = next(one for one in await _runs(connected_world) if one["name"] == "odd-jobs")
    for count, typed in enumerate(["'lint, format'", "18,node/test"], 1):
        await connected_world.say(f"/circle rerun {workflow['id']} --jobs {typed}")
        call = (await _asked(connected_world, "/rerun", count))[-1]
        names = {_name(workflow, one) for one in call["body"]["jobs"]}
        assert names == ({"lint, format"} if count == 1 else {"18", "node/test"})
        await _until_the_newest_ends(connected_world)


async def test_a_step_that_reads_like_options_publishes_nothing(connected_world: World) -> None:
    workflow = (await _started(connected_world))["odd-jobs"]
    number = next(job["job_number"] for job in workflow["jobs"] if job["name"] == "18")
    await connected_world.say(f"/circle logs gh/acme/web {number} --step nothing-like-it")
    which = await connected_world.reply("no such step")
    await connected_world.press(which, ODD[0].step)
    await connected_world.message("The log of 18 (job ")
    assert await connected_world.list_calls("files.completeUploadExternal") == []


def _name(workflow: Json, job_id: str) -> Any:
    return next(job["name"] for job in workflow["jobs"] if job["id"] == job_id)


async def _until_the_newest_ends(world: World) -> None:
    async def look() -> bool | None:
        runs = [one for one in await _runs(world) if one["name"] == "odd-jobs"]
        return all(one["status"] == "failed" for one in runs) or None

    await world.wait_until(look, "the rerun to end", as_=ADA, channel=DEPLOYS)
