from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain import Deploy, Outcome, OutcomeClass, OutcomeKind, ProjectScope, ProjectSlug
from bot.rules.kinds import DEPLOY_KINDS, OUTCOME_KINDS
from bot.rules.match import list_conditions, matches, wants_kind
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from tests.plugins.each_case import each_case

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WEB = ProjectSlug("gh", "acme", "web")

RULE = Subscription(1, "T", "C", ProjectScope.parse("gh/acme/web"), Rule(), "U", NOW, login="ada")
OUTCOME = Outcome(
    key="w:failed", kind="failed", status="failed", project=WEB, pipeline_id="p", pipeline_number=7,
    workflow="build-and-test", workflow_id="w", branch="main", tag=None, happened_at=NOW,
    actor="Ada", trigger="webhook",
)  # fmt: skip
TO_PRODUCTION: dict[str, Any] = {"kind": "deployed", "deploy": Deploy("web", "production", "v1")}


def hears(said: dict[str, Any], **outcome: Any) -> bool:
    return matches(replace(RULE, rule=Rule.build(said)), replace(OUTCOME, **outcome))


def test_a_plain_rule_hears_failures_recoveries_and_holds() -> None:
    heard = {kind for kind in OUTCOME_KINDS if matches(RULE, replace(OUTCOME, kind=kind))}
    assert heard == {"failed", "recovered", "on-hold", "errored-config", "unauthorized"}
    assert matches(RULE, replace(OUTCOME, kind="passed", classes=frozenset({"recovered"})))


def test_all_means_every_kind() -> None:
    assert all(hears({"only": frozenset({"all"})}, kind=kind) for kind in OUTCOME_KINDS)


def test_who_wants_successes_hears_recoveries_too() -> None:
    wants = {"only": frozenset({"passed"})}
    assert hears(wants, kind="passed", classes=frozenset({"recovered", "flaky"}))
    assert not hears(wants)


@each_case("word", ["failed", "broke", "newly-failing"])
def test_an_outcome_of_several_classes_is_heard_by_any_of_its_words(word: str) -> None:
    assert hears({"only": frozenset({word})}, classes=frozenset({"broke", "newly-failing"}))


@each_case(
    ("said", "heard"),
    [
        ({"only": frozenset({"broke"})}, []),
        ({"only": frozenset({"broke"}), "every": 3}, [4, 7]),
        ({"only": frozenset({"still-failing"})}, [2, 3, 4, 5, 6, 7]),
        ({"only": frozenset({"still-failing"}), "every": 2}, [3, 5, 7]),
        ({"only": frozenset({"failed"}), "every": 3}, [2, 3, 4, 5, 6, 7]),
    ],
)
def test_what_stays_broken_is_repeated_as_often_as_the_rule_says(said: dict[str, Any], heard: list[int]) -> None:
    still = frozenset({"still-failing"})
    assert [streak for streak in range(2, 8) if hears(said, classes=still, streak=streak)] == heard


@each_case(("slowdown", "slower", "heard"), [(1.6, 1.5, True), (1.4, 1.5, False), (1.4, 1.2, True), (None, 1.0, False)])
def test_slow_is_what_the_rule_calls_slow(slowdown: float | None, slower: float, heard: bool) -> None:
    wants = {"only": frozenset({"slow"}), "slower": slower}
    assert hears(wants, kind="passed", classes=frozenset({"slow"}), slowdown=slowdown) is heard


