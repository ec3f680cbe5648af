from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.domain import ProjectSlug
from bot.domain.project_feeds import Hook
from bot.operating.doctor_webhooks import build_findings
from tests.plugins.factories import WEB

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
API, OPS = ProjectSlug("gh", "acme", "api"), ProjectSlug("gh", "acme", "ops")
FRESH = Hook(WEB, "k", "id", "h", "https://bot/circleci/webhook?hook=k", "T", "U", NOW)
WELL = replace(FRESH, heard_at=NOW, proven_at=NOW)
URL = "https://bot"


def test_without_an_address_there_are_none_and_polling_finds_everything() -> None:
    [(what, mend)] = build_findings([], [WEB], None)
    assert what.startswith("none, because CircleCI cannot reach us (PUBLIC_URL is not set)")
    assert mend == ""


def test_an_address_that_was_taken_away_leaves_webhooks_that_lead_nowhere() -> None:
    assert list(build_findings([WELL], [WEB], None)) == [
        ("PUBLIC_URL is not set, but 1 webhook should lead to it", "set PUBLIC_URL again")
    ]


def test_what_is_well_is_one_line() -> None:
    others = [replace(WELL, project=API), replace(FRESH, project=OPS)]
    assert list(build_findings([WELL, *others], [WEB, API, OPS, ProjectSlug("gh", "acme", "x")], URL)) == [
        ("2 healthy, 1 not heard yet, 1 polled project without one, found by polling", "")
    ]
    assert list(build_findings([], [], URL)) == [("none: no project is polled yet", "")]


def test_each_that_is_not_well_says_what_to_do() -> None:
    sick = [
        replace(FRESH, quiet_at=NOW),
        replace(FRESH, project=API, refused_at=NOW),
        replace(FRESH, project=OPS, error="Only an admin may."),
    ]
    quiet, refused, lost, rest = build_findings(sick, [], URL)
    assert quiet == (
        "that of gh/acme/web is quiet since 2026-11-24 12:00 UTC, and polling has resumed",
        "make sure that PUBLIC_URL leads here from outside, then type `/circle webhooks install gh/acme/web`",
    )
    assert refused[0].startswith(
        "that of gh/acme/api received something with a wrong signature on 2026-11-24 12:00 UTC"
    )
    assert lost == (
        "that of gh/acme/ops could not be checked: Only an admin may",
        "as an admin of its organisation type `/circle webhooks install gh/acme/ops`",
    )
    assert rest[1] == ""
