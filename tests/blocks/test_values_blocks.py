from __future__ import annotations

from bot.blocks import values_blocks
from tests.plugins.block_kit import Check
from tests.plugins.factories import NASTY, make_id

VALUES = {
    "pipeline.parameters.deploy": True,
    "pipeline.parameters.note": "two\nlines",
    "pipeline.number": 341,
    "pipeline.git.tag": "",
    "pipeline.git.branch": "main",
}


def test_a_table_is_aligned_with_the_parameters_last(golden: Check, valid_blocks: Check) -> None:
    blocks = values_blocks.render(
        "5 values of #341", "#341 on `main`", values_blocks.format_table(VALUES), pipeline_id=make_id(341)
    )
    valid_blocks(blocks)
    golden("values", blocks)


def test_the_largest_table_that_is_said_to_fit_does(valid_blocks: Check) -> None:
    lines: list[str] = []
    while values_blocks.fits_in_message([*lines, NASTY]):
        lines.append(NASTY)
    valid_blocks(values_blocks.render("title", "about", lines, pipeline_id=make_id(1)))
    assert lines


def test_a_value_that_looks_like_a_secret_is_masked() -> None:
    (line,) = values_blocks.format_table({"pipeline.parameters.x": "ghp_" + "a1" * 18})
    assert line == "pipeline.parameters.x  ****"
