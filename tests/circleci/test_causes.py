from __future__ import annotations

from typing import Any

import pytest

from bot.circleci.causes import Signs, cause_of


@pytest.mark.parametrize(
    ("signs", "what", "todo"),
    [
        ({"status": "infrastructure_fail"}, "infrastructure failed", "Rerun it from failed"),
        ({"status": "terminated-unknown"}, "does not know how it ended", "Rerun it from failed"),
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
            "It ran out of memory on `small` (exit code 137)",
            "fewer workers",
        ),
        ({"status": "failed", "exit_code": 1, "printed": ["java.lang.OutOfMemoryError: heap"]}, "ran out", "-Xmx"),
        ({"status": "failed", "exit_code": 127}, "not found", "Install it"),
        ({"status": "failed", "exit_code": 126}, "could not be executed", "chmod"),
        ({"status": "failed", "exit_code": 139}, "segmentation fault", "SSH"),
        ({"status": "unauthorized"}, "may not use a context", "restrictions"),
        ({"status": "unauthorized", "contexts": ["prod"]}, "may not use the context `prod`", "may use it"),
        ({"status": "unauthorized", "contexts": ["a", "b"]}, "one of the contexts `a`, `b`", "may use it"),
    ],
)
def test_each_kind_of_failure_is_named_with_what_helps(signs: dict[str, Any], what: str, todo: str) -> None:
    cause = cause_of(Signs(**signs))
    assert cause
    assert what in cause.what
    assert todo in cause.todo


@pytest.mark.parametrize(
    "signs",
    [
        {"status": "failed"},
        {"status": "failed", "exit_code": 1, "printed": ["2 failed, 38 passed", "context deadline exceeded"]},
        {"status": "failed", "exit_code": 2, "printed": ["remembering things"]},
        {"status": "success", "exit_code": 0},
    ],
)
def test_an_ordinary_failure_has_no_cause_of_its_own(signs: dict[str, Any]) -> None:
    assert cause_of(Signs(**signs)) is None


def test_what_a_context_is_called_stays_text() -> None:
    cause = cause_of(Signs(status="unauthorized", contexts=["<!channel> `x`"]))
    assert cause
    assert "<!channel>" not in cause.what
