"""What kind of failure it was, in words, and what to do about it: a row of the table, filled in.

Read off CircleCI's statuses and own words, exit codes and what was printed last. What is not known has no cause: its
step, its tests and its log tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.circleci.failure_kinds import KINDS, MEMORY, NETWORK, SILENT, FailureKind, Signs, Verdict, has_match
from bot.circleci.memory_use import MemoryUse
from bot.language import N_
from bot.mrkdwn import as_code
from bot.untrusted.job_log import classify_error


@dataclass(frozen=True, slots=True)
class Cause:
    """What happened, and what helps: sentences of the catalogue.

    `what` may name `values`, which are mrkdwn, and the sizes of a `memory` that was full.
    """

    what: str
    todo: str
    verdict: Verdict | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    memory: MemoryUse | None = None


SETUP = Cause(
    N_("This was the setup workflow, which makes the config of the others: so nothing else ran."),
    N_("Fix the setup workflow, or rerun it from here."),
)


_MAY_BE_UNREACHED = {"dependency", "missing"}
"""Failures that may come from a network error. A check or a compiler that only prints one failed for another reason."""


def find_cause(signs: Signs) -> Cause | None:
    """The cause, the surest sign first."""
    kind = classify_error(signs.telling)
    if kind in _MAY_BE_UNREACHED and has_match(NETWORK, [signs.telling]):
        kind = ""
    sure = next((row for row in KINDS if row.is_sure(signs)), None)
    likely = [row for row in KINDS if row.can_be(signs, kind)]
    first = _pick_more_telling(sure, likely) if sure else next(iter(likely), None)
    if first is None:
        return None
    cause = _build_cause(first, signs)
    return cause if sure or not _has_disagreement(likely) else replace(cause, verdict=None)


def _pick_more_telling(sure: FailureKind, likely: Sequence[FailureKind]) -> FailureKind:
    """What was printed may say more of a time limit, or of what was killed, than CircleCI does."""
    return likely[0] if likely and sure.verdict is None and likely[0].printed in {SILENT, MEMORY} else sure


def _has_disagreement(rows: Sequence[FailureKind]) -> bool:
    return len({row.verdict.rerun for row in rows if row.verdict}) > 1


def _build_cause(kind: FailureKind, signs: Signs) -> Cause:
    """It names the machine and the contexts where they are known."""
    known = {"resource_class": as_code(signs.resource_class, 60) if signs.resource_class else ""}
    known["contexts"] = ", ".join(as_code(name, 80) for name in signs.contexts[:5])
    values = {name: value for name, value in known.items() if value and f"{{{name}}}" in kind.named}
    memory = signs.memory if kind.fills_memory else None
    return Cause(kind.named if values else kind.what, kind.todo, kind.verdict, values, memory)
