"""Words of one's own that would change something: nothing happens before the one button is pressed."""

from __future__ import annotations

import pytest

from tests.plugins.block_reader import find_button, get_buttons, get_text
from tests.plugins.voting import decline
from tests.plugins.world import EVE, GRACE, Json, World


@pytest.fixture
async def world(connected_world: World) -> World:
    await connected_world.say("/circle use gh/acme/web")
    await connected_world.reply("acme/web")
    return connected_world


async def _ask(world: World, said: str, says: str, label: str) -> Json:
    """The answer, which has the button and no other that is primary."""
    await world.say(said)
    reply = await world.reply(says)
    assert label in get_buttons(reply)
    return reply


async def test_the_failed_one_is_rerun_by_one_button_that_says_which(world: World) -> None:
    await world.say("/circle trigger gh/acme/web --branch broken")
    card = await world.card("failed")
    says = "*Rerun from Failed*: `build-and-test`"
    reply = await _ask(world, "/circle rerun the failed one!", says, "Rerun from Failed")
    assert get_buttons(reply) == ["Rerun from Failed"]
    shown = get_text(reply)
    assert "`acme/web` <" in shown
    assert "· `broken` ·" in shown
    assert not await world.list_requests("/rerun")
    await world.press(reply, "Rerun from Failed")
    await world.message("reran `build-and-test` from failed")
    assert card


async def test_in_a_thread_it_is_the_threads_pipeline(world: World) -> None:
    await world.say("/circle trigger gh/acme/web --branch broken")
    card = await world.card("failed")
    await world.say("/circle trigger gh/acme/web --branch slow")
    await world.card("running")
    await world.say("@circlebot can you run it again please", thread_ts=card["ts"])
    assert "· `broken` ·" in get_text(await world.reply("*Rerun from Failed*"))
    await world.say("@circlebot stop it", thread_ts=card["ts"])
    await world.reply("There is nothing to cancel in #")


async def test_what_runs_is_stopped_by_one_button(world: World) -> None:
    await world.say("/circle trigger gh/acme/web --branch slow")
    await world.card("running")
    reply = await _ask(world, "@circlebot stop it", "*Cancel Workflow*", "Cancel Workflow")
    _, button = find_button(reply, lambda one: (one.get("text") or {}).get("text") == "Cancel Workflow")
    assert "style" not in button, "green asks nobody to end something"
    assert not await world.list_requests("/cancel")
    await world.press(reply, "Cancel Workflow")
    await world.message("CircleCI is canceling")


@pytest.mark.parametrize(
    ("said", "label", "done"),
    [
        ("lgtm", "Approve staging", "You approved `approve-staging`"),
        ("don't approve it", "Decline staging…", "declined"),
    ],
)
async def test_what_waits_is_approved_or_declined_by_a_button_each(
    world: World, said: str, label: str, done: str
) -> None:
    await world.say("/circle trigger gh/acme/web --branch release")
    await world.card("approve-staging")
    reply = await _ask(world, f"/circle {said}", "Which one?", label)
    await (decline(world, reply, label) if label.endswith("…") else world.press(reply, label))
    await world.message(done)


@pytest.mark.parametrize("said", ["decline production", "reject approve-production", "production ablehnen"])
async def test_of_several_that_wait_the_named_one_is_declined(world: World, said: str) -> None:
    await world.say("/circle trigger gh/acme/web --branch release")
    await world.card("approve-staging")
    reply = await _ask(world, f"@circlebot {said}", "*Decline Hold*: `approve-production`", "Decline Hold…")
    await decline(world, reply, "Decline Hold…")
    await world.message("You declined `approve-production`")


