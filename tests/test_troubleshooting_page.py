"""docs/troubleshooting.md has every symptom, by what one sees in Slack and in the log, in the words of the code."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from bot.diagnostics import SYMPTOMS
from bot.domain.symptoms import Symptom
from tests.test_logs_page import list_calls, read_event

CHECKOUT = Path(__file__).parents[1]
PATH = CHECKOUT / "docs" / "troubleshooting.md"
BEGIN, END = "<!-- symptoms -->", "<!-- /symptoms -->"
OF_SLACK = {"dispatch_failed", "operation_timeout"}
"""Slack's own words."""


@cache
def _read_code() -> str:
    files = (CHECKOUT / "bot").rglob("*.py")
    return "\n".join(path.read_text("utf-8") for path in files if "_symptoms" not in path.name)


def _fill(sentence: str, symptom: Symptom) -> str:
    """Each value by its name, the command as code."""
    command = re.sub(r"{(\w+)}", lambda found: found[1].upper(), symptom.command)
    named = sentence.replace("{command}", f"`{command}`")
    return re.sub(r"{(\w+)}", r"*\1*", named)


def _build_index(head: str, entries: Iterable[tuple[str, Symptom]]) -> Iterator[str]:
    found: dict[str, list[str]] = defaultdict(list)
    for seen, symptom in entries:
        found[seen].append(f"[{symptom.key}](#{symptom.key})")
    yield from (head, "|---|---|", *(f"| {seen} | {', '.join(keys)} |" for seen, keys in found.items()))


def _build_section(one: Symptom) -> Iterator[str]:
    where = f" Check: `{one.check}`." if one.check else ""
    logged = f" In the log: `{one.logged}`." if one.logged else ""
    yield from (f"### {one.key}", "", _fill(one.says, one), "")
    yield from (
        f"- Looks at {one.looks_at}.{where}",
        f"- In Slack: {one.seen}{logged}",
        f"- {_fill(one.mend, one)}",
        "",
    )


def _build() -> str:
    lines = ["", "## What you see in Slack", ""]
    lines += _build_index("| you see | it may be |", ((one.seen, one) for one in SYMPTOMS))
    lines += ["", "## What the log says", ""]
    lines += _build_index("| event | it may be |", ((f"`{one.logged}`", one) for one in SYMPTOMS if one.logged))
    lines += ["", "## Every symptom", ""]
    return "\n".join([*lines, *(line for one in SYMPTOMS for line in _build_section(one))])


def test_the_page_has_every_symptom() -> None:
    before, _, rest = PATH.read_text("utf-8").partition(BEGIN)
    shown, _, after = rest.partition(END)
    if os.environ.get("UPDATE_GOLDEN"):
        PATH.write_text(f"{before}{BEGIN}{_build()}{END}{after}", encoding="utf-8")
    else:
        assert shown == _build(), "run: make golden"


def test_names_are_names_and_each_is_there_once() -> None:
    keys = [one.key for one in SYMPTOMS]
    assert len(keys) == len(set(keys)) > 30
    assert all(re.fullmatch(r"[a-z_]+", key) for key in keys)
    assert all(one.command and "{command}" in one.mend for one in SYMPTOMS)


def test_what_people_see_and_what_the_log_says_is_in_the_code() -> None:
    code, logged = _read_code(), {read_event(call) for _level, call in list_calls()}
    quoted = {words: one.key for one in SYMPTOMS for words in re.findall(r"“([^”]+)”", one.seen)}
    assert not {words: key for words, key in quoted.items() if words not in OF_SLACK and words not in code}
    assert not {one.key: one.logged for one in SYMPTOMS if one.logged and one.logged not in logged}


def test_each_symptom_is_found_by_a_check() -> None:
    names = set(re.findall(r"\b[A-Z_]+\b", _read_code()))
    assert not {one.key for one in SYMPTOMS if one.key.upper() not in names}


def test_each_symptom_is_shown_by_a_test() -> None:
    tests = "\n".join(path.read_text("utf-8") for path in (CHECKOUT / "tests").rglob("test_*.py"))
    words = {one.key: max(re.split(r"\{\w+\}", one.says), key=len).strip(" :.(")[:40] for one in SYMPTOMS}
    assert not {key: said for key, said in words.items() if said not in tests and key.upper() not in tests}
