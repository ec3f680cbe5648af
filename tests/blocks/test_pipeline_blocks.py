from __future__ import annotations

import json

from bot.blocks.pipeline_blocks import PAGE, row, rows
from bot.circleci.links import Links
from bot.domain import ProjectSlug
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import text_of
from tests.plugins.factories import NASTY, NOW, WEB, a_hold, a_pipeline, a_snapshot, a_workflow

LINKS = Links()


def test_a_failed_pipeline_offers_to_rerun_from_failed(golden: Check, valid_blocks: Check) -> None:
    snapshot = a_snapshot((a_workflow(1, "build", "failed"), None), (a_workflow(2, "lint", "success"), None))
    blocks = row(snapshot, WEB, links=LINKS, now=NOW)
    valid_blocks(blocks)
    golden("pipeline_row_failed", blocks)


def test_a_held_pipeline_offers_each_of_its_holds(golden: Check, valid_blocks: Check) -> None:
    holds = (a_hold(1, "ship-staging"), a_hold(2, "ship-production"))
    snapshot = a_snapshot((a_workflow(1, "release", "on_hold", ended=False), holds))
    blocks = row(snapshot, WEB, links=LINKS, now=NOW)
    valid_blocks(blocks)
    golden("pipeline_row_held", blocks)


def test_of_two_failed_workflows_each_has_its_button_by_name() -> None:
    snapshot = a_snapshot((a_workflow(1, "build", "failed"), None), (a_workflow(2, "lint", "failed"), None))
    shown = text_of(row(snapshot, WEB, links=LINKS, now=NOW))
    assert "Rerun build from failed" in shown
    assert "Rerun lint from failed" in shown


def test_what_still_runs_says_for_how_long() -> None:
    snapshot = a_snapshot((a_workflow(1, "build", "running", ended=False), None))
    assert "for 9m" in text_of(row(snapshot, WEB, links=LINKS, now=NOW))


def test_what_never_ran_does_not_seem_to_run() -> None:
    errored = a_snapshot(pipeline=a_pipeline(state="errored"))
    shown = text_of(row(errored, WEB, links=LINKS, now=NOW))
    assert "config error" in shown
    assert "for 10m" not in shown


def test_a_full_page_of_the_worst_still_fits_into_a_message(valid_blocks: Check) -> None:
    commit = {"branch": "b" * 300, "commit": {"subject": NASTY}}
    nasty = a_pipeline(vcs=commit, trigger={"type": "api", "actor": {"login": NASTY}})
    holds = tuple(a_hold(number, f"{number}{NASTY}") for number in range(9))
    runs = [(a_workflow(number, f"{number}{NASTY}", "on_hold", ended=False), holds) for number in range(9)]
    blocks = rows([a_snapshot(*runs, pipeline=nasty)] * PAGE, WEB, links=LINKS, now=NOW)
    valid_blocks(blocks)
    assert len(json.dumps(blocks)) < 12_000
    assert text_of(blocks).count("Details") == PAGE
    told = [block for block in blocks if block["type"] == "section"]
    assert "<!channel>" not in text_of(told)  # the labels of buttons are plain text: Slack reads no mention in them


def test_in_a_list_over_several_projects_each_row_says_whose_it_is() -> None:
    mobile = ProjectSlug("circleci", "org-id", "project-id")
    opaque = a_snapshot(pipeline=a_pipeline(7, project_slug=str(mobile)))
    shown = text_of(rows([a_snapshot(), opaque], None, links=LINKS, now=NOW, names={mobile: "Acme/mobile"}))
    assert "|gh/acme/web #341>" in shown
    assert "|Acme/mobile #7>" in shown
