"""The lines around the one that tells why (printed.yaml has what tools print), whatever else a log is full of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bot.untrusted.job_log import find_first_error
from bot.untrusted.telling_lines import find_telling_lines
from tests.plugins.each_case import each_case

PRINTED: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("printed.yaml").read_text("utf-8"))
SAID = {name: printed for name, printed in PRINTED.items() if printed["line"]}

NOISE = """\
tests/test_shop.py::test_case_01 PASSED                        [  2%]
tests/test_shop.py ......x.s...                                [ 40%]
============================== 40 passed in 2.10s ==============================
  ✓ renders (12 ms)
PASS src/cart.test.js
  12 passing (3s)
=== RUN   TestCart
--- PASS: TestCart (0.00s)
ok  \tgithub.com/acme/web/cart\t0.003s
test cart::total ... ok
test result: ok. 12 passed; 0 failed
[ RUN      ] Cart.Total
[       OK ] Cart.Total (0 ms)
CartTest > totals() PASSED
> Task :compileJava UP-TO-DATE
[INFO] Scanning for projects...
ok 12 - adds up
#5 CACHED
#6 DONE 0.4s
4f4fb700ef54: Pull complete
 45% [=========>           ] 3.2MB/7.1MB
Downloading shop-1.0-py3-none-any.whl (12 kB)
   ━━━━━━━━━━━━━━━━━━━━━━━━ 1.2/3.4 MB 5.1 MB/s eta 0:00:01
remote: Compressing objects: 100% (12/12), done.
  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0
   Compiling serde v1.0.200
npm warn deprecated left-pad@1.3.0: use String.prototype.padStart()
Requirement already satisfied: flask in /usr/lib
--------------------------------------------------------------------------------
"""


@each_case("printed", SAID.values(), ids=SAID)
def test_at_most_twelve_lines_are_told_and_the_telling_one_is_among_them(printed: dict[str, Any]) -> None:
    lines = find_telling_lines(printed["log"])
    assert 0 < len(lines) <= 12
    said = " ".join(line.strip() for line in lines)
    assert printed["line"] in said


@each_case("printed", PRINTED.values(), ids=PRINTED.keys())
def test_what_passed_or_moved_changes_nothing_wherever_it_stands(printed: dict[str, Any]) -> None:
    quiet = find_telling_lines(printed["log"])
    assert find_telling_lines(NOISE + printed["log"] + NOISE) == quiet
    assert find_telling_lines(NOISE * 10 + printed["log"]) == quiet


@each_case("line", NOISE.splitlines())
def test_a_line_of_noise_is_never_shown(line: str) -> None:
    shown = find_telling_lines(f"{line}\nsomething\nError: no such cart\n=== RUN TestOther\n{line}\n")
    assert shown == ("something", "Error: no such cart")


@each_case(
    "moment",
    ["2026-11-29T12:00:01.123Z ", "2026-11-29 12:00:01,123 ", "[12:00:01] ", "12:00:01.5 ", "2026/11/29 12:00:01 "],
)
def test_moments_before_lines_go_and_indentation_stays(moment: str) -> None:
    log = "Traceback (most recent call last):\n  File 'shop.py', line 3\n    cart()\nValueError: no such cart"
    shown = find_telling_lines("\n".join(moment + line for line in log.split("\n")))
    assert shown[-1] == "ValueError: no such cart"
    assert len(shown) == 4
    assert not any(moment.strip() in line for line in shown)


def test_a_log_that_says_no_reason_tells_its_last_lines_that_are_no_noise() -> None:
    log = "\n".join(f"+ step {number}" for number in range(30)) + "\n" + NOISE
    assert find_telling_lines(log) == tuple(f"+ step {number}" for number in range(18, 30))
    assert find_telling_lines(NOISE) == ()
    assert find_telling_lines("") == ()


def test_where_much_follows_the_reason_only_a_few_lines_before_it_are_told() -> None:
    before, after = ([f"{word} {number}" for number in range(50)] for word in ("earlier", "later"))
    lines = find_telling_lines("\n".join([*before, "ValueError: no such cart", *after]))
    assert lines == (*before[-4:], "ValueError: no such cart", *after[:7])


def test_lines_are_told_once_and_short() -> None:
    lines = find_telling_lines("waiting\n" * 500 + "Error: " + "x" * 5000 + "\n" + "retrying\n" * 500)
    assert [line[:9] for line in lines] == ["waiting", "Error: xx", "retrying"]
    assert len(lines[1]) == 200


def test_a_wall_of_lines_is_read_only_near_the_reason() -> None:
    far = "far away\n" + NOISE * 40
    assert find_telling_lines(far + "Error: no such cart\n") == ("Error: no such cart",)
    assert find_first_error(far + "Error: no such cart\n") == "Error: no such cart"
