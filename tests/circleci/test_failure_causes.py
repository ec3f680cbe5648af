from __future__ import annotations

from typing import Any

from bot.blocks.cause_blocks import format_cause, format_verdict, format_what
from bot.circleci.failure_causes import find_cause
from bot.circleci.failure_kinds import KINDS, Signs
from bot.circleci.memory_use import MemoryUse
from bot.language.spoken import speaking
from tests.plugins import accented_language
from tests.plugins.each_case import each_case


@each_case(
    ("signs", "what", "todo"),
    [
        ({"status": "infrastructure_fail"}, "infrastructure failed", "status.circleci.com"),
        ({"status": "terminated-unknown"}, "does not know how it ended", "status.circleci.com"),
        ({"status": "timedout"}, "time limit", "rerun with SSH"),
        (
            {"status": "timedout", "printed": ["Too long with no output (exceeded 10m0s): context deadline exceeded"]},
            "printed nothing for too long",
            "no_output_timeout",
        ),
        ({"status": "failed", "said": ["context deadline exceeded"]}, "time limit", "more time"),
        ({"status": "failed", "exit_code": 137}, "killed, most likely for want of memory", "resource_class"),
        (
            {
                "status": "failed",
                "exit_code": 137,
                "said": ["Your job used too much memory"],
                "resource_class": "small",
            },
            "It ran out of memory on `small`.",
            "fewer workers",
        ),
        ({"status": "failed", "exit_code": 1, "printed": ["java.lang.OutOfMemoryError: heap"]}, "ran out", "-Xmx"),
        (
            {"exit_code": 137, "memory": MemoryUse(4 * 1024**3, 4 * 1024**3), "resource_class": "medium"},
            "It ran out of memory on `medium`: 4\xa0GB of 4\xa0GB.",
            "resource_class",
        ),
        (
            {"memory": MemoryUse(499 * 1024**2, 512 * 1024**2)},
            "It ran out of memory: 499\xa0MB of 512\xa0MB.",
            "fewer workers",
        ),
        (
            {"exit_code": 137, "memory": MemoryUse(2 * 1024**3, 4 * 1024**3)},
            "It was killed, most likely for want of memory (exit code 137).",
            "fewer workers",
        ),
        ({"status": "failed", "exit_code": 127}, "not found", "Install it"),
        ({"status": "failed", "exit_code": 126}, "could not be executed", "chmod"),
        ({"status": "failed", "exit_code": 139}, "segmentation fault", "SSH"),
        ({"said": ["There is no available capacity for this executor"]}, "no machine to spare", "`resource_class`"),
        (
            {"said": ["resource-class:arm.huge does not exist or is not available"], "resource_class": "arm.huge"},
            "may not use the `resource_class` `arm.huge`",
            "plan includes it",
        ),
        ({"said": ["No runners are available for acme/mac"]}, "No self-hosted runner", "connected"),
        ({"said": ["Your organization has run out of credits"]}, "plan does not allow it", "Plan in CircleCI"),
        ({"refused": ["plan"]}, "plan does not allow it", "Plan in CircleCI"),
        ({"refused": ["config"]}, "config is not valid", "config validate"),
        ({"refused": ["config-fetch"]}, "could not read the config", "this branch"),
        ({"refused": ["permission"]}, "may not do so", "more rights"),
        ({"refused": ["timeout"]}, "took too long", "Trigger it again"),
        ({"refused": ["trigger-rule"]}, "does not fit", "settings"),
        ({"printed": ["write /tmp/x: no space left on device"]}, "disk was full", "larger disk"),
        ({"printed": ["curl: (6) Could not resolve host: registry"]}, "was not reached", "is down"),
        ({"printed": ["toomanyrequests: You have reached your pull rate limit"]}, "accepts no requests", "log in"),
        ({"telling": "./main.go:3:5: undefined: foo"}, "does not compile", "line below"),
        ({"telling": "a.py:3:1: F401 'os' imported but unused"}, "linter objects", "line below"),
        ({"telling": "E   assert 1 == 2"}, "check failed", "Fix the code"),
        ({"telling": "npm error 404 Not Found - GET https://x"}, "dependency is not available", "version"),
        ({"telling": "E   assert 1 == 2", "printed": ["retrying: connection refused"]}, "check failed", "Fix the code"),
        ({"telling": "E   assert 'connection reset' in x"}, "check failed", "Fix the code"),
        ({"telling": "a.go:3:5: undefined: foo", "printed": ["connection reset, again"]}, "not compile", "line below"),
        ({"telling": "> Could not resolve a:b:1.", "printed": ["Received status code 503"]}, "not reached", "is down"),
        ({"telling": "bash: x: No such file or directory"}, "not where it is looked for", "path"),
        ({"status": "unauthorized"}, "may not use a context", "restrictions"),
        (
            {"status": "unauthorized", "contexts": ["prod"]},
            "the job needs. Its contexts: `prod`.",
            "may use it",
        ),
        ({"status": "unauthorized", "contexts": ["a", "b"]}, "Its contexts: `a`, `b`.", "may use it"),
    ],
)
def test_each_kind_of_failure_is_named_with_what_helps(signs: dict[str, Any], what: str, todo: str) -> None:
    cause = find_cause(Signs(**signs))
    assert cause
    assert what in format_what(cause)
    assert todo in cause.todo


