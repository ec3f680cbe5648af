from __future__ import annotations

import pytest

from tests.plugins.block_reader import get_text
from tests.plugins.world import GENERAL, WEB, World

pytestmark = pytest.mark.usefixtures("ready_to_draw")


async def test_a_pipeline_is_found_by_number_id_and_link(each_connected_world: World) -> None:
    pipeline = (await each_connected_world.fetch_state("circleci.pipelines"))["circleci"]["pipelines"][0]
    slug, number = pipeline["project_slug"], pipeline["number"]
    link = f"<{each_connected_world.url}/circleci/pipelines/{slug}/{number}|web#28>"
    for named in (f"{slug} {number}", pipeline["id"], link):
        await each_connected_world.say(f"/circle pipeline {named}")
        shown = get_text(await each_connected_world.reply(f"#{number}"))
        assert "Show Card Here" in shown


async def test_its_workflows_can_be_opened_from_here(connected_world: World) -> None:
    await connected_world.say("/circle pipeline web")
    reply = await connected_world.reply("build-and-test")
    await connected_world.press(reply, "Show Jobs")
    await connected_world.press(await connected_world.message("Which one?"), "build-and-test (success)")
    await connected_world.message("lint")


async def test_its_card_can_be_had_in_another_channel(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch release")
    await connected_world.card("approve-staging")
    await connected_world.say("/circle pipeline gh/acme/web", channel=WEB)
    await connected_world.press(await connected_world.reply("approve-staging", channel=WEB), "Show Card Here")
    card = await connected_world.card("approve-staging", channel=WEB)
    await connected_world.press(card, "Approve staging")
    await connected_world.card("approved `approve-staging`", channel=WEB)
    await connected_world.card("approved `approve-staging`")


async def test_a_pipeline_whose_config_is_wrong_says_what_circleci_says(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch bad-config")
    await connected_world.card("install-deps")
    await connected_world.say("/circle pipeline gh/acme/web")
    await connected_world.reply("install-deps")


async def test_a_number_that_is_not_there_is_told(connected_world: World) -> None:
    await connected_world.say("/circle pipeline gh/acme/web 99999", channel=GENERAL)
    await connected_world.reply(":warning:", channel=GENERAL)


async def test_a_project_without_pipelines_offers_to_trigger_one(connected_world: World) -> None:
    await connected_world.control("reset", seed=False)
    await connected_world.say("/circle pipeline gh/acme/web")
    await connected_world.reply("has no pipelines yet")


async def test_a_workflow_is_drawn_over_time_with_the_chain_that_decided_how_long_it_took(
    each_connected_world: World,
) -> None:
    await each_connected_world.say("/circle trigger gh/acme/web --branch flaky")
    await each_connected_world.card("*failed*")
    await each_connected_world.say("/circle pipeline gh/acme/web")
    await each_connected_world.pick(await each_connected_world.reply("build-and-test"), "Timeline")
    reply = await each_connected_world.message("Critical path: `test`")
    (table,) = [block for block in reply["blocks"] if block["type"] == "table"]
    rows = {row[0]["text"]: [cell["text"] for cell in row[1:]] for row in table["rows"]}
    assert rows["test (critical)"][0] == "failed"
    assert "lint" in rows
    assert "Never began: `build`" in get_text(reply)
    file = await each_connected_world.file("Timeline of build-and-test", channel="D0ADA")
    assert file["content"].startswith(b"\x89PNG")
    assert "Critical path: test" in file["alt_txt"]
    await each_connected_world.press(reply, "Share It Here")
    await each_connected_world.file("Timeline of build-and-test")


async def test_the_timeline_of_which_workflow_is_asked_where_there_are_several(connected_world: World) -> None:
    await connected_world.say("/circle pipeline gh/acme/web 28 --timeline --here")
    await connected_world.press(await connected_world.reply("Which one?"), "deploy-preview (success)")
    file = await connected_world.file("Timeline of deploy-preview of #28")
    assert "preview: success" in file["alt_txt"]


async def test_a_workflow_without_jobs_has_no_timeline(connected_world: World) -> None:
    await connected_world.say("/circle pipeline gh/acme/web 1 build-and-test --timeline")
    await connected_world.reply("no longer shows the jobs of `build-and-test`")


async def test_who_ran_it_again_and_who_canceled_it_is_named(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch slow")
    await connected_world.card("*running*")
    workflow = (await connected_world.list_pipelines())[0]["workflows"][0]
    await connected_world.control("cancel", workflow_id=workflow["id"], **{"as": "grace"})
    await connected_world.card("*canceled* by Grace")
    await connected_world.control("rerun", workflow_id=workflow["id"], **{"as": "grace"})
    await connected_world.say("/circle pipeline gh/acme/web")
    await connected_world.reply("rerun by Grace")
    await connected_world.say("/circle workflow gh/acme/web")
    await connected_world.reply("started by Grace")


async def test_names_that_do_not_come_hold_up_no_outcome(connected_world: World) -> None:
    await connected_world.control("faults", target="circleci", match="user/", delay_s=60, count=0)
    await connected_world.say("/circle trigger gh/acme/web --branch broken")
    card = await connected_world.card("*failed*")
    await connected_world.thread(card, "2 failed tests")