@each_case(
    ("said", "outcome", "heard"),
    [
        ({"branch": ("release/*",)}, {"branch": "release/1.2"}, True),
        ({"branch": ("release/*",)}, {"branch": "main"}, False),
        ({"branch": ("main",)}, {"branch": "Main"}, False),
        ({"branch": ("x", "main")}, {}, True),
        ({}, {"branch": None, "tag": "v1"}, True),
        ({"branch": ("*",)}, {"branch": None, "tag": "v1"}, False),
        ({"tag": ("v*",)}, {"branch": None, "tag": "v1"}, True),
        ({"tag": ("v*",)}, {"branch": "v1"}, False),
        ({"tag": ("v*",), "branch": ("main",)}, {}, True),
        ({"not_branch": ("renovate/*",)}, {"branch": "renovate/x"}, False),
        ({"not_branch": ("renovate/*",)}, {"branch": None, "tag": "renovate/x"}, True),
        ({"not_tag": ("*-rc*",)}, {"branch": None, "tag": "v1-rc1"}, False),
        ({"branch": ("*",), "not_branch": ("main",)}, {}, False),
        ({"workflow": ("deploy*",)}, {"workflow": "deploy-preview"}, True),
        ({"workflow": ("deploy*",)}, {"workflow": "build"}, False),
        ({"not_workflow": ("deploy*",)}, {"workflow": "deploy-preview"}, False),
        ({"actor": ("ADA",)}, {}, True),
        ({"actor": ("grace",)}, {}, False),
        ({"actor": ("*",)}, {"actor": None}, False),
        ({"not_actor": ("dependabot*",)}, {"actor": "dependabot[bot]"}, False),
        ({"not_actor": ("dependabot[bot]",)}, {"actor": "dependabot[bot]"}, False),
        ({"not_actor": ("dependabot*",)}, {"actor": None}, True),
        ({"trigger": ("schedule",)}, {"trigger": "schedule"}, True),
        ({"trigger": ("schedule",)}, {}, False),
        ({"not_trigger": ("webhook",)}, {}, False),
        ({"trigger": ("webhook",)}, {"trigger": "gitlab"}, True),
        ({"trigger": ("webhook",)}, {"trigger": "github_app"}, True),
        ({"trigger": ("webhook",)}, {"trigger": "bitbucket_cloud"}, True),
        ({"trigger": ("webhook",)}, {"trigger": "unknown"}, False),
        ({"trigger": ("webhook",)}, {"trigger": ""}, False),
        ({"trigger": ("gitlab",)}, {"trigger": "gitlab"}, True),
        ({"trigger": ("gitlab",)}, {"trigger": "github_app"}, False),
        ({"trigger": ("gitlab",)}, {"trigger": "webhook"}, False),
        ({"trigger": ("unknown",)}, {"trigger": "unknown"}, True),
        ({"not_trigger": ("webhook",)}, {"trigger": "github_server"}, False),
        ({"not_trigger": ("webhook",)}, {"trigger": "unknown"}, True),
        ({"not_trigger": ("webhook",)}, {"trigger": "decoupled ingestion system"}, True),
        ({"not_trigger": ("git*",)}, {"trigger": "github_app"}, False),
        ({"not_trigger": ("git*",)}, {}, True),
        ({"default_branch": True}, {}, False),
        ({"default_branch": True}, {"on_default": True}, True),
        ({"mine": True}, {}, True),
        ({"mine": True}, {"actor": "grace"}, False),
        ({"mine": True}, {"actor": None}, False),
        ({"environment": ("production",)}, TO_PRODUCTION, True),
        ({"environment": ("production",)}, TO_PRODUCTION | {"kind": "deploy-failed"}, True),
        ({"environment": ("production",)}, TO_PRODUCTION | {"kind": "rolled-back"}, True),
        ({"environment": ("production",)}, {}, False),
        ({"environment": ("production",)}, {"kind": "on-hold"}, False),
        ({"environment": ("production",), "only": frozenset({"all"})}, {}, False),
        ({"environment": ("production",), "only": frozenset({"all"})}, TO_PRODUCTION, True),
        ({"environment": ("production",), "only": frozenset({"rolled-back"})}, TO_PRODUCTION, False),
        ({"environment": ("production",), "only": frozenset({"promoted"})}, TO_PRODUCTION, False),
        (
            {"environment": ("production",), "only": frozenset({"promoted"})},
            TO_PRODUCTION | {"classes": frozenset({"promoted"})},
            True,
        ),
        ({"environment": ("prod*",)}, TO_PRODUCTION, True),
        ({"environment": ("PRODUCTION",)}, TO_PRODUCTION, False),
        ({"environment": ("prod[eu]",)}, {"kind": "deployed", "deploy": Deploy("web", "prod[eu]", "v1")}, True),
        ({"environment": ("staging", "qa")}, TO_PRODUCTION, False),
        ({"environment": ("*",), "not_environment": ("prod*",)}, TO_PRODUCTION, False),
        ({"not_environment": ("staging",)}, TO_PRODUCTION, True),
        ({"not_environment": ("prod*",)}, TO_PRODUCTION, False),
        ({"not_environment": ("staging",)}, {}, False),
        ({"not_environment": ("staging",), "only": frozenset({"failed"})}, {}, True),
        ({"not_environment": ("prod*",), "only": frozenset({"all"})}, TO_PRODUCTION, False),
        ({"component": ("web",)}, TO_PRODUCTION, True),
        ({"component": ("api",)}, TO_PRODUCTION, False),
        ({"component": ("web",)}, {}, False),
        ({"component": ("web",), "branch": ("release/*",)}, TO_PRODUCTION, False),
        ({"component": ("web",), "mine": True}, TO_PRODUCTION | {"actor": "grace"}, False),
        ({}, TO_PRODUCTION, False),
        ({"only": frozenset({"deployed"})}, TO_PRODUCTION, True),
    ],
)
def test_a_rule_hears_what_passes_all_its_conditions(
    said: dict[str, Any], outcome: dict[str, Any], heard: bool
) -> None:
    assert hears(said, **outcome) is heard


