from __future__ import annotations

import pytest

from bot.commands.subscribe import COMMAND
from bot.errors import UsageError
from bot.rules.kinds import DEFAULT_KINDS
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from tests.plugins.block_reader import find_field, get_buttons, get_text, is_card
from tests.plugins.command_lines import parse_args
from tests.plugins.each_case import each_case
from tests.plugins.world import ADA, DEPLOYS, EVE, GRACE, WEB, World


async def test_a_subscribed_channel_hears_of_a_failure_that_nobody_asked_for(each_connected_world: World) -> None:
    await each_connected_world.say("/circle subscribe gh/acme/web")
    await each_connected_world.message(
        "`acme/web`, every branch: failures, recoveries, holds, config errors and unauthorized runs"
    )
    pushed = await each_connected_world.control("push", project="gh/acme/web", branch="broken")
    await each_connected_world.card("*failed*", number=pushed["number"])


async def test_a_rule_says_in_words_what_it_will_hear(connected_world: World) -> None:
    await connected_world.say("/circle subscribe web --branch release/* --workflow deploy --only failed,fixed")
    told = "`acme/web`, branches like `release/*`, workflow `deploy`: failures and recoveries"
    await connected_world.message(f"<@U0ADA> subscribed this channel to {told}")
    private = await connected_world.reply("You own rule 1: change it whenever you like.")
    assert "/invite" not in get_text(private), "we may post there"
    (rule,) = await _rules(connected_world)
    assert rule.rule == Rule(frozenset({"failed", "recovered"}), branch=("release/*",), workflow=("deploy",))
    assert (rule.channel, rule.made_by) == (DEPLOYS, ADA)


async def test_a_channel_may_have_several_rules_but_none_twice(connected_world: World) -> None:
    for _ in range(2):
        await connected_world.say("/circle subscribe web --only all")
        await connected_world.message("everything")
    await connected_world.say("/circle subscribe web --branch main --only passed")
    await connected_world.message("branch `main`: passes")
    assert len(await _rules(connected_world)) == 2


async def test_a_rule_for_a_hidden_project_cannot_be_made(socket_world: World) -> None:
    await socket_world.connect(EVE)
    await socket_world.say("/circle subscribe gh/acme/secret", as_=EVE)
    await socket_world.reply(":warning:", as_=EVE)
    assert await _rules(socket_world) == []


async def test_a_rule_of_an_organisation_covers_what_its_maker_can_see_and_nothing_else(socket_world: World) -> None:
    await socket_world.connect(EVE)
    await socket_world.say("/circle subscribe gh/acme", as_=EVE)
    await socket_world.message("subscribed this channel to every project of `gh/acme`", as_=EVE)
    await socket_world.reply("Now that is `acme/web`: those that you can see", as_=EVE)
    (rule,) = await _rules(socket_world)
    async with socket_world.app.core.store.begin_read() as tx:
        assert [str(project) for project in await tx.coverage.list_projects(rule.id)] == ["gh/acme/web"]


async def test_a_rule_for_projects_like_these_hears_them_and_no_others(connected_world: World) -> None:
    await connected_world.say("/circle subscribe gh/acme/a*")
    await connected_world.message("projects like `gh/acme/a*`")
    await connected_world.control("push", project="gh/acme/web", branch="broken")
    pushed = await connected_world.control("push", project="gh/acme/api", branch="broken")
    await connected_world.card("failed", number=pushed["number"])
    assert not [one for one in await connected_world.list_messages() if "acme/web" in get_text(one)]


async def test_an_organisation_that_circleci_hides_makes_no_rule(socket_world: World) -> None:
    await socket_world.connect(EVE)
    await socket_world.say("/circle subscribe gh/nobody", as_=EVE)
    await socket_world.reply("does not know the organisation `gh/nobody`, or hides it from you", as_=EVE)
    assert await _rules(socket_world) == []


async def test_what_bots_and_schedules_start_can_be_left_out(connected_world: World) -> None:
    await connected_world.say("/circle subscribe web --not-actor dependabot* --not-trigger schedule --default-branch")
    told = "`acme/web`, the default branch, not started by `dependabot*`, not triggered by `schedule`: failures"
    assert told in get_text(await connected_world.reply("You own rule"))
    silent = [
        await _push(connected_world, "main", author="dependabot[bot]"),
        await _push(connected_world, "main", trigger="schedule"),
        await _push(connected_world, "feature"),
    ]
    heard = await _push(connected_world, "main")
    await connected_world.card("failed", number=heard)
    assert not [number for number in silent if await _has_card(connected_world, number)]


async def test_only_what_its_maker_started_is_heard_by_a_rule_for_what_is_mine(connected_world: World) -> None:
    await connected_world.say("/circle subscribe web --mine")
    await connected_world.message("started by Ada")
    others, mine = await _push(connected_world, "x"), await _push(connected_world, "x", author="ada")
    await connected_world.card("failed", number=mine)
    assert not await _has_card(connected_world, others)


