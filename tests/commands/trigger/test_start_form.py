from __future__ import annotations

from tests.plugins.block_reader import find_field
from tests.plugins.world import GRACE, Json, World


async def test_the_first_step_leads_on_and_starts_nothing(connected_world: World) -> None:
    await connected_world.say("/circle trigger")
    form = await connected_world.form("Which project?")
    assert form["submit"]["text"] == "Next"
    assert find_field(form, "project")[1]["focus_on_load"] is True
    await connected_world.submit(form, project="gh/acme/web")
    form = await connected_world.form("Starts *acme/web* at CircleCI as *ada*")
    assert form["submit"]["text"] == "Trigger"
    assert await _triggers(connected_world) == []
    await connected_world.submit(form)
    await connected_world.done("Started")


async def test_of_several_definitions_one_is_a_step_too(connected_world: World) -> None:
    await connected_world.say("/circle trigger kiosk")
    form = await connected_world.form("Choose a definition")
    assert form["submit"]["text"] == "Next"
    await connected_world.submit(form, definition="nightly")
    form = await connected_world.form("Save as Preset…")
    assert form["submit"]["text"] == "Trigger"
    assert await _triggers(connected_world) == []


async def test_what_was_chosen_last_is_filled_in_the_next_time_and_said(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web")
    form = await connected_world.form("image-tag")
    await connected_world.choose(form, "branch", "release")
    form = await connected_world.form("release\n")
    await connected_world.submit(form, environment="production", **{"image-tag": "4.9"})
    await connected_world.done("Started")
    await connected_world.say("/circle trigger gh/acme/web")
    form = await connected_world.form("Filled in as you chose last: `image-tag`, `environment`")
    shown = {name: find_field(form, name)[1] for name in ("branch", "image-tag", "environment", "replicas")}
    assert shown["branch"]["initial_option"]["value"] == "release"
    assert shown["environment"]["initial_option"]["value"] == "=production"
    assert (shown["image-tag"]["initial_value"], shown["replicas"]["initial_value"]) == ("4.9", "2")


async def test_nobody_sees_what_somebody_else_chose(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web")
    await connected_world.submit(await connected_world.form("image-tag"), **{"image-tag": "4.9"})
    await connected_world.done("Started")
    await connected_world.connect(as_=GRACE)
    await connected_world.say("/circle trigger gh/acme/web", as_=GRACE)
    form = await connected_world.form("image-tag", as_=GRACE)
    assert find_field(form, "image-tag")[1]["initial_value"] == "latest"


async def _triggers(world: World) -> list[Json]:
    calls = (await world.fetch_state("circleci.calls"))["circleci"]["calls"]
    return [call for call in calls if call["method"] == "POST" and "/pipeline" in call["path"]]
