"""A recorded day of 2,000 pipelines: how many messages each kind of rule makes of it. docs/rules.md says the same."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bot.commands.subscribe import COMMAND
from bot.domain import Outcome, ProjectScope
from bot.rules.match import matches
from bot.rules.quiet_hours import QuietHours
from bot.rules.replay import replay_outcomes
from bot.rules.subscription import Subscription
from tests.plugins import recorded_day
from tests.plugins.command_lines import parse_args

DOCS = Path(__file__).parents[2] / "docs" / "rules.md"
ROW = re.compile(r"^\| `/circle (subscribe [^`]+)` \| ([^|]+) \| (\d+) \|$", re.MULTILINE)


def judged() -> list[Outcome]:
    return replay_outcomes(recorded_day.load_outcomes())


def rule(line: str) -> Subscription:
    """The rule that this line makes, as Ada made it before the day began."""
    args = parse_args(COMMAND, line.removeprefix("subscribe "))
    return Subscription(
        1, "T", "C", ProjectScope.parse(args.project), args.rule, "U0ADA", recorded_day.MORNING, login="ada"
    )


def messages(wanted: Subscription, told: Iterable[Outcome]) -> int:
    """A digest is one, however much it tells."""
    heard = [outcome for outcome in told if matches(wanted, outcome)]
    if wanted.rule.to == "digest":
        return len({QuietHours().get_next_digest(wanted.rule.at, outcome.happened_at) for outcome in heard})
    return len(heard)


def test_the_day_has_two_thousand_pipelines_and_every_class_of_outcome() -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        recorded_day.generate_day()
    told = judged()
    assert len({outcome.pipeline_id for outcome in told}) == recorded_day.PIPELINES
    counted = Counter(word for outcome in told for word in outcome.filter_words)
    assert min(counted[word] for word in ("broke", "recovered", "still-failing", "newly-failing", "flaky", "slow")) > 10
    assert counted["broke"] + counted["still-failing"] <= counted["failed"] + counted["errored-config"]


def test_the_guide_says_how_many_messages_each_rule_makes_of_the_day() -> None:
    text, told = DOCS.read_text(encoding="utf-8"), judged()
    found = {line: messages(rule(line), told) for line, _, _ in ROW.findall(text)}
    assert len(found) >= 8
    if os.environ.get("UPDATE_GOLDEN"):
        DOCS.write_text(
            ROW.sub(lambda row: f"| `/circle {row[1]}` | {row[2]} | {found[row[1]]} |", text), encoding="utf-8"
        )
    else:
        assert {line: int(count) for line, _, count in ROW.findall(text)} == found, "run: make golden"


def test_every_restriction_makes_fewer_messages_and_none_makes_others() -> None:
    told = judged()

    def heard(line: str) -> set[str]:
        return {outcome.key for outcome in told if matches(rule(line), outcome)}

    everything = heard("subscribe gh/acme --only all")
    assert everything == {outcome.key for outcome in told}
    usual = heard("subscribe gh/acme")
    assert usual < everything
    for more in (
        "--default-branch",
        "--not-actor dependabot*",
        "--mine",
        "--branch release/*",
        "--not-trigger schedule",
    ):
        assert heard(f"subscribe gh/acme {more}") < usual, more
    by_project = [heard(f"subscribe gh/acme/{name}") for name in {outcome.project.project for outcome in told}]
    assert set().union(*by_project) == usual
    assert sum(map(len, by_project)) == len(usual)


def test_what_broke_is_told_once_until_it_recovers() -> None:
    """On each branch breaking and recovering take turns; a config error breaks all its workflows at once."""
    stands: dict[tuple[object, object], dict[str, str]] = {}
    for outcome in judged():
        of_branch = stands.setdefault((outcome.project, outcome.branch), {})
        if outcome.kind == "errored-config":
            of_branch.clear()
        for word in outcome.classes & {"broke", "recovered"} if outcome.workflow else ():
            assert of_branch.get(outcome.workflow) != word, outcome.key
            of_branch[outcome.workflow] = word