async def test_alone_it_opens_a_form_and_the_form_makes_the_rule(connected_world: World) -> None:
    await connected_world.say("/circle subscribe")
    form = await connected_world.form("Show More Options…")
    form = await connected_world.turn(form, "delivery", project="gh/acme", what="Recoveries")
    form = await connected_world.turn(form, "outcomes")
    form = await connected_world.turn(form, "refs", only="First failures")
    form = await connected_world.turn(form, "workflows", **{"not-branch": "renovate/*, x"})
    form = await connected_world.turn(form, "triggers", mine="yes")
    await connected_world.submit(form, trigger="webhook")
    told = get_text(await connected_world.message("subscribed this channel to"))
    assert "every project of `gh/acme`, but no branches like `renovate/*` or `x`, started by Ada, triggered by" in told
    (rule,) = await _rules(connected_world)
    wants = Rule(frozenset({"broke", "recovered"}), not_branch=("renovate/*", "x"), trigger=("webhook",), mine=True)
    assert rule.rule == wants


async def test_the_project_can_be_chosen_on_every_page_of_the_form(connected_world: World) -> None:
    await connected_world.say("/circle subscribe")
    form = await connected_world.turn(await connected_world.form("Show More Options…"), "delivery")
    await connected_world.submit(form, project="gh/acme/web", to="thread")
    await connected_world.message("subscribed this channel to")
    (rule,) = await _rules(connected_world)
    assert (str(rule.scope), rule.rule.to) == ("gh/acme/web", "thread")


async def test_alone_in_a_channel_with_a_project_it_means_that_one(connected_world: World) -> None:
    await connected_world.say("/circle use gh/acme/api")
    await connected_world.message("made `acme/api`")
    await connected_world.say("/circle subscribe")
    form = await connected_world.form("Show More Options…")
    assert find_field(form, "project")[1]["initial_option"]["value"] == "gh/acme/api"
    await connected_world.submit(form)
    await connected_world.message("subscribed this channel to `acme/api`, every branch")
    assert [str(rule.scope) for rule in await _rules(connected_world)] == ["gh/acme/api"]


async def test_where_no_form_can_be_opened_there_is_a_button_that_opens_it(connected_world: World) -> None:
    await connected_world.say("<@U0CIRCLEBOT> subscribe")
    await connected_world.press(await connected_world.reply("Press the button for a form"), "Subscribe…")
    await connected_world.form("Show More Options…")


async def test_a_mention_in_a_channel_with_a_project_offers_its_form(connected_world: World) -> None:
    await connected_world.say("/circle use gh/acme/api")
    await connected_world.message("made `acme/api`")
    await connected_world.say("<@U0CIRCLEBOT> subscribe")
    offered = await connected_world.reply("Do you want to get messages about `acme/api` here?")
    assert get_buttons(offered) == ["Subscribe…"]


async def test_what_a_form_says_wrongly_is_told_at_its_input(connected_world: World) -> None:
    await connected_world.say("/circle subscribe")
    form = await connected_world.form("Show More Options…")
    refused = await connected_world.submit(form, project="gh/acme/web", what="", branch="x" * 201)
    assert refused["errors"] == {
        "what": "Choose at least one, or another outcome among more options.",
        "branch": (
            "“Branches” needs a pattern like release/*, or up to 20 with commas between them, "
            "of 200 characters at most."
        ),
    }
    form = await connected_world.turn(form, "delivery", project="gh/acme/web")
    form = await connected_world.turn(form, "outcomes")
    refused = await connected_world.submit(form, slower="many", only="Slow passes")
    assert refused["errors"] == {"slower": "“Slow means” needs a number from 1 to 100."}
    form = await connected_world.turn(form, "basics", slower="2", only="Slow passes")
    await connected_world.submit(form, what="")
    await connected_world.message("subscribed this channel to")
    (rule,) = await _rules(connected_world)
    assert rule.rule == Rule(frozenset({"slow"}), slower=2.0)


async def test_a_rule_is_changed_in_place_and_whoever_changes_it_answers_for_it(connected_world: World) -> None:
    await connected_world.connect(GRACE)
    await connected_world.say("/circle subscribe web --branch main --only failed")
    await connected_world.reply("You own rule")
    (before,) = await _rules(connected_world)
    await connected_world.say(f"/circle subscribe --rule {before.id} --only broke --not-actor dependabot*", as_=GRACE)
    await connected_world.message(f"<@U0GRACE> changed rule {before.id}: `acme/web`, branch `main`", as_=GRACE)
    (after,) = await _rules(connected_world)
    assert after.rule == Rule(frozenset({"broke"}), branch=("main",), not_actor=("dependabot*",))
    assert (after.id, after.made_by) == (before.id, GRACE)
    await connected_world.say(f"/circle subscribe --rule {before.id} --branch ''", as_=GRACE)
    await connected_world.message("<@U0GRACE> changed rule 1: `acme/web`, not started by `dependabot*`", as_=GRACE)


