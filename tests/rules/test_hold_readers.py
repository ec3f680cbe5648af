"""Who sees *Approve*, and where it opens a form: as the policy says, and never less than who may."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.slack_groups import UserGroup
from bot.rules.hold_demands import build_hold_act
from bot.rules.hold_readers import HoldNeeds, HoldReaders
from bot.rules.policy_decision import Asker, decide, find_demands
from bot.rules.policy_line import Demands, Effect, PolicyLine, PolicyScope
from bot.rules.policy_plain import from_plain
from bot.rules.policy_rank import Act
from bot.rules.weekly_window import parse_window
from tests.plugins.each_case import each_case
from tests.plugins.factories import NOW, make_hold, make_pipeline, make_snapshot, make_workflow

ADA, GRACE, LIN = "U0ADA", "U0GRACE", "U0LIN"
LEADS = UserGroup("S0LEADS", "leads", "Leads", frozenset({ADA, GRACE}), NOW)
CROWD = UserGroup("S0CROWD", "crowd", "Crowd", frozenset(f"U0{number}" for number in range(12)), NOW)
GONE = UserGroup("S0GONE", "gone", "Gone", frozenset({ADA}), NOW, is_shown=False)
WORKFLOW, HOLD = make_workflow(1, "release", "on_hold"), make_hold(1, "approve-production")


def _find_needs(
    *lines: dict[str, Any],
    reader: str | None = None,
    groups: tuple[str, ...] = (),
    parameters: dict[str, str] | None = None,
    slug: str = "gh/acme/web",
) -> HoldNeeds:
    read = [from_plain({"do": "approve", **line}) for line in lines]
    asker = Asker(user=reader, groups=frozenset(groups)) if reader else None
    readers = HoldReaders(read, (LEADS, CROWD, GONE), "C0DEPLOYS", asker)
    pipeline = make_pipeline(1).model_copy(update={"project_slug": slug, "branch": "main"})
    snapshot = make_snapshot(pipeline=pipeline).model_copy(update={"parameters": parameters})
    return readers.find_needs(snapshot, WORKFLOW, HOLD)


@each_case(
    ("lines", "seers"),
    [
        ([], ""),
        ([{"only": [ADA, LIN]}], f"{ADA} {LIN}"),
        ([{"only": ["S0LEADS"]}], f"{ADA} {GRACE}"),
        ([{"only": ["S0LEADS"]}, {"deny": [GRACE]}], ADA),
        ([{"deny": ["everybody"]}, {"allow": [LIN]}], LIN),
        ([{"deny": ["everybody"]}], ""),
        ([{"only": [ADA], "do": "decide"}, {"only": [LIN], "do": "stop"}], ADA),
        ([{"require": ["everybody"], "approvals": 2, "approvers": ["S0LEADS", LIN]}], f"{ADA} {GRACE} {LIN}"),
        ([{"require": ["everybody"], "approvals": 2}], ""),
        # What is not known here hides nothing.
        ([{"only": ["S0NEW"]}], ""),
        ([{"only": ["S0GONE"]}], ""),
        ([{"only": [ADA, "guests"]}], ""),
        ([{"only": [ADA], "when": "fri 16:00-mon 08:00"}], ""),
        ([{"only": [ADA]}, {"allow": [LIN], "when": "fri 16:00-mon 08:00"}], ""),
        ([{"only": [ADA]}, {"allow": [LIN], "when": "fri 16:00-mon 08:00", "project": "gh/acme/api"}], ADA),
        ([{"only": [ADA]}, {"deny": ["everybody"], "when": "fri 16:00-mon 08:00"}], ADA),
        ([{"only": [ADA], "channel": "C0OTHER"}], ""),
        ([{"only": [ADA], "channel": "C0DEPLOYS"}], ADA),
        ([{"only": [ADA], "parameters": {"environment": "production"}}], ""),
        ([{"require": ["everybody"], "approvals": 2, "approvers": [ADA], "parameters": {"environment": "p*"}}], ""),
        # Whom a line asks for less may approve it, too.
        (
            [
                {"require": ["everybody"], "approvals": 2, "approvers": [ADA, GRACE]},
                {"require": [LIN], "approvals": 1, "approvers": [LIN], "hold": "approve-production"},
            ],
            f"{ADA} {GRACE} {LIN}",
        ),
    ],
)
def test_where_several_read_those_are_known_who_may(lines: list[dict[str, Any]], seers: str) -> None:
    found = _find_needs(*lines)
    assert " ".join(sorted(found.only_to)) == seers
    assert found.is_shown


def test_all_members_of_a_group_are_known_however_many() -> None:
    assert len(_find_needs({"only": ["S0CROWD"]}).only_to) == 12


def test_a_project_with_ids_for_names_hides_nothing_by_a_line_for_a_name() -> None:
    lines = ({"deny": ["everybody"]}, {"allow": [ADA], "project": "circleci/acme/web"}, {"allow": [LIN]})
    assert _find_needs(*lines, slug="circleci/8e4z1Akd74woxagxnvLT5q/D7bxRpZb2oo1MwkXkxGfTf").only_to == frozenset()


@each_case(
    ("line", "groups", "shown"),
    [
        ({"only": [ADA]}, (), False),
        ({"only": ["S0LEADS"]}, ("S0LEADS",), True),
        ({"only": [ADA], "when": "fri 16:00-mon 08:00"}, (), True),
        ({"only": [ADA], "parameters": {"environment": "production"}}, (), True),
        ({"require": ["everybody"], "approvals": 1, "approvers": [ADA]}, (), False),
        ({"require": ["everybody"], "approvals": 1, "approvers": ["S0LEADS"]}, ("S0LEADS",), True),
    ],
)
def test_who_reads_alone_sees_what_they_may(line: dict[str, Any], groups: tuple[str, ...], shown: bool) -> None:
    found = _find_needs(line, reader=GRACE, groups=groups)
    assert found.is_shown is shown
    assert found.only_to == frozenset()


PRODUCTION = {"require": ["everybody"], "reason": True, "parameters": {"environment": "production"}}


@each_case(
    ("line", "parameters", "in_form"),
    [
        ({"require": ["everybody"], "reason": True}, None, True),
        ({"require": ["everybody"], "confirm": True}, None, True),
        ({"require": ["everybody"], "four-eyes": True}, None, False),
        ({"require": ["everybody"], "reason": True, "hold": "approve-staging"}, None, False),
        ({"require": [LIN], "reason": True}, None, True),
        ({"require": ["everybody"], "reason": True, "when": "fri 16:00-mon 08:00"}, None, True),
        (PRODUCTION, None, True),
        (PRODUCTION, {"environment": "production"}, True),
        (PRODUCTION, {"environment": "staging"}, False),
    ],
)
def test_a_form_opens_where_more_may_be_asked_for(
    line: dict[str, Any], parameters: dict[str, str] | None, in_form: bool
) -> None:
    assert _find_needs(line, parameters=parameters).in_form is in_form


WHO = st.lists(st.sampled_from([ADA, GRACE, LIN, LEADS.id, CROWD.id, "guests", "everybody"]), min_size=1, max_size=2)
WINDOW = parse_window("fri 16:00-mon 08:00")
MOMENTS = [datetime(2026, 11, 27, 12, 0, tzinfo=UTC), datetime(2026, 11, 28, 12, 0, tzinfo=UTC)]
VALUES = [{}, {"environment": "production"}, {"environment": "staging"}]
POLICIES = st.lists(
    st.builds(
        PolicyLine,
        effect=st.sampled_from([*Effect, Effect.REQUIRE]),
        who=WHO.map(tuple),
        scope=st.builds(
            PolicyScope,
            act=st.sampled_from(["approve", "approve", "decline", "decide", "*"]),
            channel=st.sampled_from(["*", "*", "C0DEPLOYS", "C0HOME"]),
            project=st.sampled_from(["*", "*", "gh/acme/web", "gh/acme/api"]),
            branch=st.sampled_from([None, None, "main"]),
            parameters=st.sampled_from([(), (), (("environment", "prod*"),)]),
            when=st.sampled_from([None, None, WINDOW]),
        ),
        demands=st.builds(
            Demands,
            approvals=st.integers(0, 1),
            approvers=WHO.map(lambda who: tuple(one for one in who if one.startswith(("U", "S")))),
            escalates_s=st.sampled_from([None, 60]),
            escalate_to=st.sampled_from([(), (LIN,)]),
        ),
    ),
    min_size=1,
    max_size=4,
)


@given(POLICIES, st.sampled_from([None, *VALUES]), st.booleans())
def test_nobody_is_hidden_from_who_may_approve_at_some_hour_with_some_value(
    lines: list[PolicyLine], known: dict[str, str] | None, guest: bool
) -> None:
    """Now or later, wherever the project is at home: the press decides with what is known then."""
    pipeline = make_pipeline(1).model_copy(update={"project_slug": "gh/acme/web", "branch": "main"})
    snapshot = make_snapshot(pipeline=pipeline).model_copy(update={"parameters": known})
    drawn = build_hold_act(snapshot, pipeline.project, workflow=WORKFLOW, job=HOLD, at=NOW)
    acts = [
        replace(drawn, channel="C0DEPLOYS", at=at, parameters=values, homes=frozenset(homes))
        for at in MOMENTS
        for values in (VALUES if known is None else [known])
        for homes in ((), ("C0HOME",))
    ]
    seers = HoldReaders(lines, (LEADS, CROWD), "C0DEPLOYS").find_needs(snapshot, WORKFLOW, HOLD).only_to
    for user in (ADA, GRACE, LIN, "U01", "U0ELSE"):
        groups = frozenset(one.id for one in (LEADS, CROWD) if user in one.members)
        asker = Asker(user=user, groups=groups, guest=guest)
        if any(_may_approve(lines, asker, act) for act in acts):
            assert not seers or user in seers
            alone = HoldReaders(lines, (LEADS, CROWD), "C0DEPLOYS", asker)
            assert alone.find_needs(snapshot, WORKFLOW, HOLD).is_shown


def _may_approve(lines: list[PolicyLine], asker: Asker, act: Act) -> bool:
    demands = find_demands(lines, asker, act)
    named = {*demands.approvers, *demands.escalate_to} if demands.approvers else set()
    among = not named or not named.isdisjoint({asker.user, *asker.groups})
    return among and decide(lines, asker, act).allowed
