from __future__ import annotations

from bot.blocks.difference_blocks import render
from bot.circleci.links import Links, build_compare_url
from bot.circleci.models import Pipeline
from bot.circleci.run_difference import Difference
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY, make_pipeline, make_workflow

REPOSITORY = "https://github.com/acme/web"


def _pipeline(number: int, subject: str) -> Pipeline:
    vcs = {"branch": "main", "revision": f"{number:040x}", "commit": {"subject": subject}}
    return make_pipeline(number, vcs=vcs | {"origin_repository_url": REPOSITORY})


NOW, BETWEEN, GREEN = _pipeline(343, "Round up"), _pipeline(342, "Round down"), _pipeline(341, "All is well")
RUN, GREEN_RUN = make_workflow(3, "build", "failed"), make_workflow(1, "build", "success")


def test_commits_parameters_jobs_and_config_since_the_last_green_run(golden: Check, valid_blocks: Check) -> None:
    found = Difference(
        other=GREEN,
        other_run=GREEN_RUN,
        pipelines=[NOW, BETWEEN],
        parameters=[("replicas", "2", "5"), ("new", None, "yes")],
        jobs=[("test", "success", "failed"), ("gone", "success", None)],
        config_changed=True,
    )
    drawn = render(found, NOW, RUN, links=Links())
    valid_blocks(drawn)
    golden("compare", drawn)


def test_without_any_change_each_part_says_so(valid_blocks: Check) -> None:
    found = Difference(other=GREEN, other_run=GREEN_RUN, pipelines=[GREEN], config_changed=False)
    drawn = render(found, GREEN, RUN, links=Links())
    valid_blocks(drawn)
    shown = get_text(drawn)
    assert "It is the same commit" in shown
    assert "No pipeline parameter changed." in shown
    assert "Open the Changes" not in shown


def test_very_many_changes_fit(valid_blocks: Check) -> None:
    many = [(f"{number} {NASTY}", NASTY, NASTY) for number in range(99)]
    found = Difference(GREEN, GREEN_RUN, [_pipeline(number, NASTY) for number in range(400, 425)], many, many)
    valid_blocks(render(found, NOW, RUN, links=Links()))


def test_each_host_has_its_own_page_of_changes() -> None:
    old, new = "a" * 40, "b" * 40
    assert build_compare_url(REPOSITORY, old, new) == f"{REPOSITORY}/compare/{old}...{new}"
    assert (
        build_compare_url("https://gitlab.com/a/b/c", old, new) == f"https://gitlab.com/a/b/c/-/compare/{old}...{new}"
    )
    assert build_compare_url("https://bitbucket.org/a/b", old, new) == (
        f"https://bitbucket.org/a/b/branches/compare/{new}%0D{old}"
    )
    for url in (None, "", "javascript:alert(1)", "https://github.com/a", "https://x/a/b|<!channel>"):
        assert build_compare_url(url, old, new) is None
    assert build_compare_url(REPOSITORY, "main", new) is None
