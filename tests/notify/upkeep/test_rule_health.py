"""What keeps a rule silent is said, once, and crossed out when it is mended."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.actions import problem_notices
from bot.blocks.rule_problem_blocks import REMOVED
from bot.domain import Outcome, ProjectSlug
from bot.messages import Notice
from bot.rules.quiet_hours import QuietHours
from bot.rules.rule import Rule
from bot.rules.rule_problem import ProblemKind
from tests.plugins.poller_harness import PollerHarness, run_poller_harness
from tests.plugins.sql_statements import count_statements

WEB, API = ProjectSlug("gh", "acme", "web"), ProjectSlug("gh", "acme", "api")


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[PollerHarness]:
    """Grace has a rule, and Ada is connected too: her token is tried last."""
    async with run_poller_harness(tmp_path) as one:
        await one.connect("grace", "ada")
        await one.subscribe("gh/acme/web", by="grace")
        await one.run_due()
        yield one


def _text(notice: Notice) -> str:
    return json.dumps([notice.message.text, *notice.message.blocks])


def _lines(notice: Notice) -> list[str]:
    """What its buttons say."""
    rows = [block["elements"] for block in notice.message.blocks if block["type"] == "actions"]
    return [button["value"] for row in rows for button in row]


async def _disconnect(harness: PollerHarness, user: str = "grace") -> None:
    async with harness.store.begin() as tx:
        await tx.accounts.delete("T", user)


async def test_a_rule_that_is_well_costs_nothing_and_says_nothing(harness: PollerHarness) -> None:
    before = await harness.count_calls()
    assert await harness.run_rule_checks() == []
    assert await harness.count_calls() == before, "whoever pays for it is known to see it"


async def test_rules_of_one_project_cost_one_request_for_each_person(harness: PollerHarness) -> None:
    for branch in ("a", "b", "c"):
        await harness.subscribe("gh/acme/web", by="ada", rule=Rule(branch=(branch,)))
    before = await harness.count_calls()
    await harness.rule_health.tick()
    assert await harness.count_calls() == before + 1


async def test_many_rules_are_read_with_as_many_statements_as_one(harness: PollerHarness) -> None:
    async def spent() -> int:
        with count_statements() as seen:
            await harness.rule_health.tick()
        return seen.count

    await harness.rule_health.tick()
    with_one = await spent()
    for number in range(40):
        await harness.subscribe("gh/acme/web", by="grace", rule=Rule(branch=(f"branch-{number}",)))
    assert await spent() == with_one


async def test_one_of_several_replicas_looks(harness: PollerHarness) -> None:
    await _disconnect(harness)
    other = harness.build_rule_health("another")
    for warden in (harness.rule_health, other):
        await warden.tick()
    await harness.sandbox.advance(600)
    await asyncio.gather(harness.rule_health.tick(), other.tick())
    async with harness.store.begin_read() as tx:
        assert (await tx.backlog.load(harness.sandbox.now())).notices == 2, "the channel and the person, each once"


async def test_whoever_disconnected_and_the_channel_are_told_once(harness: PollerHarness) -> None:
    await _disconnect(harness)
    [channel, person] = await harness.run_rule_checks()
    assert (channel.channel, person.channel) == ("C", "grace")
    assert "is not connected with CircleCI" in _text(channel)
    assert "I still post it, with the tokens of others" in _text(channel)
    assert _lines(channel) == ["subscribe 1 --takeover", "subscribe --rule=1", "unsubscribe 1"]
    assert "connect" in _lines(person)
    for _ in range(3):
        assert await harness.run_rule_checks() == []


async def test_in_quiet_hours_the_channel_hears_of_it_in_the_morning(harness: PollerHarness) -> None:
    until = harness.sandbox.now() + timedelta(hours=8)
    night = QuietHours(quiet=((until - timedelta(hours=12)).time(), until.time()))
    async with harness.store.begin() as tx:
        await tx.hours.upsert("T", "C", night)
    await _disconnect(harness)
    assert [one.channel for one in await harness.run_rule_checks()] == ["grace"]
    await harness.sandbox.advance(8 * 3600)
    assert [one.channel for one in await harness.run_rule_checks()] == ["C"]


async def test_what_passes_by_itself_is_told_to_nobody(harness: PollerHarness) -> None:
    await _disconnect(harness)
    await harness.rule_health.tick()
    await harness.connect("grace")
    assert await harness.run_rule_checks() == []


async def test_when_nobody_else_can_see_the_project_it_says_that_it_is_silent(harness: PollerHarness) -> None:
    await harness.subscribe("gh/acme/secret", by="ada")
    await _disconnect(harness, "ada")
    [channel, _] = await harness.run_rule_checks()
    assert "*it posts nothing*" in _text(channel)


async def test_a_token_that_circleci_refuses_is_found_out_though_nobody_uses_it(harness: PollerHarness) -> None:
    await harness.subscribe("gh/acme/web", by="ada", rule=Rule(branch=("main",)))
    await harness.control("faults", target="circleci", match="project/gh/acme/web", caller="ada", status=401)
    said = {one.channel: _text(one) for one in await harness.run_rule_checks()}
    assert "CircleCI no longer accepts the token of <@ada>" in said["C"]


async def test_a_project_that_is_hidden_from_its_owner_alone_is_the_owners_loss(harness: PollerHarness) -> None:
    await harness.control("see", project="gh/acme/web", on=False, **{"as": "grace"})
    await harness.advance(1)
    [channel, person] = await harness.run_rule_checks()
    assert "CircleCI does not show `acme/web` to <@grace>" in _text(channel)
    assert "*It posts nothing* until they can see it again" in _text(channel)
    assert "no longer shows you" in _text(person)


async def test_whoever_left_the_workspace_is_not_written_to(harness: PollerHarness) -> None:
    harness.left.add("grace")
    [channel] = await harness.run_rule_checks()
    assert "has left this workspace" in _text(channel)


async def test_one_message_speaks_for_all_rules_of_a_channel(harness: PollerHarness) -> None:
    for number in range(12):
        await harness.subscribe("gh/acme/web", by="grace", rule=Rule(branch=(f"b{number}",)))
    await _disconnect(harness)
    [channel, person] = await harness.run_rule_checks()
    assert "Several rules" in channel.message.text
    assert len([line for line in _lines(channel) if line.endswith("--takeover")]) == 10
    assert "and 3 more" in _text(channel)
    assert "and 3 more" in _text(person)


async def test_a_rule_for_several_stands_still_without_its_owner(harness: PollerHarness) -> None:
    await harness.subscribe("gh/acme", by="ada")
    async with harness.store.begin() as tx:
        await tx.coverage.cover(2, [WEB], harness.sandbox.now())
    await _disconnect(harness, "ada")
    [channel, _] = await harness.run_rule_checks()
    assert "finds no new projects" in _text(channel)


async def test_an_organisation_that_is_hidden_from_its_owner(harness: PollerHarness) -> None:
    await harness.subscribe("bb/acme", by="eve")
    await harness.connect("eve")
    await harness.control("faults", target="circleci", match="pipeline", caller="eve", status=404, count=0)
    [channel, person] = await harness.run_rule_checks()
    assert "*it posts nothing*" in _text(channel)
    assert person.channel == "eve"


async def _hide_from_all(harness: PollerHarness, project: str = "gh/acme/web") -> None:
    for login in ("ada", "grace", "eve"):
        await harness.control("see", project=project, on=False, **{"as": login})
    await harness.advance(1)


async def test_a_project_that_nobody_sees_any_more_is_reported_to_the_channel(harness: PollerHarness) -> None:
    await _hide_from_all(harness)
    [channel] = await harness.run_rule_checks()
    assert "CircleCI shows `acme/web` to nobody here" in _text(channel)
    assert _lines(channel) == ["subscribe --rule=1", "unsubscribe 1"]


async def test_what_is_gone_for_good_is_looked_for_once_an_hour(harness: PollerHarness) -> None:
    await _hide_from_all(harness)
    await harness.run_rule_checks()
    before = len(await harness.list_listed_slugs())
    for _ in range(12):
        await harness.rule_health.tick()
        await harness.sandbox.advance(600)
    assert 2 <= len((await harness.list_listed_slugs())[before:]) <= 12


async def test_a_circleci_that_is_down_hides_nothing(harness: PollerHarness) -> None:
    await harness.control("faults", target="circleci", match="", status=503, count=0)
    await harness.advance(1)
    assert await harness.run_rule_checks() == []


@pytest.mark.parametrize("redirects", [True, False])
async def test_a_renamed_project_is_known_by_its_id_whatever_its_old_name_answers(
    harness: PollerHarness, *, redirects: bool
) -> None:
    await harness.push("gh/acme/web")
    await harness.advance(5)
    await harness.control("rename", project="gh/acme/web", name="site", redirects=redirects)
    await harness.sandbox.advance(86400)
    await harness.advance(1)
    [channel] = await harness.run_rule_checks()
    assert "`acme/web` is called `acme/site` now" in _text(channel)
    assert _lines(channel)[0] == "subscribe gh/acme/site --rule=1"


async def _ran(harness: PollerHarness, workflow: str, days_ago: float) -> None:
    at = harness.sandbox.now() - timedelta(days=days_ago)
    one = Outcome(f"{workflow}:{days_ago}", "passed", "success", WEB, "p", 1, workflow, "w", "main", None, at)
    async with harness.store.begin() as tx:
        await tx.outcomes.insert(one, at)


async def test_a_workflow_that_never_runs_is_reported_with_those_that_do(harness: PollerHarness) -> None:
    await harness.subscribe("gh/acme/web", by="grace", rule=Rule(workflow=("deplyo-*",)))
    await harness.sandbox.advance(15 * 86400)
    await _ran(harness, "build", 1)
    await _ran(harness, "deploy-prod", 2)
    [channel] = await harness.run_rule_checks()
    assert "No workflow like `deplyo-*` has run for 14 days" in _text(channel)
    assert "These workflows ran meanwhile: `build`, `deploy-prod`." in _text(channel)
    assert _lines(channel)[0] == "subscribe --rule=2 --workflow=deploy-prod"
    assert await harness.run_rule_checks() == []


async def _changed(harness: PollerHarness) -> Notice:
    """The complaint, as Slack is to show it by now."""
    async with harness.store.begin() as tx:
        [notice] = await tx.revisions.claim(harness.sandbox.now(), 1, "me", limit=10)
        await tx.revisions.settle_shown(notice)
    return notice


async def test_who_comes_back_mends_it_and_a_new_loss_is_told_anew(harness: PollerHarness) -> None:
    await _disconnect(harness)
    [told, _] = await harness.run_rule_checks()
    await harness.connect("grace")
    assert await harness.run_rule_checks() == [], "the complaint itself says that it is over"
    mended = await _changed(harness)
    assert mended.key == told.key
    assert "Rule 1: <@grace> answers for it" in _text(mended)
    assert _lines(mended) == []
    await _disconnect(harness)
    assert [one.channel for one in await harness.run_rule_checks()] == ["C", "grace"]


async def test_of_several_rules_those_that_are_left_keep_their_buttons(harness: PollerHarness) -> None:
    await harness.subscribe("gh/acme/web", by="grace", rule=Rule(branch=("main",)))
    await _disconnect(harness)
    await harness.run_rule_checks()
    async with harness.store.begin() as tx:
        rule = await tx.subscriptions.find("T", 1)
        assert rule
        await problem_notices.close(tx, rule, ProblemKind, harness.sandbox.now(), how=REMOVED)
        await tx.subscriptions.delete("T", "C", 1)
    left = await _changed(harness)
    assert "Rule 1 was removed" in _text(left)
    assert "subscribe 2 --takeover" in _lines(left)
    assert "subscribe 1 --takeover" not in _lines(left)


async def test_what_gets_worse_is_told_anew_and_what_was_told_before_loses_its_buttons(harness: PollerHarness) -> None:
    await _disconnect(harness)
    await harness.run_rule_checks()
    await _disconnect(harness, "ada")
    [channel, _] = await harness.run_rule_checks()
    assert "*it posts nothing*" in _text(channel)
    before = await _changed(harness)
    assert "Rule 1 is reported again below" in _text(before)
    assert _lines(before) == []
