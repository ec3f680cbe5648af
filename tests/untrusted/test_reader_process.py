"""Readings in a process of their own: what they find, and what becomes of one that takes too much."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from bot.untrusted import reader_process
from bot.untrusted.config_declarations import read_declarations
from bot.untrusted.coverage_reports import read_coverage
from tests.plugins import bad_readers

FLAT = "parameters:\n" + "".join(f"  p{number}: {{type: integer, default: {number}}}\n" for number in range(900))
LCOV = b"LF:4\nLH:3\n"


def children() -> set[str]:
    return set(Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split())


async def test_what_is_read_apart_is_what_is_read_in_place() -> None:
    here, there = (
        read_declarations(None, FLAT.encode()),
        await reader_process.run_reader(read_declarations, None, FLAT.encode()),
    )
    assert there == ([list(one) for one in here[0]], here[1])
    assert await reader_process.run_reader(read_coverage, "lcov.info", LCOV, at_once=0) == (75.0, b"")


async def test_several_are_read_one_after_the_other() -> None:
    before = children()
    found = await asyncio.gather(
        *(reader_process.run_reader(read_coverage, "lcov.info", LCOV, at_once=0) for _ in range(5))
    )
    assert found == [(75.0, b"")] * 5
    assert children() == before


@pytest.mark.parametrize("reader", [bad_readers.spin_forever, bad_readers.exhaust_memory, bad_readers.raise_error])
async def test_a_reading_that_takes_too_much_is_ended_and_told(reader: reader_process.Reader) -> None:
    before = children()
    with pytest.raises(reader_process.TooLarge):
        await reader_process.run_reader(reader, None, b"text", at_once=0, cpu_s=1)
    assert children() == before


async def test_a_reading_that_nobody_waits_for_any_more_is_ended() -> None:
    before = children()
    asking = asyncio.create_task(reader_process.run_reader(bad_readers.spin_forever, None, b"text", at_once=0))
    while children() == before:  # noqa: ASYNC110 - nothing tells us of a child
        await asyncio.sleep(0.01)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert children() == before


async def test_the_process_of_a_reading_knows_nothing_of_ours() -> None:
    names, _ = await reader_process.run_reader(bad_readers.list_environment, None, b"text", at_once=0)
    assert set(names) <= {"PYTHONPATH", "LC_CTYPE", "PWD", "SHLVL", "_"}
