from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions.rule_changes import apply_changes
from bot.commands.subscribe import COMMAND
from bot.dispatch.words import parse_usage, split_written
from bot.errors import UsageError
from bot.line import format_line, split_commas
from bot.rules import durations
from bot.rules.fields import DELIVERY_MODES, FIELDS, parse_options
from bot.rules.kinds import DEFAULT_KINDS, DEPLOY_KINDS, OUTCOME_KINDS
from bot.rules.rule import Rule
from tests.plugins.each_case import each_case

TEXTS = st.text("abz/*?[]-. 'é", min_size=1, max_size=12).map(str.strip).filter(bool)
WHOM = st.sets(st.sampled_from(["author", "breaker", "U0ADA", "S0PLATFORM"])).map(lambda whom: tuple(sorted(whom)))
GLOBS = st.lists(TEXTS, max_size=3).map(lambda texts: sorted(set(texts)))
SPANS = st.lists(st.sampled_from(["30m", "90m", "2h", "1d", "3d"]), max_size=5, unique=True)
_OTHERS = {"at", "mention", "remind", "environment", "component"}
"""Of another form, or only of deploys."""


def _is_sensible(rule: Rule) -> bool:
    try:
        rule.check()
    except UsageError:
        return False
    return True


RULES = (
    st.builds(
        Rule,
        remind=SPANS.map(lambda spans: tuple(sorted(spans, key=durations.parse_span))),
        every=st.integers(0, 1000),
        slower=st.sampled_from([1.0, 1.25, 1.5, 3.0]),
        to=st.sampled_from(DELIVERY_MODES),
        at=st.sampled_from([("09:00",), ("hourly",), ("00:30", "17:00")]),
        only=st.frozensets(st.sampled_from(OUTCOME_KINDS), min_size=1) | st.just(frozenset({"all"})),
        mention=WHOM,
        **{
            field.attribute: st.booleans() if not field.takes else GLOBS.map(tuple)
            for field in FIELDS
            if isinstance(field.default, bool | tuple) and field.name not in _OTHERS
        },
    )
    | st.builds(
        Rule,
        only=st.frozensets(st.sampled_from(sorted(DEPLOY_KINDS)), min_size=1),
        environment=GLOBS.map(tuple),
        not_environment=GLOBS.map(tuple),
        component=GLOBS.map(tuple),
    )
    | st.builds(Rule, only=st.just(DEFAULT_KINDS), not_environment=GLOBS.map(tuple))
).filter(_is_sensible)


@given(RULES)
def test_a_rule_that_a_line_says_reads_back_as_itself(rule: Rule) -> None:
    written = format_line("subscribe", "gh/acme/web", **rule.to_options())
    said = parse_usage(COMMAND.usage).parse_written(split_written(written)[1:])
    assert Rule.parse(parse_options(said)) == rule
    assert COMMAND.parse(said).rule == rule


@given(RULES)
def test_a_rule_as_a_document_reads_back_as_itself(rule: Rule) -> None:
    assert Rule.from_plain(rule.to_plain()) == rule
    assert Rule.parse(rule.to_texts()) == rule
    plain = rule.to_plain()
    read = {field.attribute: field.from_plain(plain[field.name]) for field in FIELDS if field.name in plain}
    assert Rule.build(read) == rule, "checked as a file is, it says the same"


@given(RULES, RULES)
def test_two_rules_are_the_same_when_their_documents_are(one: Rule, other: Rule) -> None:
    assert (one == other) is (one.to_json() == other.to_json())


def test_a_document_of_a_newer_release_is_read_as_far_as_it_is_known() -> None:
    assert Rule.from_plain({"only": ["brand-new"], "quiet": "22-7"}) == Rule(frozenset({"brand-new"}))


def test_a_place_is_also_called_as_the_form_calls_it() -> None:
    assert Rule.parse({"to": ["channel"]}) == Rule.parse({"to": ["message"]})


def test_every_field_is_an_attribute_of_the_rule_with_its_default() -> None:
    assert {field.attribute: field.default for field in FIELDS} == {
        name: getattr(Rule(), name) for name in Rule.__slots__
    }


@each_case(
    ("said", "kept"),
    [
        ("scheduled_pipeline,PUSH", ("schedule", "webhook")),
        ("explicit", ("api",)),
        ("GitLab,unknown", ("gitlab", "unknown")),
        ("github*", ("github*",)),
    ],
)
def test_triggers_are_kept_in_peoples_words(said: str, kept: tuple[str, ...]) -> None:
    assert Rule.parse({"trigger": split_commas(said)}).trigger == kept


def test_a_rule_that_no_button_could_say_is_refused() -> None:
    with pytest.raises(UsageError, match="more than one rule can hold"):
        Rule.parse({"branch": [f"{'x' * 190}{number}" for number in range(10)]})


