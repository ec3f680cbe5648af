from __future__ import annotations

from bot.acting import start
from bot.acting.start import Plan
from bot.domain import ProjectSlug
from bot.store.presets import Preset
from tests.plugins.world import Json, World

WEB = ProjectSlug("gh", "acme", "web")


async def test_where_nothing_ever_ran_values_go_as_typed_and_the_answer_says_so(socket_world: World) -> None:
    await socket_world.connect()
    await socket_world.control("reset", seed=False)
    await socket_world.say("/circle trigger gh/acme/web deploy=true replicas=3 image-tag=4.8")
    await socket_world.reply("values went as typed")
    (sent,) = await _triggers(socket_world)
    assert sent["body"]["parameters"] == {"deploy": True, "replicas": 3, "image-tag": "4.8"}


async def test_a_preset_says_what_is_not_typed(socket_world: World) -> None:
    await socket_world.connect()
    preset = Preset("T0SANDBOX", "ship", WEB, "main", None, {"environment": "production", "replicas": "4"})
    async with socket_world.app.core.store.begin() as tx:
        await tx.presets.replace_all("T0SANDBOX", [preset])
    await socket_world.say("/circle trigger --preset ship replicas=5")
    await socket_world.reply("Started")
    await socket_world.say("/circle trigger --preset ship --tag v1")
    await socket_world.reply("Started")
    first, second = await _triggers(socket_world)
    assert first["body"] == {"branch": "main", "parameters": {"environment": "production", "replicas": 5}}
    assert second["body"]["tag"] == "v1"
    assert "branch" not in second["body"]


async def test_a_trigger_does_not_look_failed_because_reading_it_failed(socket_world: World) -> None:
    await socket_world.connect()
    await socket_world.control("faults", target="circleci", match="pipeline/", method="GET", status=404, count=1)
    await socket_world.say("/circle trigger gh/acme/web --branch main")
    await socket_world.reply("Started")
    await socket_world.card("*success*")


def test_a_value_that_looks_like_a_secret_is_not_shown_on_the_card() -> None:
    parameters = {"API_TOKEN": "hunter2hunter2", "deploy": True, "replicas": 3}
    shown = start._deed(Plan(WEB, "main", None, None, parameters, ""))
    assert "hunter2" not in shown
    assert "`deploy=true`, `replicas=3`" in shown


def test_many_parameters_are_counted_on_the_card() -> None:
    plan = Plan(WEB, "main", None, None, {f"p{number}": number for number in range(9)}, "")
    assert start._deed(plan).endswith("`p5=5` and 3 more")


async def test_a_lost_answer_of_a_trigger_that_did_not_happen_is_not_taken_for_another(socket_world: World) -> None:
    await socket_world.connect()
    await socket_world.say("/circle trigger gh/acme/web --branch main")
    await socket_world.card("*success*")
    await socket_world.control(
        "faults", target="circleci", match="project/gh/acme/web/pipeline", method="POST", status=502, count=1
    )
    await socket_world.say("/circle trigger gh/acme/web --branch main")
    await socket_world.reply("CircleCI shows no such pipeline yet")


async def test_a_definition_that_is_not_there_offers_those_that_are(socket_world: World) -> None:
    await socket_world.connect()
    await socket_world.say("/circle trigger kiosk --definition nighly")
    asked = await socket_world.reply("has no pipeline definition `nighly`")
    await socket_world.press(asked, "Use nightly")
    await socket_world.message("Started")


async def _triggers(world: World) -> list[Json]:
    calls = (await world.state("circleci"))["circleci"]["calls"]
    return [call for call in calls if call["method"] == "POST" and "/pipeline" in call["path"]]
