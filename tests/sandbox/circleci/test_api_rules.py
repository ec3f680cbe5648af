"""The table of rules, walked: each one is shown by a request that is refused, or by a story that is told."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from sandbox import circleci
from sandbox.circleci.api_rules import ApiRule
from tests.plugins.each_case import each_case
from tests.sandbox.circleci import behaviours, refusals
from tests.sandbox.circleci.circle import SimulatorClient

SANDBOX = Path(circleci.__file__).parent

Refusal = Callable[[SimulatorClient], Awaitable[httpx.Response]]


def test_every_rule_is_shown_and_every_showing_has_its_rule() -> None:
    shown = [*refusals.SHOWN, *behaviours.SHOWN]
    assert {rule.name for rule in ApiRule} == set(shown)
    assert len(shown) == len(set(shown))


@pytest.mark.parametrize("name", refusals.SHOWN)
async def test_what_a_rule_refuses_is_answered_with_its_status_and_its_words(
    circle: SimulatorClient, name: str
) -> None:
    answer = await refusals.SHOWN[name](circle)
    assert answer.status_code == ApiRule[name].status, answer.text
    if ApiRule[name].message:
        pattern = re.sub(r"\\\{\w+\\\}", ".+", re.escape(ApiRule[name].message))
        said = answer.json().get("error")
        sentences = (said if isinstance(said, dict) else answer.json()).values()
        assert any(re.fullmatch(pattern, sentence) for sentence in sentences), answer.text
    else:
        assert answer.json() == {}


@pytest.mark.parametrize("name", behaviours.SHOWN)
async def test_how_a_rule_lets_circleci_behave_is_seen_in_a_story(circle: SimulatorClient, name: str) -> None:
    await behaviours.SHOWN[name](circle)


@each_case("rule", ApiRule, ids=lambda rule: rule.name)
def test_a_rule_says_where_it_is_known_from(rule: ApiRule) -> None:
    assert rule.rule
    assert re.fullmatch(
        r"facts \d+(\.\d+)?(; CircleCI docs: [\w ]+)?|CircleCI changelog: [\w ]+|its OpenAPI document|assumed",
        rule.source,
    )
    assert (rule.status is None) == (rule.name in behaviours.SHOWN)
    assert rule.message_source or not rule.message


def test_nothing_is_refused_that_no_rule_refuses() -> None:
    """Messages of errors are in the table alone."""
    refusing = {
        file.name
        for file in SANDBOX.rglob("*.py")
        if re.search(r"\bRefused\(|HTTPStatus\.(BAD_R|UNAUTH|FORB|TOO)", file.read_text())
    }
    assert refusing <= {"api_rules.py", "fake_errors.py", "fake_artifacts.py", "artifact_routes.py", "output_routes.py"}


def test_what_is_assumed_is_marked_for_the_page() -> None:
    marks = {rule.name: rule.as_page()["assumed"] for rule in ApiRule}
    assert (marks["TAG"], marks["PASSED"], marks["BRANCH"], marks["MERGE_QUEUE"]) == ("rule", "message", "", "rule")