@each_case(
    ("scope", "project", "heard"),
    [
        ("gh/acme/web", "gh/acme/api", False),
        ("gh/acme", "gh/acme/api", True),
        ("gh/acme/w*", "gh/acme/web", True),
        ("gh/acme/w*", "gh/acme/api", False),
        ("gh/acme/w*", "bb/acme/web", False),
        ("gh/acme", "gh/acme2/web", False),
    ],
)
def test_a_rule_hears_the_projects_of_its_scope(scope: str, project: str, heard: bool) -> None:
    rule = replace(RULE, scope=ProjectScope.parse(scope))
    assert matches(rule, replace(OUTCOME, project=ProjectSlug.parse(project))) is heard


def test_mine_is_nobodys_while_whoever_made_it_is_not_connected() -> None:
    mine = replace(RULE, rule=Rule(mine=True), login=None)
    assert not matches(mine, OUTCOME)
    assert not matches(mine, replace(OUTCOME, actor=None))


def test_what_happened_before_the_rule_is_not_news() -> None:
    assert not matches(RULE, replace(OUTCOME, happened_at=NOW - timedelta(minutes=5)))
    assert matches(RULE, replace(OUTCOME, happened_at=NOW - timedelta(seconds=20)))


def test_each_condition_that_fails_is_told_by_its_name() -> None:
    rule = replace(RULE, rule=Rule(branch=("release/*",), not_actor=("ada",)))
    assert [name for name, holds in list_conditions(rule, OUTCOME) if not holds] == ["branch", "not-actor"]


def test_mine_is_whatever_any_of_their_logins_started() -> None:
    mine = replace(RULE, rule=Rule(mine=True), login="ada", other_logins=frozenset({"Ada-L"}))
    assert matches(mine, replace(OUTCOME, actor="ada-l"))
    assert not matches(mine, replace(OUTCOME, actor="lin"))


@each_case("said", [{"only": ["all"]}, {}, {"only": ["promoted"]}])
def test_an_older_process_that_knows_no_environments_hears_no_workflow_by_a_rule_for_them(
    said: dict[str, list[str]],
) -> None:
    """It leaves out the fields that it does not know."""
    for name in ("environment", "component"):
        stored = json.loads(Rule.parse({**said, name: ["web"]}).to_json())
        older = Rule.from_plain({each: value for each, value in stored.items() if each != name})
        told = [replace(OUTCOME, kind=kind, classes=frozenset(OutcomeClass) - DEPLOY_KINDS) for kind in OutcomeKind]
        assert [one for one in told if one.kind not in DEPLOY_KINDS and wants_kind(older, one)] == []
