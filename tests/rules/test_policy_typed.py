"""A line reads back as what it was written of, and people may type it in several ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dispatch.words import parse_usage, split_words, split_written
from bot.errors import UsageError
from bot.rules.policy_line import ANY, Demands, Effect, PolicyLine, PolicyScope
from bot.rules.policy_typed import USAGE, format_typed, read_line, split_target
from bot.rules.weekly_window import parse_window
from tests.plugins.each_case import each_case

GRAMMAR = parse_usage(f"policy [add] [WHOM …] [do ACT] [project] {USAGE} [key=value …]")
NAMES = {"ada": "U0ADA"}
globs = st.sampled_from([None, "main", "release/*", "--odd", "a b", "x=1"])
lines = st.builds(
    PolicyLine,
    effect=st.sampled_from([Effect.ALLOW, Effect.ONLY, Effect.DENY]),
    who=st.lists(st.sampled_from(["U0ADA", "S0DEPLOYERS", "guests", "everybody"]), min_size=1, unique=True).map(tuple),
    scope=st.builds(
        PolicyScope,
        act=st.sampled_from(["decide", "approve", "*", "re*", "read"]),
        channel=st.sampled_from([ANY, "C0DEPLOYS"]),
        project=st.sampled_from([ANY, "gh/acme/web", "gh/acme/*"]),
        branch=globs,
        tag=globs,
        workflow=globs,
        hold=globs,
        parameters=st.dictionaries(st.sampled_from(["environment", "od-d", "ä"]), st.text("ab=* -", max_size=4)).map(
            lambda one: tuple(sorted(one.items()))
        ),
        when=st.sampled_from([None, parse_window("fri 16:00-mon 08:00 Europe/Berlin"), parse_window("22:00-06:00")]),
    ),
)
DEMANDS = Demands(
    2, ("S0DEPLOYERS",), four_eyes=True, reason=True, expires_s=14400, escalates_s=60, escalate_to=("U0EVE",)
)


@given(line=lines)
def test_what_is_written_reads_back(line: PolicyLine) -> None:
    assert _read_written(line) == line


def test_what_is_required_reads_back_too() -> None:
    line = PolicyLine(Effect.REQUIRE, ("everybody",), PolicyScope("approve", project="gh/acme/web"), DEMANDS)
    assert _read_written(line) == line


def _read_written(line: PolicyLine) -> PolicyLine:
    _, _, *words = split_written(format_typed(line, "add"))
    said = GRAMMAR.parse_written(words)
    return read_line(said, said.words, NAMES.get)


@pytest.mark.parametrize(
    "text",
    [
        "only <@U0ADA|ada>,<!subteam^S0DEPLOYERS|@deployers> do decide gh/acme/web --hold production",
        "ONLY @ada S0DEPLOYERS decide acme/web --hold=production",
        "only @ada <!subteam^S0DEPLOYERS> gh/acme/web may decide --hold production",
    ],
)
def test_people_type_it_in_several_ways(text: str) -> None:
    said = GRAMMAR.parse_typed(split_words(text))
    scope = PolicyScope("decide", project="gh/acme/web", hold="production")
    assert read_line(said, said.words, NAMES.get) == PolicyLine(Effect.ONLY, ("U0ADA", "S0DEPLOYERS"), scope)


def test_a_channel_stays_the_one_that_slack_means() -> None:
    said = GRAMMAR.parse_typed(split_words("deny guests start --channel <#C0DEPLOYS|deploys>"))
    assert read_line(said, said.words, NAMES.get).scope.channel == "C0DEPLOYS"


@each_case(
    ("text", "wrong"),
    [
        ("maybe @ada do trigger", "A line says one of"),
        ("only do trigger", "Whom is the line about?"),
        ("only @mallory do trigger", "I do not know `@mallory`."),
        ("only @ada do trigger rerun", "I do not know what `rerun` is for."),
        ("only @ada do trigger --approvals 2", "A line with `only` has no `approvals`."),
        ("require @ada do approve --approvals two", "`--approvals` needs a number."),
        ("require @ada do approve", "A line with `require` says what"),
        ("deny @ada do start --when friday", "is not a time of day"),
        ("deny @ada do start --channel deploys", "is not a channel"),
    ],
)
def test_what_nobody_understands_is_said(text: str, wrong: str) -> None:
    said = GRAMMAR.parse_typed(split_words(text))
    with pytest.raises(UsageError) as raised:
        read_line(said, said.words, NAMES.get)
    assert wrong in raised.value.message


def test_the_act_may_be_left_out() -> None:
    assert split_target(["@ada", "gh/acme/web"]) == (("@ada",), None, "gh/acme/web")