@each_case("said", [{"branch": ["a"] * 3 + [" "]}, {"mine": []}])
def test_what_is_said_twice_or_empty_between_commas_counts_once(said: dict[str, list[str]]) -> None:
    assert Rule.parse(said) in {Rule(branch=("a",)), Rule(mine=True)}


@each_case("said", [{"branch": ["  "]}, {"tag": [""]}, {"mine": ["perhaps"]}, {"tag": [f"{n}" for n in range(21)]}])
def test_what_says_nothing_or_too_much_is_refused(said: dict[str, list[str]]) -> None:
    with pytest.raises(UsageError):
        Rule.parse(said)


@each_case(
    ("said", "kept"), [("17:30, 9", ("09:00", "17:30")), ("5pm,12am", ("00:00", "17:00")), ("9,HOURLY", ("hourly",))]
)
def test_times_are_kept_by_the_clock_and_in_order(said: str, kept: tuple[str, ...]) -> None:
    assert Rule.parse({"to": ["Digest"], "at": [said]}).at == kept


@each_case("said", [{"to": ["somewhere"]}, {"to": []}, {"at": ["25:00"]}, {"at": [","]}, {"at": ["9x"]}])
def test_a_place_or_time_that_there_is_not_is_refused(said: dict[str, list[str]]) -> None:
    with pytest.raises(UsageError):
        Rule.parse(said)


@each_case(
    ("said", "kept"),
    [
        ("1d, 2h", ("2h", "1d")),
        ("120m,2 hours", ("2h",)),
        ("90min", ("90m",)),
        ("36h", ("36h",)),
        ("60 Days", ("60d",)),
    ],
)
def test_reminders_are_kept_once_each_in_the_largest_unit_the_shortest_first(said: str, kept: tuple[str, ...]) -> None:
    assert Rule.parse({"remind": [said]}).remind == kept


@each_case("said", ["", "soon", "2", "0m", "61d", "1 month", "1m,2m,3m,4m,5m,6m", "-2h", "2h,never"])
def test_what_is_no_time_to_remind_at_is_refused_with_what_is(said: str) -> None:
    with pytest.raises(UsageError, match=r"`--remind` needs a time like .* from `1m` to `60d`"):
        Rule.parse({"remind": [said]})


DEPLOYS = frozenset({"deployed", "deploy-failed", "rolled-back"})


@each_case("name", ["environment", "not-environment", "component"])
def test_a_rule_for_an_environment_or_component_that_says_no_kinds_asks_for_each_kind_of_deploy(name: str) -> None:
    rule = Rule.parse({name: ["web"]})
    assert rule.only == DEPLOYS
    assert apply_changes(rule, {name: [""]}) == Rule(DEPLOYS), "who drops it hears of all the others too"
    assert Rule.from_plain({name: ["web"]}) == rule, "the same where it is stored"
    assert Rule.parse({name: ["web"], "only": ["rolled-back"]}).only == {"rolled-back"}


def test_kinds_that_were_said_stay_where_an_environment_is_left_out() -> None:
    said = Rule.parse({"only": sorted(DEFAULT_KINDS), "not-environment": ["staging"]})
    assert said.only == DEFAULT_KINDS
    assert apply_changes(Rule(), {"not-environment": ["staging"]}) == said, "also those of a rule that is changed"
    assert Rule.from_plain(json.loads(said.to_json())) == said
    assert Rule.parse({"only": ["all"], "not-environment": ["*"]}).only == {"all"}, "everything but deploys"


@each_case(
    ("said", "message"),
    [
        ({"environment": ["web"], "only": ["failed", "passed", "rolled-back"]}, r"never post `failed` or `passed`\."),
        ({"component": ["web"], "only": ["failed", "passed"]}, r"would never post `failed` or `passed`\."),
        ({"environment": ["a"], "not-environment": ["a"], "only": ["deployed"]}, r"leaves out .* post `deployed`\."),
        ({"environment": ["a-b", "a-*"], "not-environment": ["a*"], "only": ["deployed"]}, r"leaves out every"),
        ({"not-environment": ["*"], "only": ["failed", "deployed"]}, r"would never post `deployed`\."),
        ({"not-environment": ["*"]}, r"leaves out every environment"),
        ({"environment": ["a"], "remind": ["1h"]}, r"never uses `--remind`\."),
        ({"only": ["deployed"], "every": ["3"], "slower": ["2"]}, r"never uses `--every` or `--slower`\."),
    ],
)
def test_a_rule_that_asks_for_what_it_can_never_post_is_refused_with_what_that_is(
    said: dict[str, list[str]], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        Rule.parse(said)


@each_case(
    "said",
    [
        {"not-environment": ["web"], "only": ["failed"]},
        {"environment": ["a*"], "not-environment": ["a-b", "a?"]},
        {"environment": ["a", "b"], "not-environment": ["a"]},
        {"only": ["deployed", "on-hold"], "remind": ["1h"]},
    ],
)
def test_what_can_post_something_is_not_refused(said: dict[str, list[str]]) -> None:
    assert Rule.parse(said)
