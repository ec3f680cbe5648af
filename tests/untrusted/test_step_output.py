from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.untrusted.step_output import KEPT_BYTES, KEPT_CHARS, StepOutput, parse_step_output
from tests.plugins.each_case import each_case


def kept_of(raw: bytes, chunk: int = 16_384) -> StepOutput:
    kept = StepOutput()
    for start in range(0, len(raw), chunk):
        kept.add(raw[start : start + chunk])
    return kept


def read(raw: bytes, chunk: int = 16_384) -> tuple[str, bool]:
    kept = kept_of(raw, chunk)
    return parse_step_output(kept.raw, cut=kept.cut)


def whole_lines(text: str) -> str:
    return text[-KEPT_CHARS:].partition("\n")[2]


def printed(*messages: str | None) -> bytes:
    return json.dumps([{"message": text, "type": "out", "time": "2026-11-23T09:00:00Z"} for text in messages]).encode()


def test_messages_are_joined_as_they_were_printed() -> None:
    assert read(printed("one\r\n", None, "two “quoted”\n")) == ("one\r\ntwo “quoted”\n", False)


@each_case("raw", [b"plain text", b"[1, 2", b'{"message": "x"}', b"", b"[" * 200_000])
def test_what_is_not_such_an_array_is_taken_as_it_is(raw: bytes) -> None:
    assert read(raw) == (raw.decode()[-KEPT_CHARS:], False)


def test_broken_bytes_do_not_break_it() -> None:
    assert read(b'[{"message": "a\xff"}]') == ("a\ufffd", False)


def test_one_huge_message_keeps_its_end_in_whole_lines() -> None:
    text = "".join(f'line {n} "quoted" \\ back\n' for n in range(100_000))
    assert read(printed(text)) == (whole_lines(text), True)


def test_many_messages_keep_their_end_in_whole_lines() -> None:
    lines = [f"line {n}\n" for n in range(100_000)]
    assert read(printed(*lines)) == (whole_lines("".join(lines)), True)


def test_a_secret_whose_beginning_is_gone_is_gone_whole() -> None:
    text, cut = read(printed("x" * 1000 + "ghp_" + "s" * 100 + "\n" + "y" * (KEPT_CHARS - 50)))
    assert cut
    assert text == "y" * (KEPT_CHARS - 50)


def test_no_more_is_held_than_needed() -> None:
    raw = b"x" * (KEPT_BYTES * 3)
    assert len(kept_of(raw).raw) < KEPT_BYTES + 16_384
    assert read(raw) == ("x" * KEPT_CHARS, True)


@each_case("unit", [b"\\n", b"\\", b'"', b'"message": "', b"\\n\\", b'{"message": "\\n'])
def test_of_huge_nonsense_no_more_is_told(unit: bytes) -> None:
    assert len(read(unit * (3_000_000 // len(unit)))[0]) <= KEPT_CHARS


@given(st.lists(st.text(max_size=40), max_size=30), st.integers(1, 64))
def test_the_size_of_the_chunks_does_not_matter(messages: list[str], chunk: int) -> None:
    assert read(printed(*messages), chunk) == ("".join(messages), False)
