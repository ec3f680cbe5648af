from __future__ import annotations

import pytest

from tests.plugins.block_reader import get_buttons, get_text
from tests.plugins.world import EVE, World


async def test_each_branch_shows_its_newest_pipeline_with_the_default_branch_first(each_connected_world: World) -> None:
    await each_connected_world.say("/circle status gh/acme/web")
    reply = await each_connected_world.reply("the newest pipeline of each branch")
    rows = [get_text(block) for block in reply["blocks"] if block["type"] == "section"][1:]
    assert "`main` — *success*" in rows[0]
    assert any("`broken` — *failed*" in row for row in rows)
    branches = [row.split("`")[1] for row in rows]
    assert len(branches) == len(set(branches)) > 3
    assert "Thank the customer" in rows[0]


async def test_a_channel_with_a_rule_is_not_offered_a_second_one(connected_world: World) -> None:
    await connected_world.say("/circle status gh/acme/web")
    await connected_world.press(await connected_world.reply("the newest pipeline of each branch"), "Subscribe")
    await connected_world.message("You own rule")
    await connected_world.say("/circle status gh/acme/web")
    await connected_world.press(await connected_world.reply("the newest pipeline of each branch"), "Show Rules")
    await connected_world.message("1 rule of this channel")


async def test_below_a_project_a_phone_has_room_for_its_buttons(connected_world: World) -> None:
    await connected_world.say("/circle status gh/acme/web")
    reply = await connected_world.reply("the newest pipeline of each branch")
    assert get_buttons({"blocks": reply["blocks"][-1:]}) == ["Trigger…", "Subscribe"]
    await connected_world.control("push", project="gh/acme/web", branch="main", subject="Seen after a refresh")
    await connected_world.pick(reply, "Refresh")
    await connected_world.message("Seen after a refresh")


async def test_what_failed_can_be_rerun_from_here(connected_world: World) -> None:
    await connected_world.say("/circle status gh/acme/web")
    reply = await connected_world.reply("*failed*")
    await connected_world.pick(reply, "Rerun from failed")
    await connected_world.message("reran `build-and-test` from failed")
    await connected_world.card("Rerun from failed")


