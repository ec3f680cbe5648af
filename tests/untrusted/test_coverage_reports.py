from __future__ import annotations

import pytest

from bot.untrusted.coverage_reports import is_summary, read_coverage
from tests.plugins.each_case import each_case

COBERTURA = (
    '<?xml version="1.0"?>\n<coverage branch-rate="0.1" line-rate="0.8734" version="7">\n<packages line-rate="1"/>'
)
CLOVER = (
    '<coverage generated="1"><project><file><metrics statements="3" coveredstatements="3"/></file>'
    '<metrics coveredstatements="30" files="2" statements="40"/></project></coverage>'
)
JACOCO = (
    '<report><package><counter type="LINE" missed="1" covered="1"/></package>'
    '<counter type="BRANCH" missed="9" covered="1"/><counter type="LINE" missed="25" covered="75"/></report>'
)
LCOV = "TN:\nSF:a.py\nDA:1,1\nLF:10\nLH:9\nend_of_record\nSF:b.py\nLF:30\nLH:21\nend_of_record\n"


@each_case(
    ("path", "content", "percent"),
    [
        ("coverage/coverage.xml", COBERTURA, 87.34),
        ("Cobertura.xml", COBERTURA, 87.34),
        ("build/clover.xml", CLOVER, 75.0),
        ("target/jacoco.xml", JACOCO, 75.0),
        ("lcov.info", LCOV, 75.0),
        ("coverage-summary.json", '{"total": {"lines": {"pct": 61.5}}}', 61.5),
        ("coverage.json", '{"totals": {"percent_covered": 88.25}}', 88.25),
        ("coverage/.last_run.json", '{"result": {"line": 93.1}}', 93.1),
    ],
)
def test_a_summary_says_how_many_lines_tests_reach(path: str, content: str, percent: float) -> None:
    assert read_coverage(path, content.encode())[0] == pytest.approx(percent)


@each_case(
    ("path", "content"),
    [
        ("coverage.xml", b""),
        ("coverage.xml", b'<coverage line-rate="1.2.3"/>'),
        ("coverage.xml", b'<coverage line-rate="17"/>'),
        ("coverage.xml", b"\xff\xfe\x00"),
        ("jacoco.xml", b"<report/>"),
        ("lcov.info", b"LF:0\nLH:0\n"),
        ("coverage-summary.json", b'{"total": {"lines": {"pct": "Unknown"}}}'),
        ("coverage-summary.json", b"[1]"),
        ("coverage-summary.json", b"[" * 100_000),
        ("coverage.json", b"{"),
    ],
)
def test_what_says_nothing_is_no_number(path: str, content: bytes) -> None:
    assert read_coverage(path, content) == (None, b"")


def test_a_summary_is_known_by_its_name() -> None:
    assert is_summary("a/b/LCOV.INFO")
    assert not is_summary("coverage/index.html")
    assert not is_summary("coverage.xml/readme.txt")
