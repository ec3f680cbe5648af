from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.circleci.output import KEPT_BYTES, KEPT_CHARS, Tail


def tail_of(raw: bytes, chunk: int = 16_384) -> Tail:
    tail = Tail()
    for start in range(0, len(raw), chunk):
        tail.add(raw[start : start + chunk])
    return tail


def printed(*messages: str | None) -> bytes:
    return json.dumps([{"message": text, "type": "out", "time": "2026-11-23T09:00:00Z"} for text in messages]).encode()


def test_messages_are_joined_as_they_were_printed() -> None:
    assert tail_of(printed("one\r\n", None, "two “quoted”\n")).text() == "one\r\ntwo “quoted”\n"


@pytest.mark.parametrize("raw", [b"plain text", b"[1, 2", b'{"message": "x"}', b""])
def test_what_is_not_such_an_array_is_taken_as_it_is(raw: bytes) -> None:
    assert tail_of(raw).text() == raw.decode()


def test_broken_bytes_do_not_break_it() -> None:
    assert tail_of(b'[{"message": "a\xff"}]').text() == "a\ufffd"


def test_one_huge_message_keeps_its_end() -> None:
    text = "".join(f'line {n} "quoted" \\ back\n' for n in range(100_000))
    tail = tail_of(printed(text))
    assert tail.cut
    assert tail.text() == text[-KEPT_CHARS:]


def test_many_messages_keep_their_end() -> None:
    lines = [f"line {n}\n" for n in range(100_000)]
    tail = tail_of(printed(*lines))
    assert tail.cut
    assert tail.text() == "".join(lines)[-KEPT_CHARS:]


def test_no_more_is_held_than_needed() -> None:
    tail = tail_of(b"x" * (KEPT_BYTES * 3))
    assert sum(len(chunk) for chunk in tail._chunks) < KEPT_BYTES + 16_384
    assert tail.text() == "x" * KEPT_CHARS


@pytest.mark.parametrize("unit", [b"\\n", b"\\", b'"', b'"message": "', b"\\n\\", b'{"message": "\\n'])
def test_no_huge_nonsense_takes_long(unit: bytes) -> None:
    assert len(tail_of(unit * (3_000_000 // len(unit))).text()) <= KEPT_CHARS


@given(st.lists(st.text(max_size=40), max_size=30), st.integers(1, 64))
def test_the_size_of_the_chunks_does_not_matter(messages: list[str], chunk: int) -> None:
    assert tail_of(printed(*messages), chunk).text() == "".join(messages)
