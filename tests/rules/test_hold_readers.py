"""Who sees *Approve*, and where it opens a form: as the policy says, and never less than who may."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.slack_groups import UserGroup
from bot.rules.hold_readers import HoldNeeds, HoldReaders
from bot.rules.policy_decision import Asker
from bot.rules.policy_plain import from_plain
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


@pytest.mark.parametrize(
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
        ([{"only": [ADA]}, {"allow": [LIN], "when": "fri 16:00-mon 08:00"}], f"{ADA} {LIN}"),
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


@pytest.mark.parametrize(
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


@pytest.mark.parametrize(
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
