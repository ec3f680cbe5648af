"""What kind of failure it was, in words, and what to do about it.

Read off CircleCI's statuses, exit codes and what was printed last. A failure without a cause of its own is an
ordinary one: its step, its tests and its log tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.mrkdwn import code
from bot.untrusted.patterns import compile_linear


@dataclass(frozen=True, slots=True)
class Cause:
    """Both are mrkdwn sentences: what happened, and what helps."""

    what: str
    todo: str


@dataclass(frozen=True, slots=True)
class Signs:
    """What a cause is read off: CircleCI's `status` and own words, the failing step's exit code and last lines."""

    status: str
    exit_code: int | None = None
    said: Sequence[str] = ()
    printed: Sequence[str] = ()
    contexts: Sequence[str] = ()
    resource_class: str = ""


_MEMORY = compile_linear(
    r"out of memory|OutOfMemory|OOMKilled|cannot allocate memory|too much memory|exceeded\b.*\bmemory|MemoryError\b",
    ignore_case=True,
)
_SILENT = compile_linear(r"too long with no output", ignore_case=True)
_TOO_LONG = compile_linear(r"context deadline exceeded|max(?:imum)? (?:job )?(?:run|build) ?time", ignore_case=True)

_INFRASTRUCTURE = Cause(
    "CircleCI's infrastructure failed under the job; nothing says that your code did.",
    "Rerun it from failed. If it happens again, look at status.circleci.com.",
)
_LOST = Cause(
    "CircleCI lost the job, and does not know how it ended.",
    "Rerun it from failed. If it happens again, look at status.circleci.com.",
)
_OF_STATUS = {"infrastructure_fail": _INFRASTRUCTURE, "terminated-unknown": _LOST}
_TIME = Cause(
    "The job ran into a time limit.",
    "Split it, make it parallel, or give it more time. A rerun with SSH shows where it hangs.",
)
_NO_OUTPUT = Cause(
    "A step printed nothing for too long, so that CircleCI stopped it.",
    "Look where it hangs (rerun with SSH), let it print progress, or raise `no_output_timeout` of the step.",
)
_OF_EXIT_CODE = {
    126: Cause("A command could not be executed (exit code 126).", "Make the file executable: `chmod +x`."),
    127: Cause("A command was not found (exit code 127).", "Install it in the job, or choose an image that has it."),
    139: Cause(
        "The program crashed (exit code 139, a segmentation fault).",
        "Look for native code that is at fault; a rerun with SSH lets you debug it in place.",
    ),
    143: Cause("The program was told to stop (exit code 143).", "See who stopped it: a timeout, or another step."),
}


def cause_of(signs: Signs) -> Cause | None:
    """The cause, the surest sign first."""
    if signs.status == "unauthorized":
        return _unauthorized(signs.contexts)
    return (
        _OF_STATUS.get(signs.status) or _time_limit(signs) or _memory(signs) or _OF_EXIT_CODE.get(signs.exit_code or 0)
    )


def _texts(signs: Signs) -> list[str]:
    return [*signs.said, *signs.printed]


def _unauthorized(contexts: Sequence[str]) -> Cause:
    named = ", ".join(code(name, 80) for name in contexts[:5])
    what = f"the context {named}" if len(contexts) == 1 else f"one of the contexts {named}" if named else "a context"
    return Cause(
        f"Whoever started it may not use {what}, which the job needs.",
        "Somebody who may use it reruns it; or an admin of the organisation widens the context's restrictions.",
    )


def _time_limit(signs: Signs) -> Cause | None:
    if any(_SILENT.search(text) for text in _texts(signs)):
        return _NO_OUTPUT
    ran_out = signs.status == "timedout" or any(_TOO_LONG.search(text) for text in signs.said)
    return _TIME if ran_out else None


def _memory(signs: Signs) -> Cause | None:
    killed = signs.exit_code == 137
    sure = any(_MEMORY.search(text) for text in _texts(signs))
    if not (killed or sure):
        return None
    what = "It ran out of memory" if sure else "It was killed, most likely for want of memory"
    on = f" on {code(signs.resource_class, 60)}" if signs.resource_class else ""
    return Cause(
        f"{what}{on}{' (exit code 137)' if killed else ''}.",
        "Take a larger `resource_class`, or less at once: fewer workers, a smaller heap (`-Xmx`, "
        "`--max-old-space-size`).",
    )
