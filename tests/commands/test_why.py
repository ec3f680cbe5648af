from __future__ import annotations

import pytest

from bot.commands.why import COMMAND, WhyArgs
from bot.errors import UsageError
from tests.plugins.block_reader import get_buttons, get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.each_case import each_case
from tests.plugins.world import DEPLOYS, EVE, WEB, World


async def test_a_message_is_explained_rule_by_rule(each_connected_world: World) -> None:
    for more in ("--only failed --branch broken", "--only all --not-actor lin", "--workflow deploy"):
        await each_connected_world.say(f"/circle subscribe gh/acme/web {more}")
        await each_connected_world.reply("You own rule")
    pushed = await each_connected_world.control("push", project="gh/acme/web", branch="broken")
    card = await each_connected_world.card("failed", number=pushed["number"])
    await each_connected_world.thread(card, "failed")
    await each_connected_world.say(
        f"/circle why https://acme.slack.com/archives/{DEPLOYS}/p{card['ts'].replace('.', '')} --posted"
    )
    shown = get_text(await each_connected_world.reply("was posted here, or was not"))
    assert "Its card is here because a rule asks for it." in shown
    assert "*Rule 1* asks for it. `acme/web` is covered by `acme/web`. The rule asks for failures." in shown
    assert "Branch `broken` matches `broken`." in shown
    assert "*Rule 2* does not ask for it. `lin` started it. The rule leaves out `lin`." in shown
    assert "does not match `deploy`." in shown


async def test_whoever_asks_why_hears_first_why_it_failed_and_beside_it_why_it_was_posted(
    connected_world: World,
) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch broken")
    await connected_world.card("failed")
    await connected_world.say("/circle why gh/acme/web")
    reply = await connected_world.reply("build-and-test")
    shown = get_text(reply)
    assert "failed tests" in shown
    assert "was told here" not in shown
    assert get_buttons(reply) == ["Show Log", "Open Tests"]
    await connected_world.pick(reply, "Why was this posted")
    trace = await connected_world.message("was posted here, or was not")
    await connected_world.press(trace, "Why Did It Fail")
    await connected_world.message("failed tests")


async def test_what_tells_more_of_an_explanation_stands_below_it(each_connected_world: World) -> None:
    await each_connected_world.say("/circle trigger gh/acme/web --branch broken")
    await each_connected_world.card("failed")
    await each_connected_world.say("/circle why gh/acme/web")
    why = await each_connected_world.reply("failed tests")
    await each_connected_world.press(why, "Show Log")
    log = await each_connected_world.reply("Send Me the Full Log")
    shown = [one.get("ephemeral_id") for one in await each_connected_world.list_messages()]
    assert shown.index(why["ephemeral_id"]) < shown.index(log["ephemeral_id"])
    assert "failed tests" in get_text(await each_connected_world.message("failed tests"))


async def test_why_in_a_thread_points_at_the_explanation_above(each_connected_world: World) -> None:
    await each_connected_world.say("/circle trigger gh/acme/web --branch broken")
    card = await each_connected_world.card("failed")
    await each_connected_world.thread(card, "failed tests")
    await each_connected_world.say("@circlebot why did it fail?", thread_ts=card["ts"])
    reply = await each_connected_world.reply("My message above in this thread says why #")
    assert "failed tests" not in get_text(reply)
    assert "Share It Here" not in get_buttons(reply)
    await each_connected_world.press(reply, "Show It Again")
    await each_connected_world.message("failed tests")


