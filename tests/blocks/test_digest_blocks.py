from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.blocks import digest_blocks
from bot.circleci.links import Links
from bot.domain import Deploy, Outcome
from bot.naming import PeopleDirectory, naming, replace_mentions
from bot.rules.muting import QueuedOutcome
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY, NOW, WEB, make_id


def an_outcome(number: int, kind: str = "failed", branch: str = "main", **more: object) -> Outcome:
    usual = Outcome(
        key=f"k{number}", kind=kind, status={"passed": "success"}.get(kind, kind), project=WEB,
        pipeline_id=make_id(number), pipeline_number=number, workflow="build", workflow_id=f"w{number}", branch=branch,
        tag=None,
        happened_at=NOW + timedelta(minutes=number),
    )  # fmt: skip
    return replace(usual, **more)  # type: ignore[arg-type]  # any of its fields


def kept(outcome: Outcome, name: str = "gh/acme/web", why: str = "digest", by: str | None = None) -> QueuedOutcome:
    return QueuedOutcome(outcome, "T", "C", name, 3, why, NOW, by, "digest:1")


def test_what_failed_stands_first_and_every_branch_says_how_much(golden: Check, valid_blocks: Check) -> None:
    told = [
        kept(an_outcome(1, "passed", "docs")),
        kept(an_outcome(2, "passed", classes=frozenset({"recovered"}))),
        kept(an_outcome(3, "on-hold", "release/1")),
        *(kept(an_outcome(number, "passed")) for number in range(4, 10)),
        kept(an_outcome(10, classes=frozenset({"broke"}), streak=1)),
        kept(an_outcome(11, "errored-config", "wip", workflow="", workflow_id=None), name="Acme/mobile"),
        kept(an_outcome(12, branch="docs", tag="v1"), why="quiet"),
        kept(an_outcome(13, "canceled", "docs"), why="muted", by="U9"),
    ]
    message = digest_blocks.render(told, Links())
    valid_blocks(message.blocks)
    golden("digest", list(message.blocks))
    assert message.text.startswith(
        ":inbox_tray: *Digest*: 2 failed, 1 config error, 1 on hold, 1 canceled, 1 recovered and 7 passed"
    )


def test_foreign_names_are_harmless_and_the_most_of_them_fit_into_a_message(valid_blocks: Check) -> None:
    told = [
        kept(an_outcome(number, branch=f"{number % 70}{NASTY}", workflow=NASTY), name=f"{number % 3}{NASTY}")
        for number in range(500)
    ]
    message = digest_blocks.render(told, Links())
    valid_blocks(message.blocks)
    shown = get_text(message.blocks)
    assert "<!channel>" not in shown
    assert "more branches: " in shown
    assert "500 failed" in message.text
    listed = sum(block["type"] == "section" for block in message.blocks) - 1
    assert 5 < listed < 70


def test_one_thing_is_told_with_its_moment_and_why_it_was_kept() -> None:
    message = digest_blocks.render([kept(an_outcome(1), why="muted", by="U9")], Links())
    assert message.text == ":inbox_tray: *What happened while it was muted*: 1 failed"
    assert "Muted by <@U9>." in get_text(message.blocks)
    with naming(PeopleDirectory(names={"U9": "Grace"})), replace_mentions():
        assert "Muted by Grace." in get_text(
            digest_blocks.render([kept(an_outcome(1), why="muted", by="U9")], Links()).blocks
        )
    quiet = digest_blocks.render([kept(an_outcome(1), why="quiet")], Links())
    assert "*What happened in the quiet hours*" in quiet.text
    shown = get_text(quiet.blocks)
    assert (shown.count("1 failed"), shown.count("quiet hours"), shown.count("14:01 UTC")) == (1, 1, 1)


def test_that_something_began_is_no_news_beside_its_end() -> None:
    began = [kept(an_outcome(number, "started", workflow_id=f"w{number}")) for number in (1, 2)]
    message = digest_blocks.render([*began, kept(an_outcome(3, workflow_id="w1"))], Links())
    assert message.text == ":inbox_tray: *Digest*: 1 failed and 1 started"


def a_deploy(number: int, kind: str = "deployed", environment: str = "production", **more: Any) -> QueuedOutcome:
    deploy = Deploy("web", environment, f"1.0.{number}", **more)
    return kept(an_outcome(number, kind, workflow="ship", deploy=deploy))


def test_deploys_stand_together_by_where_they_went_the_newest_first(golden: Check, valid_blocks: Check) -> None:
    told = [
        a_deploy(1),
        a_deploy(2, environment="staging"),
        a_deploy(3, replaced="1.0.1"),
        kept(an_outcome(4)),
        a_deploy(5, "deploy-failed", reason="Validation failed"),
        a_deploy(6, "rolled-back", replaced="1.0.5"),
    ]
    message = digest_blocks.render(told, Links())
    valid_blocks(message.blocks)
    golden("digest_deploys", list(message.blocks))
    assert message.text.endswith("1 failed, 1 deploy failed, 1 rolled back and 3 deployed")


def test_many_branches_hide_no_deploy_and_many_deploys_no_branch(valid_blocks: Check) -> None:
    deploys = [a_deploy(number, environment=f"{number % 40}{NASTY}") for number in range(400)]
    failures = [kept(an_outcome(number, branch=f"{number % 70}{NASTY}")) for number in range(400, 800)]
    message = digest_blocks.render([*deploys, *failures], Links())
    valid_blocks(message.blocks)
    shown = get_text(message.blocks)
    assert "<!channel>" not in shown
    assert "more environments: " in shown
    assert "more branches: " in shown
    listed = [block["text"]["text"] for block in message.blocks if block["type"] == "section"][1:]
    assert {" in " in text.splitlines()[0] for text in listed} == {True, False}
    assert "400 failed and 400 deployed" in message.text