@each_case(
    "signs",
    [
        {"status": "failed"},
        {"status": "failed", "exit_code": 1, "printed": ["2 failed, 38 passed", "context deadline exceeded"]},
        {"status": "failed", "exit_code": 2, "printed": ["remembering things"]},
        {"status": "success", "exit_code": 0},
    ],
)
def test_an_ordinary_failure_has_no_cause_of_its_own(signs: dict[str, Any]) -> None:
    assert find_cause(Signs(**signs)) is None


def test_what_a_context_is_called_stays_text() -> None:
    cause = find_cause(Signs(status="unauthorized", contexts=["<!channel> `x`"]))
    assert cause
    assert "<!channel>" not in format_what(cause)


def _verdict(**signs: Any) -> bool | None:
    cause = find_cause(Signs(**signs))
    return cause.verdict.rerun if cause and cause.verdict else None


@each_case(
    ("signs", "rerun"),
    [
        ({"status": "infrastructure_fail"}, True),
        ({"status": "timedout", "printed": ["Too long with no output (exceeded 10m0s)"]}, True),
        ({"status": "failed", "printed": ["dial tcp 10.0.0.1:443: i/o timeout"]}, True),
        ({"status": "failed", "telling": "npm error network read ECONNRESET"}, True),
        ({"status": "failed", "telling": "a.go:3:5: undefined: foo"}, False),
        ({"status": "failed", "telling": "E   assert 1 == 2"}, False),
        ({"status": "failed", "exit_code": 137, "printed": ["heap out of memory"]}, False),
        ({"refused": ["config"]}, False),
        ({"status": "unauthorized"}, None),
        ({"status": "timedout"}, None),
        ({"status": "failed", "exit_code": 137}, None),
        ({"status": "failed", "exit_code": 1, "telling": "Error: the lock is taken"}, None),
        ({"status": "failed", "telling": "E   assert 1 == 2", "printed": ["connection refused"]}, None),
        ({"status": "failed", "telling": "E   assert 'connection reset' in x"}, None),
        ({"status": "failed", "telling": "FAILED x - assert 'ECONNRESET'", "printed": ["FAILED x - assert"]}, None),
        ({"status": "failed", "telling": "npm ERR! Test failed.  See above for more details."}, None),
    ],
)
def test_a_rerun_is_worth_it_where_chance_was_against_it_and_of_what_is_not_known_nothing_is_said(
    signs: dict[str, Any], rerun: bool | None
) -> None:
    assert _verdict(**signs) is rerun


def test_every_row_of_the_table_has_a_sign_a_sentence_and_one_thing_to_do() -> None:
    for row in KINDS:
        assert (
            row.statuses or row.refused or row.said or row.exit_code or row.printed or row.telling or row.fills_memory
        )
        assert row.what.endswith(".")
        assert not row.named or row.named.endswith(".")
        assert row.todo.endswith(".")
        assert not (row.verdict and row.verdict.why.endswith("."))


def test_a_cause_found_in_one_language_is_said_in_another_and_its_verdict_is_kept_in_english() -> None:
    with accented_language.installed(), speaking(accented_language.LANGUAGE):
        cause = find_cause(Signs(said=["Your job used too much memory"], resource_class="small"))
        assert cause
        assert cause.verdict
        told = [format_cause(cause), format_verdict(cause.verdict)]
    assert cause.verdict.why == "it needs as much memory again"
    assert format_what(cause) == "It ran out of memory on `small`."
    assert not any(word in " ".join(told) for word in ("memory", "fewer", "again"))
