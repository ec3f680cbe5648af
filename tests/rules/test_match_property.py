"""Match, held against a slow and simple reading of what a rule says: no code is shared but the rule itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import event, given, settings
from hypothesis import strategies as st

from bot.domain import Deploy, Outcome, ProjectScope, ProjectSlug
from bot.rules.index_keys import build_outcome_keys, build_rule_keys
from bot.rules.kinds import OUTCOME_KINDS
from bot.rules.match import list_conditions, matches
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NAMES = ["main", "release/1", "release/2", "renovate/x", "v1", "v1-rc1", "Ada", "ada", "dependabot[bot]", "build"]
GLOBS = ["*", "main", "release/*", "ren?vate/*", "v[0-9]", "v*-rc*", "ADA", "dependabot*", "dependabot[bot]", "b*d"]
TRIGGERS = ["webhook", "schedule", "api", "gitlab", "unknown"]
SCOPES = ["gh/acme/web", "gh/acme", "gh/acme/w*", "bb/acme/*", "gh/other/web"]
CLASSES = ["broke", "recovered", "still-failing", "newly-failing", "flaky", "slow"]
PROJECTS = ["gh/acme/web", "gh/acme/api", "bb/acme/web", "gh/other/web"]

globs = st.lists(st.sampled_from(GLOBS), max_size=2, unique=True).map(tuple)
places = st.lists(st.sampled_from(["production", "prod*", "*g"]), max_size=2, unique=True).map(tuple)
several = st.lists(st.sampled_from(TRIGGERS), max_size=2, unique=True).map(tuple)
rules = st.builds(
    Rule,
    only=st.frozensets(st.sampled_from([*OUTCOME_KINDS, "all"]), min_size=1, max_size=8),
    branch=globs, not_branch=globs, tag=globs, not_tag=globs, workflow=globs, not_workflow=globs,
    actor=globs, not_actor=globs, trigger=several, not_trigger=several,
    environment=places, not_environment=places, component=places,
    default_branch=st.booleans(), mine=st.booleans(), every=st.integers(0, 3), slower=st.sampled_from([1.0, 1.5]),
)  # fmt: skip
subscriptions = st.builds(
    Subscription,
    id=st.just(1), workspace=st.just("T"), channel=st.just("C"), scope=st.sampled_from(SCOPES).map(ProjectScope.parse),
    rule=rules, made_by=st.just("U"), made_at=st.just(NOW), login=st.sampled_from([None, "ada", "Ada"]),
)  # fmt: skip
outcomes = st.builds(
    Outcome,
    key=st.just("k"), kind=st.sampled_from(OUTCOME_KINDS), status=st.just(""),
    project=st.sampled_from(PROJECTS).map(ProjectSlug.parse), pipeline_id=st.just("p"), pipeline_number=st.just(1),
    workflow=st.sampled_from(NAMES), workflow_id=st.just("w"), branch=st.sampled_from(NAMES), tag=st.none(),
    happened_at=st.sampled_from([-31, -29, 0, 60]).map(lambda seconds: NOW + timedelta(seconds=seconds)),
    actor=st.sampled_from([None, *NAMES]), trigger=st.sampled_from(TRIGGERS), on_default=st.booleans(),
    classes=st.frozensets(st.sampled_from(CLASSES), max_size=3), streak=st.integers(1, 7),
    slowdown=st.sampled_from([None, 1.2, 2.0]),
)  # fmt: skip
deploys = st.builds(
    replace,
    outcomes,
    kind=st.sampled_from(["deployed", "deploy-failed", "rolled-back"]),
    deploy=st.builds(
        Deploy,
        component=st.sampled_from(["production", "x"]),
        environment=st.sampled_from(["production", "staging"]),
        version=st.just("v1"),
    ),
)
outcomes = outcomes | deploys
tagged = outcomes.map(lambda outcome: replace(outcome, branch=None, tag=outcome.branch))


def slow_glob(glob: str, text: str) -> bool:
    """One character after the other, with every way of reading a star."""
    if not glob:
        return not text
    if glob[0] == "*":
        return any(slow_glob(glob[1:], text[skipped:]) for skipped in range(len(text) + 1))
    if not text:
        return False
    if glob[0] == "[" and "]" in glob:
        inside, rest = glob[1 : glob.index("]")], glob[glob.index("]") + 1 :]
        letters = {chr(one) for one in range(ord(inside[0]), ord(inside[2]) + 1)} if inside[1:2] == "-" else set(inside)
        return text[0] in letters and slow_glob(rest, text[1:])
    return glob[0] in {"?", text[0]} and slow_glob(glob[1:], text[1:])


def slow_any(globs: tuple[str, ...], text: str | None) -> bool:
    return text is not None and any(glob == text or slow_glob(glob, text) for glob in globs)


def slow_match(subscription: Subscription, outcome: Outcome) -> bool:
    rule, scope = subscription.rule, subscription.scope
    asked = set(OUTCOME_KINDS) if "all" in rule.only else set(rule.only)
    return (
        slow_glob(f"{scope.vcs}/{scope.org}/{scope.project}", str(outcome.project))
        and (subscription.made_at - outcome.happened_at).total_seconds() <= 30
        and slow_wanted(rule, outcome, asked)
        and (slow_tag(rule, outcome.tag) if outcome.tag is not None else slow_branch(rule, outcome.branch))
        and (not rule.workflow or slow_any(rule.workflow, outcome.workflow))
        and not slow_any(rule.not_workflow, outcome.workflow)
        and slow_start(subscription, outcome)
        and (outcome.on_default or not rule.default_branch)
        and slow_deploy(rule, outcome)
    )


def slow_deploy(rule: Rule, outcome: Outcome) -> bool:
    if outcome.deploy is None:
        return not (rule.environment or rule.component)
    environment, component = outcome.deploy.environment, outcome.deploy.component
    wanted = not rule.environment or slow_any(rule.environment, environment)
    wanted = wanted and (not rule.component or slow_any(rule.component, component))
    return wanted and not slow_any(rule.not_environment, environment)


def slow_tag(rule: Rule, tag: str) -> bool:
    wanted = slow_any(rule.tag, tag) if rule.tag else not rule.branch
    return wanted and not slow_any(rule.not_tag, tag)


def slow_branch(rule: Rule, branch: str | None) -> bool:
    wanted = slow_any(rule.branch, branch) if rule.branch else not rule.tag
    return wanted and not slow_any(rule.not_branch, branch)


def slow_start(subscription: Subscription, outcome: Outcome) -> bool:
    """Who started it, and what did."""
    rule, login = subscription.rule, (outcome.actor or "").lower()
    by = [glob.lower() for glob in rule.actor]
    not_by = [glob.lower() for glob in rule.not_actor]
    if by and not (login and slow_any(tuple(by), login)):
        return False
    if login and slow_any(tuple(not_by), login):
        return False
    if rule.mine and (not login or login != (subscription.login or "").lower()):
        return False
    causes = {outcome.trigger, "webhook"} if outcome.trigger == "gitlab" else {outcome.trigger}
    return bool(causes & set(rule.trigger or TRIGGERS)) and not causes & set(rule.not_trigger)


def slow_wanted(rule: Rule, outcome: Outcome, asked: set[str]) -> bool:
    """One word after the other; the two that depend on a number are looked at by hand."""
    if "all" in rule.only:
        return True
    for word in (outcome.kind, *outcome.classes):
        if word == "still-failing":
            nth = rule.every or (1 if word in asked else 0)
            if nth and word in outcome.classes and outcome.streak in range(1, 1000, nth):
                return True
        elif word != "slow" and word in asked:
            return True
    return "slow" in asked and outcome.slowdown is not None and outcome.slowdown > rule.slower


@settings(max_examples=1500)
@given(subscriptions, outcomes | tagged)
def test_match_says_what_a_slow_reading_says(subscription: Subscription, outcome: Outcome) -> None:
    heard = matches(subscription, outcome)
    event("heard" if heard else "not heard")
    assert heard is slow_match(subscription, outcome)


@settings(max_examples=300)
@given(subscriptions, outcomes | tagged)
def test_each_field_alone_decides_as_the_whole_rule_does(subscription: Subscription, outcome: Outcome) -> None:
    """Nothing but the named conditions counts: each of them false makes the whole false."""
    judged = dict(list_conditions(subscription, outcome))
    assert matches(subscription, outcome) is all(judged.values())
    bare = replace(subscription, rule=Rule(frozenset({"all"})))
    assert matches(bare, outcome) is (judged["project"] and judged["since"])


@settings(max_examples=500)
@given(subscriptions, outcomes | tagged)
def test_an_outcome_that_a_rule_wants_shows_what_the_rule_needs(subscription: Subscription, outcome: Outcome) -> None:
    """So that none is overlooked when only those are read that need what the outcome shows."""
    judged, cues = dict(list_conditions(subscription, outcome)), build_rule_keys(subscription.rule)
    wanted = judged["branch"] and judged["default-branch"]
    found = not cues or not cues.isdisjoint(
        build_outcome_keys(outcome.branch, outcome.tag, on_default=outcome.on_default)
    )
    event(f"wanted: {wanted}, found: {found}, of {len(cues)}")
    assert found or not wanted
