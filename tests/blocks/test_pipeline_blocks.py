from __future__ import annotations

import json

from bot.blocks.pipeline_blocks import PAGE, build_row, build_rows
from bot.circleci.links import Links
from bot.domain import ProjectSlug
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY, NOW, WEB, make_hold, make_pipeline, make_snapshot, make_workflow

LINKS = Links()


def test_a_failed_pipeline_offers_to_rerun_from_failed(golden: Check, valid_blocks: Check) -> None:
    snapshot = make_snapshot((make_workflow(1, "build", "failed"), None), (make_workflow(2, "lint", "success"), None))
    blocks = build_row(snapshot, WEB, links=LINKS, now=NOW)
    valid_blocks(blocks)
    golden("pipeline_row_failed", blocks)


def test_a_held_pipeline_offers_its_hold_or_the_list_of_several(golden: Check, valid_blocks: Check) -> None:
    holds = (make_hold(1, "ship-staging"), make_hold(2, "ship-production"))
    drawn = [
        build_rows(
            [make_snapshot((make_workflow(1, "release", "on_hold", ended=False), held))] * times,
            WEB,
            links=LINKS,
            now=NOW,
        )
        for held, times in ((holds, 1), (holds[:1], 1), (holds[:1], 2))
    ]
    for blocks in drawn:
        valid_blocks(blocks)
    golden("pipeline_row_held", dict(zip(("several", "one", "one_in_each_row"), drawn, strict=True)))
    styles = [[block["accessory"].get("style") for block in blocks] for blocks in drawn]
    assert styles == [[None], ["primary"], [None, None]], "primary where it is the one act that is due"
    button = drawn[1][0]["accessory"]
    assert button["text"]["text"] == "Approve", "a phone cuts a longer one"
    assert button["confirm"]["title"]["text"] == "Approve ship-staging"


def test_of_two_failed_workflows_one_is_chosen_in_their_list() -> None:
    snapshot = make_snapshot((make_workflow(1, "build", "failed"), None), (make_workflow(2, "lint", "failed"), None))
    shown = get_text(build_row(snapshot, WEB, links=LINKS, now=NOW))
    assert "Show all 2 that failed" in shown
    assert "Rerun from failed" not in shown


def test_what_still_runs_says_for_how_long() -> None:
    snapshot = make_snapshot((make_workflow(1, "build", "running", ended=False), None))
    assert "for 9m" in get_text(build_row(snapshot, WEB, links=LINKS, now=NOW))


def test_what_never_ran_does_not_seem_to_run() -> None:
    errored = make_snapshot(pipeline=make_pipeline(state="errored"))
    shown = get_text(build_row(errored, WEB, links=LINKS, now=NOW))
    assert "config error" in shown
    assert "for 10m" not in shown


def test_a_full_page_of_the_worst_still_fits_into_a_message(valid_blocks: Check) -> None:
    commit = {"branch": "b" * 300, "commit": {"subject": NASTY}}
    nasty = make_pipeline(vcs=commit, trigger={"type": "api", "actor": {"login": NASTY}})
    holds = tuple(make_hold(number, f"{number}{NASTY}") for number in range(9))
    runs = [(make_workflow(number, f"{number}{NASTY}", "on_hold", ended=False), holds) for number in range(9)]
    blocks = build_rows([make_snapshot(*runs, pipeline=nasty)] * PAGE, WEB, links=LINKS, now=NOW)
    valid_blocks(blocks)
    assert len(json.dumps(blocks)) < 12_000
    assert get_text(blocks).count("Show 81 Holds") == PAGE
    told = [block for block in blocks if block["type"] == "section"]
    assert "<!channel>" not in get_text(told)  # the labels of buttons are plain text: Slack reads no mention in them


def test_in_a_list_over_several_projects_each_row_says_whose_it_is() -> None:
    mobile = ProjectSlug("circleci", "org-id", "project-id")
    opaque = make_snapshot(pipeline=make_pipeline(7, project_slug=str(mobile)))
    shown = get_text(build_rows([make_snapshot(), opaque], None, links=LINKS, now=NOW, names={mobile: "Acme/mobile"}))
    assert "|acme/web #341>" in shown
    assert "|Acme/mobile #7>" in shown
