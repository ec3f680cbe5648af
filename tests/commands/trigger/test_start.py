from __future__ import annotations

from bot.actions.definitions import SelectedDefinition
from bot.commands.trigger import start
from bot.commands.trigger.start import TriggerPlan
from bot.domain import ProjectSlug
from bot.rules.policy_line import Demands, Effect, PolicyLine, PolicyScope
from bot.rules.saved_preset import Preset
from tests.plugins.block_reader import find_field, get_text
from tests.plugins.policies import write_policy
from tests.plugins.world import GRACE, Json, World

WEB = ProjectSlug("gh", "acme", "web")


async def test_where_nothing_ever_ran_values_go_as_typed_and_the_answer_says_so(connected_world: World) -> None:
    await connected_world.control("reset", seed=False)
    await connected_world.say("/circle trigger gh/acme/web image-tag=48")
    await connected_world.reply("I sent the values as you typed them")
    (sent,) = await _triggers(connected_world)
    assert sent["body"]["parameters"] == {"image-tag": "48"}


async def test_a_refusal_for_a_type_leads_to_the_right_one(connected_world: World) -> None:
    await connected_world.control("reset", seed=False)
    await connected_world.say("/circle trigger gh/acme/web deploy=true replicas=3 image-tag=48")
    refused = await connected_world.reply("Type error for argument deploy: expected type: boolean")
    await connected_world.press(refused, "Trigger with deploy as boolean")
    refused = await connected_world.message("Type error for argument replicas: expected type: integer")
    await connected_world.press(refused, "Trigger with replicas as integer")
    await connected_world.message("triggered it")
    assert (await _triggers(connected_world))[-1]["body"]["parameters"] == {
        "deploy": True,
        "replicas": 3,
        "image-tag": "48",
    }


