"""Words of people's own over the real protocol: what reads is answered at once, and says how it was read."""

from __future__ import annotations

import pytest

from tests.plugins.block_reader import get_buttons, get_text
from tests.plugins.world import World


@pytest.mark.parametrize(
    ("said", "says", "note"),
    [
        ("is main green?", "`main` of acme/web is *green*", "I read that as `/circle status main`."),
        ("who broke main", "`main` of acme/web is *green*", "I read that as `/circle status main`."),
        ("how are we doing?", "the newest pipeline of each branch", "I read that as `/circle status`."),
        ("which project is this?", "acme/web", "I read that as `/circle use`."),
        ("show the latest builds", "Recent pipelines", "I read that as `/circle recent`."),
        ("hi", "Hello <@U0ADA>, I bring CircleCI to Slack", ""),
        ("thanks!", "You are welcome.", ""),
        ("ok", "I have asked nothing.", ""),
    ],
)
async def test_a_question_is_answered_at_once(connected_world: World, said: str, says: str, note: str) -> None:
    await connected_world.say("/circle use gh/acme/web")
    await connected_world.reply("acme/web")
    await connected_world.say(f"@circlebot {said}")
    assert note in get_text(await connected_world.reply(says))


async def test_why_did_it_fail_in_a_thread_tells_of_its_pipeline(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch broken")
    card = await connected_world.card("failed")
    await connected_world.thread(card, "failed tests")
    await connected_world.say("@circlebot why did it fial??", thread_ts=card["ts"])
    shown = get_text(await connected_world.reply("says why #"))
    assert "I read that as `/circle why`." in shown


async def test_a_misspelt_command_is_offered_with_all_that_was_said(connected_world: World) -> None:
    await connected_world.say("/circle statsu web main")
    reply = await connected_world.reply("I do not know `statsu`. Did you mean `status`?")
    assert get_buttons(reply) == ["Show status", "Show All Commands"]
    await connected_world.press(reply, "Show status")
    await connected_world.message("`main` of acme/web is *green*")


async def test_a_misspelt_option_is_offered_with_all_that_was_said(connected_world: World) -> None:
    await connected_world.say("/circle recent web --brnach main")
    reply = await connected_world.reply("There is no option `--brnach` here. Did you mean `--branch`?")
    assert "`/circle recent web --branch main`" in get_text(reply)
    assert get_buttons(reply) == ["Show recent"]
    await connected_world.press(reply, "Show recent")
    await connected_world.message("Recent pipelines of")


async def test_of_a_sentence_that_nobody_understands_the_command_in_it_is_explained(connected_world: World) -> None:
    await connected_world.say("@circlebot grace wanted to approve something somewhere")
    await connected_world.press(await connected_world.reply("I do not know `grace`"), "Show Help for approve")
    await connected_world.message("Approves a hold")


@pytest.mark.parametrize(
    "said",
    [
        "what should I wear today",
        "how come nobody answers",
        "show me the money",
        "approve my holiday",
        "wie geht das Wetter",
    ],
)
async def test_a_sentence_that_nobody_understands_is_no_misspelt_command(connected_world: World, said: str) -> None:
    await connected_world.say(f"/circle {said}")
    reply = await connected_world.reply("I do not understand that sentence")
    assert "`why did it fail`" in get_text(reply)
    assert get_buttons(reply) == ["Show All Commands"]


@pytest.mark.parametrize("said", ["why is web broken?", "why is broken red", "what went wrong with web"])
async def test_whoever_asks_why_of_a_project_or_a_branch_is_told_why(connected_world: World, said: str) -> None:
    await connected_world.say("/circle use gh/acme/web")
    await connected_world.say("/circle trigger gh/acme/web --branch broken")
    await connected_world.card("failed")
    await connected_world.say(f"/circle {said}")
    await connected_world.reply("failed tests")


async def test_the_log_of_a_branch_is_shown_by_its_name(connected_world: World) -> None:
    await connected_world.say("/circle use gh/acme/web")
    await connected_world.say("/circle trigger gh/acme/web --branch broken")
    await connected_world.card("failed")
    await connected_world.say("/circle show me the log of broken")
    await connected_world.reply("I read that as `/circle logs broken`.")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("projects orgs", "projects --orgs"),
        ("pipeline config", "pipeline --config"),
        ("project Keys", "project --keys"),
        ("env contexts", "env --contexts"),
    ],
)
async def test_an_option_without_its_dashes_is_asked_about(connected_world: World, said: str, meant: str) -> None:
    await connected_world.say(f"/circle {said}")
    reply = await connected_world.reply(f"Did you mean `{meant}`?")
    assert get_buttons(reply) == [f"Show {meant}"]
    assert ":warning:" not in get_text(reply)


