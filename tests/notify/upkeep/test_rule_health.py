"""What keeps a rule silent is said, once, and crossed out when it is mended."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.actions import problem_notices
from bot.domain import Outcome, ProjectSlug
from bot.messages import Notice
from bot.rules.quiet_hours import Hours
from bot.rules.rule import Rule
from tests.plugins.poller_harness import Lookout, looking_out
from tests.plugins.sql_statements import statements

WEB, API = ProjectSlug("gh", "acme", "web"), ProjectSlug("gh", "acme", "api")


@pytest.fixture
async def lookout(tmp_path: Path) -> AsyncIterator[Lookout]:
    """Grace has a rule, and Ada is connected too: her token is tried last."""
    async with looking_out(tmp_path) as one:
        await one.connect("grace", "ada")
        await one.subscribe("gh/acme/web", by="grace")
        await one.round()
        yield one


def _text(notice: Notice) -> str:
    return json.dumps([notice.message.text, *notice.message.blocks])


def _lines(notice: Notice) -> list[str]:
    """What its buttons say."""
    rows = [block["elements"] for block in notice.message.blocks if block["type"] == "actions"]
    return [button["value"] for row in rows for button in row]


async def _disconnect(lookout: Lookout, user: str = "grace") -> None:
    async with lookout.store.begin() as tx:
        await tx.accounts.remove("T", user)


async def test_a_rule_that_is_well_costs_nothing_and_says_nothing(lookout: Lookout) -> None:
    before = await lookout.calls()
    assert await lookout.looked_after() == []
    assert await lookout.calls() == before, "whoever pays for it is known to see it"


async def test_rules_of_one_project_cost_one_request_for_each_person(lookout: Lookout) -> None:
    for branch in ("a", "b", "c"):
        await lookout.subscribe("gh/acme/web", by="ada", rule=Rule(branch=(branch,)))
    before = await lookout.calls()
    await lookout.warden.turn()
    assert await lookout.calls() == before + 1


async def test_many_rules_are_read_with_as_many_statements_as_one(lookout: Lookout) -> None:
    async def spent() -> int:
        with statements() as seen:
            await lookout.warden.turn()
        return seen.count

    await lookout.warden.turn()
    with_one = await spent()
    for number in range(40):
        await lookout.subscribe("gh/acme/web", by="grace", rule=Rule(branch=(f"branch-{number}",)))
    assert await spent() == with_one


async def test_one_of_several_replicas_looks(lookout: Lookout) -> None:
    await _disconnect(lookout)
    other = lookout.new_warden("another")
    for warden in (lookout.warden, other):
        await warden.turn()
    await lookout.sandbox.after(600)
    await asyncio.gather(lookout.warden.turn(), other.turn())
    async with lookout.store.read() as tx:
        assert await tx.outbox.backlog() == 2, "the channel and the person, each once"


async def test_whoever_disconnected_and_the_channel_are_told_once(lookout: Lookout) -> None:
    await _disconnect(lookout)
    [channel, person] = await lookout.looked_after()
    assert (channel.channel, person.channel) == ("C", "grace")
    assert "is not connected with CircleCI" in _text(channel)
    assert "It is still told with the tokens of others" in _text(channel)
    assert _lines(channel) == ["takeover 1", "subscribe --rule=1", "unsubscribe 1"]
    assert "connect" in _lines(person)
    for _ in range(3):
        assert await lookout.looked_after() == []


async def test_in_quiet_hours_the_channel_hears_of_it_in_the_morning(lookout: Lookout) -> None:
    until = lookout.sandbox.now() + timedelta(hours=8)
    night = Hours(quiet=((until - timedelta(hours=12)).time(), until.time()))
    async with lookout.store.begin() as tx:
        await tx.hours.set("T", "C", night)
    await _disconnect(lookout)
    assert [one.channel for one in await lookout.looked_after()] == ["grace"]
    await lookout.sandbox.after(8 * 3600)
    assert [one.channel for one in await lookout.looked_after()] == ["C"]


async def test_what_passes_by_itself_is_told_to_nobody(lookout: Lookout) -> None:
    await _disconnect(lookout)
    await lookout.warden.turn()
    await lookout.connect("grace")
    assert await lookout.looked_after() == []


async def test_when_nobody_else_can_see_the_project_it_says_that_it_is_silent(lookout: Lookout) -> None:
    await lookout.subscribe("gh/acme/secret", by="ada")
    await _disconnect(lookout, "ada")
    [channel, _] = await lookout.looked_after()
    assert "*it tells nothing*" in _text(channel)


async def test_a_token_that_circleci_refuses_is_found_out_though_nobody_uses_it(lookout: Lookout) -> None:
    await lookout.subscribe("gh/acme/web", by="ada", rule=Rule(branch=("main",)))
    await lookout.control("faults", target="circleci", match="project/gh/acme/web", caller="ada", status=401)
    said = {one.channel: _text(one) for one in await lookout.looked_after()}
    assert "CircleCI no longer accepts the token of <@ada>" in said["C"]


async def test_a_project_that_is_hidden_from_its_owner_alone_is_the_owners_loss(lookout: Lookout) -> None:
    await lookout.control("see", project="gh/acme/web", on=False, **{"as": "grace"})
    await lookout.pass_by(1)
    [channel, person] = await lookout.looked_after()
    assert "CircleCI does not show `gh/acme/web` to <@grace>" in _text(channel)
    assert "*It tells nothing* until they can see it again" in _text(channel)
    assert "no longer shows you" in _text(person)


async def test_whoever_left_the_workspace_is_not_written_to(lookout: Lookout) -> None:
    lookout.left.add("grace")
    [channel] = await lookout.looked_after()
    assert "has left this workspace" in _text(channel)


async def test_one_message_speaks_for_all_rules_of_a_channel(lookout: Lookout) -> None:
    for number in range(12):
        await lookout.subscribe("gh/acme/web", by="grace", rule=Rule(branch=(f"b{number}",)))
    await _disconnect(lookout)
    [channel, person] = await lookout.looked_after()
    assert "13 rules" in channel.message.text
    assert len([line for line in _lines(channel) if line.startswith("takeover")]) == 10
    assert "and 3 more" in _text(channel)
    assert "and 3 more" in _text(person)


async def test_a_rule_for_several_stands_still_without_its_owner(lookout: Lookout) -> None:
    await lookout.subscribe("gh/acme", by="ada")
    async with lookout.store.begin() as tx:
        await tx.subscriptions.cover(2, [WEB], lookout.sandbox.now())
    await _disconnect(lookout, "ada")
    [channel, _] = await lookout.looked_after()
    assert "finds no new projects" in _text(channel)


async def test_an_organisation_that_is_hidden_from_its_owner(lookout: Lookout) -> None:
    await lookout.subscribe("bb/acme", by="eve")
    await lookout.connect("eve")
    await lookout.control("faults", target="circleci", match="pipeline", caller="eve", status=404, count=0)
    [channel, person] = await lookout.looked_after()
    assert "*it tells nothing*" in _text(channel)
    assert person.channel == "eve"


async def _hide_from_all(lookout: Lookout, project: str = "gh/acme/web") -> None:
    for login in ("ada", "grace", "eve"):
        await lookout.control("see", project=project, on=False, **{"as": login})
    await lookout.pass_by(1)


async def test_a_project_that_nobody_sees_any_more_is_reported_to_the_channel(lookout: Lookout) -> None:
    await _hide_from_all(lookout)
    [channel] = await lookout.looked_after()
    assert "CircleCI shows `gh/acme/web` to nobody here" in _text(channel)
    assert _lines(channel) == ["subscribe --rule=1", "unsubscribe 1"]


async def test_what_is_gone_for_good_is_looked_for_once_an_hour(lookout: Lookout) -> None:
    await _hide_from_all(lookout)
    await lookout.looked_after()
    before = len(await lookout.listings())
    for _ in range(12):
        await lookout.warden.turn()
        await lookout.sandbox.after(600)
    assert 2 <= len((await lookout.listings())[before:]) <= 12


async def test_a_circleci_that_is_down_hides_nothing(lookout: Lookout) -> None:
    await lookout.control("faults", target="circleci", match="", status=503, count=0)
    await lookout.pass_by(1)
    assert await lookout.looked_after() == []


@pytest.mark.parametrize("redirects", [True, False])
async def test_a_renamed_project_is_known_by_its_id_whatever_its_old_name_answers(
    lookout: Lookout, *, redirects: bool
) -> None:
    await lookout.push("gh/acme/web")
    await lookout.pass_by(5)
    await lookout.control("rename", project="gh/acme/web", name="site", redirects=redirects)
    await lookout.sandbox.after(86400)
    await lookout.pass_by(1)
    [channel] = await lookout.looked_after()
    assert "`gh/acme/web` is called `gh/acme/site` now" in _text(channel)
    assert _lines(channel)[0] == "subscribe gh/acme/site --rule=1"


async def _ran(lookout: Lookout, workflow: str, days_ago: float) -> None:
    at = lookout.sandbox.now() - timedelta(days=days_ago)
    one = Outcome(f"{workflow}:{days_ago}", "passed", "success", WEB, "p", 1, workflow, "w", "main", None, at)
    async with lookout.store.begin() as tx:
        await tx.outcomes.add(one, at)


async def test_a_workflow_that_never_runs_is_reported_with_those_that_do(lookout: Lookout) -> None:
    await lookout.subscribe("gh/acme/web", by="grace", rule=Rule(workflow=("deplyo-*",)))
    await lookout.sandbox.after(15 * 86400)
    await _ran(lookout, "build", 1)
    await _ran(lookout, "deploy-prod", 2)
    [channel] = await lookout.looked_after()
    assert "No workflow like `deplyo-*` has run for 14 days" in _text(channel)
    assert "Meanwhile there ran: `build`, `deploy-prod`." in _text(channel)
    assert _lines(channel)[0] == "subscribe --rule=2 --workflow=deploy-prod"
    assert await lookout.looked_after() == []


async def _changed(lookout: Lookout) -> Notice:
    """The complaint, as Slack is to show it by now."""
    async with lookout.store.begin() as tx:
        [notice] = await tx.revisions.claim(lookout.sandbox.now(), 1, "me", 10)
        await tx.revisions.settle_shown(notice)
    return notice


async def test_who_comes_back_mends_it_and_a_new_loss_is_told_anew(lookout: Lookout) -> None:
    await _disconnect(lookout)
    [told, _] = await lookout.looked_after()
    await lookout.connect("grace")
    assert await lookout.looked_after() == [], "the complaint itself says that it is over"
    mended = await _changed(lookout)
    assert mended.key == told.key
    assert "Rule 1: <@grace> answers for it" in _text(mended)
    assert _lines(mended) == []
    await _disconnect(lookout)
    assert [one.channel for one in await lookout.looked_after()] == ["C", "grace"]


async def test_of_several_rules_those_that_are_left_keep_their_buttons(lookout: Lookout) -> None:
    await lookout.subscribe("gh/acme/web", by="grace", rule=Rule(branch=("main",)))
    await _disconnect(lookout)
    await lookout.looked_after()
    async with lookout.store.begin() as tx:
        rule = await tx.subscriptions.get("T", 1)
        assert rule
        await problem_notices.over(tx, rule, problem_notices.KINDS, lookout.sandbox.now(), how="was removed")
        await tx.subscriptions.remove("T", "C", 1)
    left = await _changed(lookout)
    assert "Rule 1 was removed" in _text(left)
    assert "takeover 2" in _lines(left)
    assert "takeover 1" not in _lines(left)


async def test_what_gets_worse_is_told_anew_and_what_was_told_before_loses_its_buttons(lookout: Lookout) -> None:
    await _disconnect(lookout)
    await lookout.looked_after()
    await _disconnect(lookout, "ada")
    [channel, _] = await lookout.looked_after()
    assert "*it tells nothing*" in _text(channel)
    before = await _changed(lookout)
    assert "Rule 1 is told of anew below" in _text(before)
    assert _lines(before) == []