async def test_a_parameter_that_circleci_does_not_expect_can_be_left_out(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --tag v4.8.2 image-tag=48 imag-tag=4")
    refused = await connected_world.reply("Unexpected argument(s): imag-tag")
    await connected_world.press(refused, "Trigger Without imag-tag")
    await connected_world.message("triggered it")
    assert (await _triggers(connected_world))[-1]["body"] == {"tag": "v4.8.2", "parameters": {"image-tag": "48"}}


async def test_a_definition_takes_its_own_parameters_whatever_ran_last(connected_world: World) -> None:
    for said in ("release version=4.8", "build platform=android", "release version=4.9 percent=30"):
        await connected_world.say(f"/circle trigger gh/acme/mobile --definition {said}")
        await connected_world.card(said.split()[-1])
    assert (await _triggers(connected_world))[-1]["body"]["parameters"] == {"version": "4.9", "percent": 30}


AWKWARD = f"""
version: 2.1
x: &same {{type: string}}
y: &same {{type: boolean, default: off}}
parameters:
  long: {{type: string, default: {"x" * 3500}}}
  longer-than-a-value: {{type: string, default: {"x" * 600}}}
  count: {{type: integer, default: 1_000}}
  eight: {{type: integer, default: 010}}
  flag: *same
  lines:
    type: string
    default: |
      one
        two
  many: {{type: enum, default: c1, enum: [{", ".join(f"c{n}" for n in range(150))}]}}
  alike: {{type: enum, default: "{"y" * 200}b", enum: ["{"y" * 200}a", "{"y" * 200}b", ""]}}
"""


async def test_a_form_of_awkward_declarations_is_handed_in_and_says_exactly_what_is_chosen(
    connected_world: World,
) -> None:
    await connected_world.control("push", project="gh/acme/web", branch="main", config=AWKWARD)
    await connected_world.say("/circle trigger gh/acme/web")
    form = await connected_world.form("longer-than-a-value")
    shown = {name: find_field(form, name)[1].get("initial_value") for name in ("count", "eight", "lines", "long")}
    assert shown == {"count": "1000", "eight": "8", "lines": "one\n  two\n", "long": None}
    await connected_world.submit(form)
    await connected_world.done("Started")
    await connected_world.say("/circle trigger gh/acme/web")
    form = await connected_world.form("longer-than-a-value")
    await connected_world.submit(form, alike="(empty)", many="c149", eight="9")
    await connected_world.done("Started")
    first, second = await _triggers(connected_world)
    assert "parameters" not in first["body"]
    assert second["body"]["parameters"] == {"alike": "", "many": "c149", "eight": 9}


async def test_a_config_that_cannot_be_read_is_said_to_be_none_that_is_missing(connected_world: World) -> None:
    await connected_world.control("reset", seed=False)
    config = f"parameters: {{image-tag: {{type: string, default: latest}}}}\nx: {'[' * 120}{']' * 120}"
    await connected_world.control("push", project="gh/acme/web", branch="main", config=config)
    await connected_world.say("/circle trigger gh/acme/web image-tag=48")
    await connected_world.reply(
        "I cannot read the config that ran last on `main`. I sent the values as you typed them."
    )


async def test_a_config_in_another_repository_is_read_on_a_branch_of_its_own(connected_world: World) -> None:
    await connected_world.say("/circle trigger handbook --branch feature/none --definition spelling")
    await connected_world.reply("has no branch `feature/none`")
    await connected_world.say("/circle trigger handbook --branch broken --definition spelling")
    await connected_world.card("triggered it")
    await connected_world.say("/circle trigger handbook --branch broken --definition spelling --config-branch next")
    await connected_world.card(number=5)
    bodies = [each["body"] for each in await _triggers(connected_world)]
    assert [(body.get("config"), body["checkout"]) for body in bodies[1:]] == [
        (None, {"branch": "broken"}),
        ({"branch": "next"}, {"branch": "broken"}),
    ]


async def test_a_preset_says_what_is_not_typed(connected_world: World) -> None:
    preset = Preset("T0SANDBOX", "ship", WEB, "main", None, {"environment": "production", "replicas": "4"})
    async with connected_world.app.core.store.begin() as tx:
        await tx.presets.replace_all("T0SANDBOX", [preset])
    await connected_world.say("/circle trigger --preset ship replicas=5")
    await connected_world.card("ran preset")
    await connected_world.say("/circle trigger --preset ship --tag v1")
    await connected_world.card("on `v1`")
    first, second = await _triggers(connected_world)
    assert first["body"] == {"branch": "main", "parameters": {"environment": "production", "replicas": 5}}
    assert second["body"]["tag"] == "v1"
    assert "branch" not in second["body"]


async def test_a_trigger_does_not_look_failed_because_reading_it_failed(connected_world: World) -> None:
    await connected_world.control("faults", target="circleci", match="pipeline/", method="GET", status=404, count=1)
    await connected_world.say("/circle trigger gh/acme/web --branch main")
    await connected_world.card("triggered it")
    await connected_world.card("*success*")


def test_a_value_that_looks_like_a_secret_is_not_shown_on_the_card() -> None:
    parameters = {"API_TOKEN": "hunter2hunter2", "deploy": True, "replicas": 3}
    shown = start._format_action(TriggerPlan(WEB, "main", None, SelectedDefinition(), parameters))
    assert "hunter2" not in shown
    assert "`deploy=true`, `replicas=3`" in shown


def test_many_parameters_are_counted_on_the_card() -> None:
    plan = TriggerPlan(
        WEB, "main", None, SelectedDefinition(), {f"p{number}": number for number in range(9)}, Demands()
    )
    assert start._format_action(plan).endswith("`p5=5`, +3")


async def test_a_lost_answer_of_a_trigger_that_did_not_happen_is_not_taken_for_another(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch main")
    await connected_world.card("*success*")
    await connected_world.control(
        "faults", target="circleci", match="project/gh/acme/web/pipeline", method="POST", status=502, count=1
    )
    await connected_world.say("/circle trigger gh/acme/web --branch main")
    await connected_world.reply("CircleCI shows no such pipeline yet")


async def test_a_definition_that_is_not_there_offers_those_that_are(connected_world: World) -> None:
    await connected_world.say("/circle trigger kiosk --definition nighly")
    asked = await connected_world.reply("has no pipeline definition `nighly`")
    await connected_world.press(asked, "Use nightly")
    await connected_world.message("triggered it")


async def _triggers(world: World) -> list[Json]:
    calls = (await world.fetch_state("circleci.calls"))["circleci"]["calls"]
    return [call for call in calls if call["method"] == "POST" and "/pipeline" in call["path"]]


async def test_what_nobody_asks_for_at_a_start_is_refused_in_words(connected_world: World) -> None:
    scope = PolicyScope(act="*", parameters=(("environment", "production"),))
    demanding = PolicyLine(Effect.REQUIRE, ("everybody",), scope, Demands(escalates_s=1800, escalate_to=(GRACE,)))
    await write_policy(connected_world.app.core.store, demanding)
    before = len(await connected_world.list_pipelines())
    await connected_world.say("/circle trigger gh/acme/web --branch slow environment=production")
    refused = get_text(await connected_world.reply("Your workspace's policy demands"))
    assert "Ask " not in refused, "the only admin is told to ask an admin"
    assert len(await connected_world.list_pipelines()) == before
    await connected_world.say("/circle trigger gh/acme/web --branch slow environment=staging")
    await connected_world.card("Cancel workflow")
    await connected_world.say("/circle cancel gh/acme/web slow")
    await connected_world.card("canceled")