async def test_a_hold_can_be_approved_from_here(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch release")
    await connected_world.card("approve-staging")
    await connected_world.say("/circle status web")
    await connected_world.press(await connected_world.reply("`release` — *on hold*"), "Show 2 Holds")
    await connected_world.press(await connected_world.message("*2 holds* of"), "approve-staging of release")
    await connected_world.message("`approve-staging` of")
    await connected_world.message("<@U0ADA> approved")


@pytest.mark.parametrize(
    ("said", "title", "shown", "hidden"),
    [
        ("@circlebot was ist rot?", "*What is red in `acme/web` now*", ["`broken`"], ["`main`", "`release`"]),
        ("/circle status --only green", "*What is green in `acme/web` now*", ["`main`"], ["`broken`", "`release`"]),
        (
            "@circlebot what is waiting?",
            "*What waits for approval in `acme/web`*",
            ["`release`"],
            ["`main`", "`broken`"],
        ),
        ("@circlebot what is running?", "Nothing of `acme/web` runs now.", [], ["`main`", "`broken`", "`release`"]),
    ],
)
async def test_a_question_about_one_state_is_answered_by_what_is_in_it(
    connected_world: World, said: str, title: str, shown: list[str], hidden: list[str]
) -> None:
    await connected_world.say("/circle use gh/acme/web")
    await connected_world.message("made `acme/web` this channel's default project")
    await connected_world.say("/circle trigger gh/acme/web --branch release")
    await connected_world.card("approve-staging")
    await connected_world.say(said)
    reply = await connected_world.reply(title)
    rows = get_text([block for block in reply["blocks"] if block["type"] == "section"])
    assert [one for one in (*shown, *hidden) if one in rows] == shown
    assert {"Refresh", "Show All Branches"} <= set(get_buttons(reply))


async def test_a_state_that_is_none_is_offered_as_those_there_are(connected_world: World) -> None:
    await connected_world.say("/circle status gh/acme/web --only sideways")
    reply = await connected_world.reply("`sideways` is no state")
    assert {"failed", "passed", "on-hold", "running"} <= set(get_buttons(reply))
    await connected_world.press(reply, "failed")
    await connected_world.message("*What is red in `acme/web` now*")
    await connected_world.say("/circle status gh/acme/web main --only failed")
    await connected_world.reply("`--only` asks about all branches")


async def test_a_hidden_project_is_told_as_not_found(socket_world: World) -> None:
    await socket_world.connect(EVE)
    await socket_world.say("/circle status gh/acme/secret", as_=EVE)
    shown = get_text(await socket_world.reply(":warning:", as_=EVE))
    assert "Whisper" not in shown


async def test_a_slug_that_cannot_be_one_is_refused_with_the_forms_there_are(connected_world: World) -> None:
    await connected_world.say("/circle status gl/acme/web")
    await connected_world.reply("is not a project")


async def test_without_any_project_it_asks_which(connected_world: World) -> None:
    await connected_world.say("/circle status")
    await connected_world.press(await connected_world.reply("Which project?"), "Choose This Channel's Project…")
    await connected_world.form("Set Project")


async def test_markup_in_a_commit_subject_is_shown_as_text(connected_world: World) -> None:
    await connected_world.control("push", project="gh/acme/web", branch="main", subject="Ping <!channel> & <@U0GRACE>")
    await connected_world.say("/circle status web")
    reply = await connected_world.reply("Ping")
    assert "Ping &lt;!channel&gt; &amp; &lt;@U0GRACE&gt;" in get_text(reply)


async def _push(world: World, like: str, says: str) -> int:
    """A pipeline on `topic` that goes as another branch does, to its end."""
    pushed = await world.control("push", project="gh/acme/web", branch="topic", like=like, subject=f"It is {like}")
    await world.card(f"on `topic` — *{says}*", number=pushed["number"])
    return int(pushed["number"])


async def test_a_branch_is_green_or_red_since_a_commit_and_its_author(connected_world: World) -> None:
    await connected_world.say("/circle use gh/acme/web")
    await connected_world.say("/circle subscribe gh/acme/web --branch topic --only all")
    await connected_world.reply("You own rule")
    green = await _push(connected_world, "main", "success")
    for words in ("topic", "web topic", "gh/acme/web --branch topic", "TOPIC"):
        await connected_world.say(f"/circle status {words}")
        if words == "TOPIC":
            assert "Show topic" in get_text(await connected_world.reply("has run nothing on `TOPIC`"))
        else:
            assert f"#{green}>" in get_text(await connected_world.reply("`topic` of acme/web is *green*"))
    first = await _push(connected_world, "broken", "failed")
    last = await _push(connected_world, "worse", "failed")
    await connected_world.say("/circle status topic")
    reply = await connected_world.reply("`topic` of acme/web is *red* since")
    shown = get_text(reply)
    assert f"#{first}> · “It is broken” · by lin" in shown
    assert "(2 pipelines in a row)" in shown
    assert f"The last green one is <{connected_world.url}/circleci/pipelines/gh/acme/web/{green}|#{green}>" in shown
    await connected_world.press(reply, "Why Did It Fail")
    await connected_world.message(f"#{last} on `topic`")


async def test_the_person_who_broke_a_branch_is_named_as_slack_knows_them(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch broken")
    await connected_world.card("failed")
    await connected_world.say("/circle status web broken")
    await connected_world.reply("`broken` of acme/web is *red* since")


async def test_a_branch_that_never_ran_is_said_with_the_nearest_that_did(connected_world: World) -> None:
    await connected_world.say("/circle status web mian")
    reply = await connected_world.reply("acme/web has run nothing on `mian`.")
    await connected_world.press(reply, "Show main")
    await connected_world.message("`main` of acme/web is *green*")
    await connected_world.say("/circle status web nothing-like-it-at-all")
    await connected_world.press(await connected_world.reply("has run nothing on"), "Show All Branches")
    await connected_world.message("the newest pipeline of each branch")


async def test_a_project_goes_before_a_branch_of_the_same_name(connected_world: World) -> None:
    await connected_world.say("/circle use gh/acme/api")
    await connected_world.say("/circle status web")
    await connected_world.reply("the newest pipeline of each branch")
