from __future__ import annotations

from bot.blocks import deploy_timeline_blocks, kit
from bot.circleci.deploy_timeline import build_deploy_timeline
from tests.blocks.test_deploy_blocks import PROJECT
from tests.circleci.test_deploy_metrics import release
from tests.circleci.test_deploy_timeline import RELEASES
from tests.plugins.block_kit import Check
from tests.plugins.factories import NASTY, NOW

TITLE = deploy_timeline_blocks.format_title(PROJECT)


def test_what_runs_where_and_how_many_went_wrong(golden: Check, valid_blocks: Check) -> None:
    timeline = build_deploy_timeline([*RELEASES, release(1, NASTY, "failed", environment_id="other")], NOW)
    labels = [NASTY, "staging", "production"]
    blocks = list(deploy_timeline_blocks.render(TITLE, labels, timeline, is_cut=True).blocks)
    valid_blocks(blocks)
    golden("deploy-timeline", blocks)


def test_a_hundred_and_more_places_are_counted(valid_blocks: Check) -> None:
    releases = [release(number + 1, "1", environment_id=str(number)) for number in range(120)]
    timeline = build_deploy_timeline(releases, NOW)
    drawn = deploy_timeline_blocks.render(TITLE, [str(n) for n in range(120)], timeline, is_cut=False)
    valid_blocks(list(drawn.blocks))
    assert "21 more" in str(drawn.blocks)


def test_long_names_are_shown_as_far_as_a_message_goes(valid_blocks: Check) -> None:
    releases = [release(number + 1, "v" * 200, environment_id=str(number)) for number in range(90)]
    drawn = list(
        deploy_timeline_blocks.render(
            TITLE, ["x" * 300] * 90, build_deploy_timeline(releases, NOW), is_cut=False
        ).blocks
    )
    valid_blocks(drawn)
    assert kit.count_chars(drawn) <= kit.ROOM
    assert "more" in str(drawn[-1])
