"""Configs, names and logs of an attacker who can push to a branch and wants to stop the reader. Made on demand."""

from __future__ import annotations

from functools import cache

from sandbox.circleci.plans import FailingTest, JobPlan, Story, WorkflowPlan

KNOWN_VALUES = 500
"""Variables, named NAME_0 and so on, whose values the log tells, if the project has them."""

_MESSAGE_CHARS = 200_000
_DEEP = 40_000
_PARAMETERS = 70_000


@cache
def find_story(branch: str) -> Story | None:
    """`hostile` has a config that is deep, `hostile-wide` one that declares without an end; None for other branches."""
    source = {"hostile": _deep_config, "hostile-wide": _wide_config}.get(branch)
    return Story((_workflow(),), source=source()) if source else None


def _deep_config() -> str:
    return f"x: {'[' * _DEEP}"


def _wide_config() -> str:
    return "parameters:\n" + "".join(f"  p{number}: {{type: string}}\n" for number in range(_PARAMETERS))


def _workflow() -> WorkflowPlan:
    return WorkflowPlan("build-and-test", (_job("test", "hostile/coverage.xml"), _job("report", "hostile/jacoco.xml")))


def _job(name: str, artifact: str) -> JobPlan:
    return JobPlan(
        name,
        2.0,
        outcomes=("failed",),
        step="Run tests",
        command="make test",
        stores_tests=True,
        failing_tests=tuple(_test(index) for index in range(20)),
        artifacts=(artifact,),
        ending=_log(),
    )


def _test(index: int) -> FailingTest:
    return FailingTest(index, f"test_{index}", "tests.Hostile", "tests/test_hostile.py", _message())


@cache
def _message() -> str:
    """Cleaned whole, it would be 40,000 codes of a terminal."""
    return ("\x1b[31mpassword=a " * _MESSAGE_CHARS)[:_MESSAGE_CHARS]


@cache
def _log() -> str:
    """The values of variables, then a private key that begins again and again and never ends."""
    values = "".join(f"NAME_{number}=value-{number:04}-of-mine\r\n" for number in range(KNOWN_VALUES))
    return values + "-----BEGIN " + "PRIVATE KEY" * 20_000 + "\r\n" + values


def build_coverage() -> bytes:
    return b"<coverage " * 10_000


def build_jacoco() -> bytes:
    return b'<counter type="LINE" missed="1" ' * 10_000