async def test_why_of_what_did_not_fail_says_so_with_why_it_was_posted_beside(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch main")
    card = await connected_world.card("success")
    await connected_world.say("@circlebot why", thread_ts=card["ts"])
    reply = await connected_world.reply("Nothing in #")
    await connected_world.press(reply, "Why Was This Posted")
    await connected_world.message("was posted here, or was not")


async def test_why_without_a_pipeline_means_the_newest_that_failed(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch broken")
    await connected_world.card("failed")
    await connected_world.say("/circle trigger gh/acme/web --branch main")
    await connected_world.card("success")
    await connected_world.say("/circle why gh/acme/web")
    assert "failed tests" in get_text(await connected_world.reply("`broken`"))


async def test_why_of_a_branch_that_is_green_says_so_and_offers_what_failed_last(connected_world: World) -> None:
    await connected_world.say("/circle use gh/acme/web")
    await connected_world.reply("from now on, where they name none")
    await connected_world.say("@circlebot what's wrong with main?")
    green = await connected_world.reply("`main` of acme/web is *green*")
    *shown, why = get_buttons(green)[:3]
    assert shown == ["Show Pipeline", "Show Recent"]
    assert "Its last failure: <" in get_text(green)
    await connected_world.press(green, why)
    await connected_world.message("failed")


async def test_a_branch_that_is_called_like_a_state_is_the_one_that_is_meant(connected_world: World) -> None:
    await connected_world.say("/circle use gh/acme/web")
    await connected_world.reply("from now on, where they name none")
    for branch in ("broken", "bad-config"):
        await connected_world.say(f"/circle trigger --branch {branch}")
        await connected_world.card("failed" if branch == "broken" else "config error")
    await connected_world.say("/circle why broken")
    assert "took" not in get_text(await connected_world.reply("failed tests"))
    await connected_world.say("/circle why failed")
    await connected_world.reply("You named no pipeline: I took #")


async def test_why_of_a_refused_config_tells_what_circleci_says(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch bad-config")
    await connected_world.card("config error")
    await connected_world.say("/circle why gh/acme/web")
    await connected_world.reply("CircleCI could not start its workflows")


async def test_what_nobody_listened_to_is_explained_as_it_stands(connected_world: World) -> None:
    pushed = await connected_world.control("push", project="gh/acme/web", branch="bad-config")
    await connected_world.say(f"/circle why gh/acme/web {pushed['number']} --posted")
    shown = get_text(await connected_world.reply("was posted here, or was not"))
    assert "It has no card here" in shown
    assert "no rule in any channel asks for it" in shown


async def test_what_is_read_and_has_not_come_to_anything_yet_is_no_pipeline_that_nobody_reads(
    connected_world: World,
) -> None:
    await connected_world.say("/circle subscribe gh/acme/web --only all")
    await connected_world.reply("You own rule")
    pushed = await connected_world.control("push", project="gh/acme/web", branch="dynamic-empty")

    async def read() -> bool | None:
        await connected_world.say(f"/circle why gh/acme/web {pushed['number']} --posted")
        shown = get_text(await connected_world.reply("was posted here, or was not"))
        assert "Nothing has happened yet that a rule could ask for" in shown
        return "no rule in any channel" not in shown or None

    await connected_world.wait_until(read, "an answer that knows that it is read")


async def test_a_rule_whose_maker_does_not_see_the_project_says_so(connected_world: World) -> None:
    await connected_world.connect(EVE)
    await connected_world.say("/circle subscribe gh/acme --only all", as_=EVE)
    await connected_world.reply("You own rule", as_=EVE)
    await connected_world.say("/circle why gh/acme/api --posted")
    shown = get_text(await connected_world.reply("was posted here, or was not"))
    assert "<@U0EVE>, who made it, cannot see this project as far as I know" in shown


async def test_what_is_hidden_from_a_person_is_not_explained_to_them(connected_world: World) -> None:
    await connected_world.connect(EVE)
    await connected_world.say("/circle pipeline gh/acme/api --card")
    card = await connected_world.card()
    link = f"https://x.slack.com/archives/{DEPLOYS}/p{card['ts'].replace('.', '')} --posted"
    await connected_world.say(f"/circle why {link}", as_=EVE)
    assert "asked for it" not in get_text(await connected_world.reply(":warning:", as_=EVE))


async def test_messages_of_other_channels_and_no_cards_are_not_explained(connected_world: World) -> None:
    link = f"https://acme.slack.com/archives/{DEPLOYS}/p1700000000000001"
    await connected_world.say(f"/circle why {link}", channel=WEB)
    await connected_world.reply("ask me there", channel=WEB)
    await connected_world.say(f"/circle why {link}")
    await connected_world.reply("is not about a pipeline")


@each_case(
    ("text", "args"),
    [
        ("https://a.slack.com/archives/C1/p1700000000123456", WhyArgs((), "C1", "1700000000.123456")),
        ("<https://a.slack.com/archives/C1/p1700000000123456|x>", WhyArgs((), "C1", "1700000000.123456")),
        ("https://a.slack.com/archives/C1/p1700000009000000?thread_ts=17.5&cid=C1", WhyArgs((), "C1", "17.5")),
        ("gh/acme/web 7", WhyArgs(("gh/acme/web", "7"))),
        ("", WhyArgs()),
        ("gh/acme/web 7 --posted", WhyArgs(("gh/acme/web", "7"), posted=True)),
    ],
)
def test_a_message_is_known_by_its_link_and_by_its_thread(text: str, args: WhyArgs) -> None:
    assert parse_args(COMMAND, text) == args


def test_one_message_at_a_time_is_explained() -> None:
    with pytest.raises(UsageError):
        parse_args(COMMAND, "https://a.slack.com/archives/C1/p1700000000123456 more")
