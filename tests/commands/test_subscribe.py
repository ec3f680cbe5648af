from __future__ import annotations

import pytest

from bot.commands.subscribe import COMMAND
from bot.domain import DEFAULT_KINDS, Subscription
from bot.errors import UsageError
from tests.plugins.lines import args_of
from tests.plugins.reading import text_of
from tests.plugins.world import ADA, DEPLOYS, EVE, World


async def test_a_subscribed_channel_hears_of_a_failure_that_nobody_asked_for(world: World) -> None:
    await world.connect()
    await world.say("/circle subscribe gh/acme/web")
    await world.reply("`gh/acme/web`, every branch: failures, recoveries, holds, config errors and unauthorized runs")
    pushed = await world.control("push", project="gh/acme/web", branch="broken")
    await world.card("*failed*", number=pushed["number"])


async def test_a_rule_says_in_words_what_it_will_hear(socket_world: World) -> None:
    await socket_world.connect()
    await socket_world.say("/circle subscribe web --branch release/* --workflow deploy --only failed,fixed")
    reply = await socket_world.reply("This channel hears")
    told = "`gh/acme/web`, branches like `release/*`, workflow `deploy`: failures and recoveries"
    assert told in text_of(reply)
    (rule,) = await _rules(socket_world)
    assert (rule.branch, rule.workflow, rule.only) == ("release/*", "deploy", {"failed", "recovered"})
    assert (rule.channel, rule.made_by) == (DEPLOYS, ADA)


async def test_a_channel_may_have_several_rules_but_none_twice(socket_world: World) -> None:
    await socket_world.connect()
    for _ in range(2):
        await socket_world.say("/circle subscribe web --only all")
        await socket_world.reply("everything")
    await socket_world.say("/circle subscribe web --branch main --only passed")
    await socket_world.reply("branch `main`: passes")
    assert len(await _rules(socket_world)) == 2


async def test_a_rule_for_a_hidden_project_cannot_be_made(socket_world: World) -> None:
    await socket_world.connect(EVE)
    await socket_world.say("/circle subscribe gh/acme/secret", as_=EVE)
    await socket_world.reply(":warning:", as_=EVE)
    assert await _rules(socket_world) == []


async def test_the_new_rule_can_be_taken_back_at_once(socket_world: World) -> None:
    await socket_world.connect()
    await socket_world.say("/circle subscribe web")
    await socket_world.press(await socket_world.reply("This channel hears"), "Remove")
    await socket_world.message("Removed rule")
    assert await _rules(socket_world) == []


def test_without_options_failures_recoveries_and_holds_of_every_branch_are_heard() -> None:
    args = args_of(COMMAND, "gh/acme/web")
    assert (args.branch, args.workflow, args.only) == ("*", "*", DEFAULT_KINDS)


@pytest.mark.parametrize(
    ("typed", "kinds"),
    [
        ("failed", {"failed"}),
        ("broken,fixed", {"failed", "recovered"}),
        ("Success,HOLD,cancelled", {"passed", "on-hold", "canceled"}),
        ("failed,everything", {"all"}),
    ],
)
def test_kinds_are_understood_in_peoples_words(typed: str, kinds: set[str]) -> None:
    assert args_of(COMMAND, f"web --only {typed}").only == kinds


def test_a_misspelt_kind_is_told_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean `recovered`"):
        args_of(COMMAND, "web --only recoverd")


@pytest.mark.parametrize("text", ["web main", "web --branch ''", "web --only ,", f"web --branch {'x' * 201}"])
def test_what_makes_no_rule_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        args_of(COMMAND, text)


async def _rules(world: World) -> list[Subscription]:
    async with world.app.core.store.read() as tx:
        found: list[Subscription] = await tx.subscriptions.of_channel("T0SANDBOX", DEPLOYS)
    return found