@pytest.mark.parametrize(
    ("said", "how"),
    [
        ("/circle trigger web main", "on `main`"),
        ("/circle start a build on main", "on `main`"),
        ("/circle deploy production", "on `main` with `environment=production deploy=true`"),
        ("/circle deploy it to Production", "on `main` with `environment=production deploy=true`"),
        ("/circle deploy main", "on `main`"),
    ],
)
async def test_a_pipeline_is_started_by_one_button_under_what_it_does(world: World, said: str, how: str) -> None:
    reply = await _ask(world, said, f"*Trigger a pipeline*: acme/web {how}, in your name", "Trigger")
    assert get_buttons(reply) == ["Trigger"]
    assert not [one for one in await world.list_requests("/pipeline") if one["method"] == "POST"]
    await world.press(reply, "Trigger")
    await world.card("on `main`")


async def test_a_preset_that_is_called_so_is_offered(world: World) -> None:
    await world.say("/circle preset save nightly gh/acme/web --branch main deploy=true")
    await world.message("saved preset *nightly*")
    reply = await _ask(world, "@circlebot deploy nightly", "by the preset `nightly`", "Trigger")
    await world.press(reply, "Trigger")
    await world.card("on `main`")


async def test_a_misspelt_branch_is_asked_about(world: World) -> None:
    reply = await _ask(world, "/circle trigger web mian", "acme/web has run nothing on `mian`.", "Trigger on main")
    assert "Trigger on mian" in get_buttons(reply)


async def test_what_nothing_is_called_like_is_said_with_the_form(world: World) -> None:
    reply = await _ask(world, "/circle deploy the-moon", "Nothing here is called `the-moon`", "Trigger…")
    await world.press(reply, "Trigger…")
    await world.form("Trigger a pipeline")


@pytest.mark.parametrize(
    ("said", "says", "label"),
    [
        ("@circlebot be quiet for 2 hours", "*Mute* this channel until <!date", "Mute"),
        ("@circlebot stumm bis 14 Uhr", "*Mute* this channel until <!date", "Mute"),
        ("@circlebot please mute until 2pm", "*Mute* this channel until <!date", "Mute"),
        ("@circlebot please mute", "How long do you want to mute this channel?", "Mute for 1 Hour"),
        ("@circlebot tell us when main fails", "*Post here* when `main` of acme/web fails", "Subscribe"),
        ("@circlebot follow web", "*Post here* what fails", "Subscribe"),
        ("@circlebot this channel is about api", "`/circle use api`", "Set Project"),
    ],
)
async def test_what_changes_the_channel_is_proposed(world: World, said: str, says: str, label: str) -> None:
    await world.press(await _ask(world, said, says, label), label)


async def test_what_waits_for_a_connection_is_proposed_and_not_done(socket_world: World) -> None:
    await socket_world.say("/circle use gh/acme/web", as_=EVE)
    await socket_world.say("/circle stop it", as_=GRACE)
    await socket_world.reply("Connect your CircleCI account first", as_=GRACE)
    await socket_world.connect(GRACE)
    assert not await socket_world.list_requests("/cancel")


@pytest.mark.parametrize(
    ("line", "says"), [("propose", "Which command?"), ("propose nonsense", "I know no command `nonsense`.")]
)
async def test_what_is_no_command_cannot_be_proposed(world: World, line: str, says: str) -> None:
    await world.say(f"/circle {line}")
    await world.press(await world.reply(says), "Show Help")
    await world.message("*propose* — ")


@pytest.mark.parametrize(
    ("said", "options", "what"),
    [
        ("tell us about production deploys", " --environment production", "*Post here* what is deployed"),
        ("tell us when main fails", " --branch main --only failed", "*Post here* when `main` of acme/web fails"),
        ("subscribe us to web", "", "*Post here* what fails, recovers or waits in acme/web"),
    ],
)
async def test_a_rule_that_there_is_already_is_named_instead_of_proposed(
    world: World, said: str, options: str, what: str
) -> None:
    await world.say(f"@circlebot {said}")
    await world.reply(what)
    await world.say(f"/circle subscribe gh/acme/web{options}")
    await world.message("You own rule")
    await world.say(f"@circlebot {said}")
    known = await world.reply("Rule 1 says this already")
    assert get_buttons(known) == ["Show All Rules", "Change…"]