async def test_a_rule_is_changed_by_its_button_in_the_form_that_shows_it(connected_world: World) -> None:
    await connected_world.say("/circle subscribe web --branch main --mine")
    await connected_world.press(await connected_world.reply("You own rule"), "Change…")
    form = await connected_world.form("Show More Options…")
    assert form["title"]["text"] == "Change Rule 1"
    form = await connected_world.turn(form, "delivery", branch="main,release/*")
    assert "*So far:* `main`, `release/*` · failures" in get_text(form["blocks"])
    form = await connected_world.turn(form, "workflows")
    await connected_world.submit(form, mine="")
    await connected_world.answer("branches like `main` or `release/*`: failures")
    (rule,) = await _rules(connected_world)
    assert rule.rule == Rule(branch=("main", "release/*"))


async def test_a_form_sent_as_it_was_changes_nothing_and_its_channel_reads_nothing(connected_world: World) -> None:
    await connected_world.connect(GRACE)
    await connected_world.say("/circle subscribe web --branch main --only failed")
    await connected_world.reply("You own rule")
    before = await _rules(connected_world)
    await connected_world.say(f"/circle subscribe --rule {before[0].id}", as_=GRACE)
    await connected_world.submit(await connected_world.form("Show More Options…", as_=GRACE), as_=GRACE)
    await connected_world.answer(f"Rule {before[0].id} stays as it was: `acme/web`", as_=GRACE)
    assert await _rules(connected_world) == before
    assert not any("changed rule" in one["text"] for one in await connected_world.list_messages(DEPLOYS))


async def test_a_rule_is_not_changed_into_one_that_is_there_nor_by_who_does_not_see_it(
    connected_world: World,
) -> None:
    await connected_world.connect(EVE)
    for project in ("web", "gh/acme/api"):
        await connected_world.say(f"/circle subscribe {project}")
        await connected_world.reply("You own rule")
    first, second = await _rules(connected_world)
    await connected_world.say(f"/circle subscribe gh/acme/web --rule {second.id}")
    await connected_world.reply(f"Rule {first.id} says this already")
    await connected_world.say(f"/circle subscribe --rule {second.id} --mine", as_=EVE)
    await connected_world.reply("hides it from you", as_=EVE)
    await connected_world.say(f"/circle subscribe --rule {second.id} --mine", channel=WEB, as_=EVE)
    await connected_world.reply("This channel has no rule", channel=WEB, as_=EVE)
    assert await _rules(connected_world) == [first, second]


async def test_a_dry_run_says_what_would_have_been_told_and_makes_no_rule(connected_world: World) -> None:
    await _push(connected_world, "main")
    await connected_world.say("/circle subscribe web --only all --dry-run")
    reply = await connected_world.reply("pipelines this rule would have posted")
    shown = get_text(reply)
    assert "failed" in shown
    assert "`acme/web` #" in shown
    assert await _rules(connected_world) == []
    await connected_world.say("/circle subscribe web --only all --to digest --at hourly --dry-run")
    await connected_world.reply(" digest")
    await connected_world.say("/circle subscribe web --tag nothing* --dry-run")
    await connected_world.reply("would have posted: 0 messages")
    await connected_world.say("/circle subscribe gh/acme --only failed --dry-run")
    await connected_world.press(await connected_world.reply("every project of `gh/acme`"), "Subscribe")
    await connected_world.message("subscribed this channel to every project of `gh/acme`")


async def test_the_new_rule_can_be_taken_back_at_once(connected_world: World) -> None:
    await connected_world.say("/circle subscribe web")
    await connected_world.press(await connected_world.reply("You own rule"), "Remove")
    await connected_world.message("removed rule")
    assert await _rules(connected_world) == []


def test_without_options_failures_recoveries_and_holds_of_every_branch_are_heard() -> None:
    args = parse_args(COMMAND, "gh/acme/web")
    assert args.rule == Rule(only=DEFAULT_KINDS)


@each_case(
    ("typed", "kinds"),
    [
        ("failed", {"failed"}),
        ("broken,fixed", {"failed", "recovered"}),
        ("Success,HOLD,cancelled", {"passed", "on-hold", "canceled"}),
        ("failed,everything", {"all"}),
        ("errored", {"errored-config"}),
    ],
)
def test_kinds_are_understood_in_peoples_words(typed: str, kinds: set[str]) -> None:
    assert parse_args(COMMAND, f"web --only {typed}").rule.only == kinds


def test_a_misspelt_kind_is_told_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean `recovered`"):
        parse_args(COMMAND, "web --only recoverd")


@each_case("text", ["web main", "web --branch ''", "web --only ,", "--rule x", f"web --branch {'x' * 201}"])
def test_what_makes_no_rule_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_args(COMMAND, text)


async def _push(world: World, branch: str, **more: str) -> int:
    pushed = await world.control("push", project="gh/acme/web", branch=branch, like="broken", **more)
    number: int = pushed["number"]
    return number


async def _has_card(world: World, number: int) -> bool:
    return any(is_card(one) and f"#{number}" in get_text(one) for one in await world.list_messages())


async def _rules(world: World) -> list[Subscription]:
    async with world.app.core.store.begin_read() as tx:
        found: list[Subscription] = await tx.subscriptions.list_for_channel("T0SANDBOX", DEPLOYS)
    return found