@pytest.mark.parametrize(
    ("typed", "label", "then"),
    [
        ("subscribe gh/acme/web --only failed,recoverd", "Subscribe", "subscribed this channel"),
        ("me --dm recoverd", "Change Settings", "Direct messages"),
        ("logs gh/acme/web tset", "Show logs", "Run tests"),
        ("preset sve x gh/acme/web", "Save", "saved preset *x*"),
        ("preset save x gh/acme/web enviroment=staging", "Save", "with `environment=staging`"),
        ("quiet 22:00-08:00 --zone Europe/Berln", "Set Quiet Hours", "Europe/Berlin"),
    ],
)
async def test_a_misspelt_word_is_offered_with_all_that_was_said(
    connected_world: World, typed: str, label: str, then: str
) -> None:
    await connected_world.say(f"/circle {typed}")
    reply = await connected_world.reply("Did you mean")
    await connected_world.press(reply, label)
    await connected_world.message(then)


async def test_what_acts_is_shown_first_where_a_misspelt_line_named_no_pipeline(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch slow")
    await connected_world.card("running")
    await connected_world.say("/circle cancle gh/acme/web")
    shown = await connected_world.reply("“Soak it” · <@U0ADA>")
    assert "I read that as `/circle cancel gh/acme/web`." in get_text(shown)
    assert await connected_world.list_requests("/cancel") == []
    await connected_world.press(shown, "Cancel Workflow")
    await connected_world.card("canceled")


@pytest.mark.parametrize("more", [" gh/acme/web 1", " gh/acme/web slow", " slow", " --job soak"])
async def test_a_misspelt_line_that_would_act_at_once_is_a_button(connected_world: World, more: str) -> None:
    await connected_world.say(f"/circle cancle{more}")
    assert get_buttons(await connected_world.reply("Did you mean `cancel`?"))[0] == "Cancel"


async def test_a_misspelt_option_of_what_acts_is_shown_as_it_was_meant(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch broken")
    card = await connected_world.card("failed")
    await connected_world.say("/circle rerun gh/acme/web --faild")
    shown = await connected_world.reply("I read that as `/circle rerun gh/acme/web --failed`.")
    assert get_buttons(shown) == ["Rerun from Failed"]
    await connected_world.say("@circlebot cancle", thread_ts=card["ts"])
    assert get_buttons(await connected_world.reply("Did you mean `cancel`?"))[0] == "Cancel"


async def test_a_misspelt_preset_is_offered_with_all_that_was_said(connected_world: World) -> None:
    await connected_world.say("/circle preset save nightly gh/acme/web environment=staging")
    await connected_world.message("saved preset *nightly*")
    await connected_world.say("/circle run nightli replicas=3")
    await connected_world.press(await connected_world.reply("There is no preset `nightli`"), "Trigger")
    await connected_world.card("ran preset")
    sent = [one["body"] for one in await connected_world.list_requests("/pipeline") if one["method"] == "POST"]
    assert [one["parameters"] for one in sent] == [{"environment": "staging", "replicas": 3}]
    await connected_world.say("/circle preset rm nightli")
    await connected_world.press(await connected_world.reply("There is no preset `nightli`"), "Remove")
    await connected_world.message("emoved preset")


@pytest.mark.parametrize("whom", ["<@U0ADA>", "<!subteam^S0PLATFORM>"])
async def test_a_mention_for_which_slack_gives_no_name_reaches_the_option_that_takes_people(
    whom: str, connected_world: World
) -> None:
    await connected_world.say(f"/circle subscribe acme/web --mention {whom}")
    await connected_world.reply("You own rule")
