"""Texts as somebody writes them who wants to stop us, and everything of ours that reads texts of strangers.

`python -m tests.plugins.hostile_texts [READER ...]` has every reader read every text, each within a limit of processor
time, and is killed by the kernel at the first that takes longer. The last line it says is what it read.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import islice

from bot.circleci.api_request import ApiResponse
from bot.circleci.failure_causes import Signs, find_cause
from bot.circleci.http_errors import parse_message
from bot.circleci.job_steps import find_ssh_command
from bot.circleci.links import CLOUD, Link, build_compare_url, select_app_addresses
from bot.commands.artifacts.zip_files import ZipItem, sanitise_path, zip_files
from bot.errors import Unavailable
from bot.untrusted.addresses import find_addresses
from bot.untrusted.config_declarations import read_declarations
from bot.untrusted.coverage_reports import read_coverage
from bot.untrusted.job_log import find_first_error, get_last_lines
from bot.untrusted.masking import mask_secrets
from bot.untrusted.shown_text import read_excerpt, read_output, read_texts
from bot.untrusted.telling_lines import find_telling_lines
from bot.untrusted.terminal import clean_terminal_text
from tests.plugins.redos_attacks import build_attacks, collect_patterns, run_limited

SIZE = 60_000
"""Bytes of a text. Linear readers take some 20 ms for it, and the worst of them 300; quadratic ones many seconds."""
LIMIT_S = 1.0

_SECRETS = (
    *("-----BEGIN PRIVATE KEY", "PRIVATE KEY", "-----END PRIVATE KEY-----", "password=", '"token": ', "a=", "ghp_a"),
    *("://a:b@", "Bearer ", "--password ", "curl -u a:", "NAME_1=", "NAME_1=value1\n", "NAME_1='", "$NAME_1", "eyJ"),
)
_FILES = (
    *("<coverage ", "<coverage", '<metrics statements="1" ', '<counter type="LINE" missed="1" ', "LF:9\n", "<", ">"),
    *("&a ", "*a ", "<<: *a\n", "? ", "!!x ", "a: &a [*a]\n", "- - ", "%TAG ! x\n", "a:\n", "9", "1.", "line-rate='"),
)
_PRINTED = (
    *("\x1b[", "\x1b]8;;", "\x1bP", "\x1b[31;1mx", "a\b", "\b", "\r", "a\r", "\n", " ", "\t ", " \n", "\u202e", "\x00"),
    *(
        '"message":"',
        '{"message":"',
        "\\n",
        '\\"',
        "\\",
        '"',
        "'",
        "Error: ",
        "Error",
        "a.",
        "A.",
        "error ",
        "npm ERR! ",
    ),
    *("é", "😀", "\ufeff", "x, "),
)
_NAMED = ("a/", "../", "//", "https://a/", "&lt;", "ssh -p 1 ", "ssh -a -a ", "gh/a/", "#", "|")
_DEEP = ("[", "{", '{"a":', "(", "<a>", "- ", "x: [", "[{", "a: {b: ")
_ENCODED = ("utf-16", "utf-32-be", "utf-7")


def build_texts() -> Iterator[tuple[str, bytes]]:
    """Repeated, deep and closed again, wide, in other encodings, broken; and each pattern of the room pumped."""
    for unit in _SECRETS + _FILES + _PRINTED + _NAMED:
        yield f"{unit!r} again and again", (unit * SIZE).encode()[:SIZE]
        yield f"x: {unit!r} again and again", b"x: " + (unit * SIZE).encode()[:SIZE] + b"!"
    for unit in _DEEP:
        yield f"{unit!r} deep", (unit * SIZE).encode()[:SIZE]
    yield "lists in lists", b"[" * (SIZE // 2) + b"]" * (SIZE // 2)
    yield "messages", json.dumps([{"message": f"NAME_{number}=value{number}\n"} for number in range(2500)]).encode()
    yield "parameters", b"parameters:\n" + b"".join(b"  p%d: {}\n" % number for number in range(SIZE // 12))
    for encoding in _ENCODED:
        yield f"in {encoding}", ("Error: é [password=x]\n" * SIZE).encode(encoding)[:SIZE]
    yield "broken UTF-8", b"\xff\xc3(\xed\xa0\x80" * (SIZE // 6)
    yield "half characters", json.dumps([{"message": "\ud800" * (SIZE // 6)}]).encode()
    for name, pattern, _ in collect_patterns():
        if name.startswith("bot.untrusted"):
            yield from ((f"{name} pumped", text.encode()[:SIZE]) for text in islice(build_attacks(pattern), 1))


_NAMES = [f"NAME_{number}" for number in range(500)]
_ASKED = {"cut": False, "names": _NAMES, "lines": 30, "most": [SIZE]}


def _read_shown(text: bytes) -> None:
    said = text.decode("utf-8", "replace")
    read_texts(_ASKED, json.dumps([said]).encode())
    find_first_error(said)
    get_last_lines(mask_secrets(clean_terminal_text(said)), 60)
    find_ssh_command(said)
    find_cause(Signs("failed", said=[said], printed=[said]))


def _read_alone(read: Callable[[str], object], text: bytes) -> None:
    read(text.decode("utf-8", "replace"))


def _read_names(text: bytes) -> None:
    said = text.decode("utf-8", "replace")
    Link.parse(said)
    build_compare_url(said, "a" * 40, "b" * 40)
    zip_files([ZipItem(said, node, b"") for node in range(3)])
    sanitise_path(said)


def _read_answer(text: bytes) -> None:
    parse_message(text)
    with suppress(Unavailable):
        ApiResponse(200, text, wrote=False, request_id=None).parse(dict)


def _read_message(text: bytes) -> object:
    told = text.decode("utf-8", "replace")
    return select_app_addresses(find_addresses({"text": told, "blocks": [{"text": told}]}), CLOUD)


READERS: dict[str, Callable[[bytes], object]] = {
    "config": partial(read_declarations, None),
    **{name: partial(read_coverage, name) for name in ("coverage.xml", "jacoco.xml", "lcov.info", "coverage.json")},
    "names": _read_names,
    "answers": _read_answer,
    "messages": _read_message,
}
MASKING: dict[str, Callable[[bytes], object]] = {
    "the end of a log": partial(read_excerpt, _ASKED),
    "the rest of a log": partial(read_excerpt, _ASKED | {"cut": True}),
    "a whole log": partial(read_output, _ASKED),
    "texts": _read_shown,
    "texts alone": partial(_read_alone, find_first_error),
    "lines around an error": partial(_read_alone, find_telling_lines),
}
"""Those that clean and mask, which is most of the work: each reads every fifth text."""


def main(chosen: list[str]) -> None:
    given = {name: _import_reader(name) for name in chosen}
    masking = list(MASKING.items())
    for number, (what, text) in enumerate(build_texts()):
        for name, reader in (given or READERS | dict([masking[number % len(masking)]])).items():
            run_limited(f"{name}: {what}", partial(reader, text), LIMIT_S)


def _import_reader(name: str) -> Callable[[bytes], object]:
    module, _, function = name.partition(":")
    found: Callable[[bytes], object] = getattr(importlib.import_module(module), function)
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
