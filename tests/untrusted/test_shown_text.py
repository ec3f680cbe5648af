"""What strangers wrote is cut, then cleaned, then masked, and no half of a secret is shown."""

from __future__ import annotations

import asyncio
import json

from hypothesis import given
from hypothesis import strategies as st

from bot.untrusted.shown_text import TOO_LARGE, sanitize_excerpt, sanitize_output, sanitize_texts
from bot.untrusted.step_output import StepOutput

SECRET = "ghp_" + "s3cr3t" * 6
NAMES = ("DB_PASSWORD", "OTHER")


def printed(*messages: str) -> StepOutput:
    kept = StepOutput(most_bytes=8_000_000)
    kept.add(json.dumps([{"message": message} for message in messages]).encode())
    return kept


async def test_a_text_is_cleaned_and_masked_and_shortened() -> None:
    said = [("\x1b[1mtest\x1b[0m one", 100), (f"token {SECRET} sent", 100), ("word " * 100, 20), ("hunter22 word", 20)]
    assert await sanitize_texts(said, NAMES) == ["test one", "token **** sent", "word word word word…", "hunter22 word"]


async def test_many_texts_are_read_apart_as_they_are_in_place() -> None:
    said = [(f"\x1b[1mtest\x1b[0m {number} {SECRET}", 100) for number in range(300)]
    assert await sanitize_texts(said) == [f"test {number} ****" for number in range(300)]


async def test_texts_of_any_length_cost_what_is_shown_of_them() -> None:
    """Twenty megabytes of them, of which each would take seconds if it were cleaned whole."""
    said = [("\x1b[0m a" * 200_000, 2000) for _ in range(20)]
    shown = await sanitize_texts(said)
    assert TOO_LARGE not in shown
    assert max(map(len, shown)) <= 2000


@given(st.integers(0, 400), st.sampled_from(["word ", "w", "\x1b[0m ", "x\n", "\x1b[31;1m\n"]))
def test_the_place_of_the_cut_never_tells_half_a_secret(before: int, filling: str) -> None:
    (shown,) = asyncio.run(sanitize_texts([(f"{filling * before} {SECRET} {filling * 400}", 200)]))
    assert "s3cr" not in shown


async def test_an_ending_is_the_last_lines_and_the_reason() -> None:
    log = printed("\x1b[31mError: no such cart\x1b[0m\n", "DB_PASSWORD=hunter22\n", "told hunter22\n")
    end = await sanitize_excerpt(log, NAMES, 2)
    assert end.lines == ("DB_PASSWORD=****", "told ****")
    assert end.first_error == "Error: no such cart"


async def test_a_large_log_is_read_apart_as_a_small_one_is_in_place() -> None:
    end = await sanitize_excerpt(
        printed("Error: no such cart\n", "DB_PASSWORD=hunter22\n" * 5000, "told hunter22\n"), NAMES, 2
    )
    assert end.lines == ("DB_PASSWORD=****", "told ****")
    assert end.first_error == "Error: no such cart"


async def test_a_whole_log_comes_as_a_file_and_says_when_it_was_longer() -> None:
    assert await sanitize_output(printed("one\r\n", f"\x1b[1m{SECRET}\x1b[0m\n"), ()) == (b"one\n****\n", False)
    text, cut = await sanitize_output(printed(*["x" * 99 + "\n"] * 40_000), ())
    assert cut
    assert 2_900_000 < len(text) <= 3_000_000
