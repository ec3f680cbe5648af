from __future__ import annotations

from datetime import timedelta

import pytest

from bot.blocks import deploy_report_blocks
from bot.circleci.deploy_verdicts import judge_releases
from tests.blocks.test_deploy_blocks import PROJECT
from tests.circleci.test_deploy_metrics import WEEK_H, measure, release
from tests.pictures import test_charts
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY, NOW

SINCE = NOW - timedelta(weeks=8)
TITLE = deploy_report_blocks.format_title(PROJECT, NASTY, 8)


@pytest.mark.parametrize("drawn", [True, False])
def test_four_numbers_each_with_how_many_it_is_made_of(golden: Check, valid_blocks: Check, *, drawn: bool) -> None:
    metrics = test_charts.deploys().metrics
    blocks = deploy_report_blocks.render(TITLE, metrics, is_cut=False, since=SINCE, drawn=drawn).blocks
    valid_blocks(list(blocks))
    golden("deploy-report" if drawn else "deploy-report-without-picture", list(blocks))


@pytest.mark.parametrize(
    ("hours", "is_cut", "said"),
    [
        ([30 * WEEK_H, 5], False, "Each deploy that ended is an attempt"),
        ([30, 5], False, "The first deploy was on 2 Nov 2026: that is too short for deploys a week. Each"),
        ([3 * WEEK_H, 5], False, "The first deploy was on 13 Oct 2026: the numbers begin there. Each"),
        ([3 * WEEK_H, 5], True, "too many deploys to read them all: the numbers begin on 13 Oct 2026. Each"),
    ],
)
def test_how_far_back_the_numbers_go_is_said(hours: list[int], said: str, *, is_cut: bool) -> None:
    metrics = measure([release(each, str(each)) for each in hours])
    drawn = deploy_report_blocks.render(TITLE, metrics, is_cut=is_cut, since=SINCE)
    assert said in get_text(drawn.blocks)


def test_where_no_deploy_ended_lately_the_newest_one_is_named() -> None:
    long_ago = judge_releases([release(30 * WEEK_H, "1")])
    assert "The newest one ended on 7 Apr 2026" in get_text(deploy_report_blocks.render_nothing(TITLE, long_ago).blocks)
    assert "newest" not in get_text(deploy_report_blocks.render_nothing(TITLE, []).blocks)
