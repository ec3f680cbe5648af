from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.diagnostics.webhook_checks import build_findings
from bot.domain import ProjectSlug
from bot.domain.project_feeds import Hook
from bot.operating.findings import format_line
from tests.plugins.factories import WEB

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
API, OPS, OLD = (ProjectSlug("gh", "acme", name) for name in ("api", "ops", "old"))
FRESH = Hook(WEB, "k", "id", "h", "https://bot/circleci/webhook?hook=k", "T", "U", NOW)
WELL = replace(FRESH, heard_at=NOW, proven_at=NOW)
URL = "https://bot"


def test_without_an_address_there_are_none_and_polling_finds_everything() -> None:
    [found] = build_findings([], [WEB], None)
    assert found.well.startswith("none, because CircleCI cannot reach us (PUBLIC_URL is not set)")


def test_an_address_that_was_taken_away_leaves_webhooks_that_lead_nowhere() -> None:
    assert [format_line(one) for one in build_findings([WELL], [WEB], None)] == [
        (
            "FAIL webhooks — PUBLIC_URL is not set, and webhooks should lead to it: gh/acme/web; "
            "mend: Set it again: `PUBLIC_URL=https://…`."
        )
    ]


def test_what_is_well_is_one_line() -> None:
    others = [replace(WELL, project=API), replace(FRESH, project=OPS)]
    [found] = build_findings([WELL, *others], [WEB, API, OPS, ProjectSlug("gh", "acme", "x")], URL)
    assert found.well == "2 healthy, 1 not heard yet, 1 polled project without one, found by polling"
    assert [one.well for one in build_findings([], [], URL)] == ["none: no project is polled yet"]


def test_each_that_is_not_well_says_what_to_do() -> None:
    sick = [
        replace(WELL, quiet_at=NOW),
        replace(FRESH, project=OLD, quiet_at=NOW),
        replace(FRESH, project=API, refused_at=NOW),
        replace(FRESH, project=OPS, error="Only an admin may."),
    ]
    quiet, never, refused, lost, rest = map(format_line, build_findings(sick, [], URL))
    assert quiet == (
        "FAIL webhooks — The webhook of gh/acme/web is quiet since 2026-11-24 12:00 UTC, and polling has resumed; "
        "mend: Make sure that PUBLIC_URL leads here from outside, then type `/circle webhooks install gh/acme/web`."
    )
    assert never.startswith("FAIL webhooks — The webhook of gh/acme/old has never arrived; polling goes on; mend: ")
    assert "`curl -i https://bot/healthz`" in never
    told = "FAIL webhooks — The webhook of gh/acme/api received something with a wrong signature at 2026-11-24 12:00"
    assert refused.startswith(told)
    assert lost == (
        "FAIL webhooks — The webhook of gh/acme/ops could not be checked: Only an admin may; "
        "mend: As an admin of its organisation type `/circle webhooks install gh/acme/ops`."
    )
    assert rest.startswith("ok ")
