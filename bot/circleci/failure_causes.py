"""What kind of failure it was, in words, and what to do about it: a row of the table, filled in.

Read off CircleCI's statuses and own words, exit codes and what was printed last. What is not known has no cause: its
step, its tests and its log tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.circleci.failure_kinds import KINDS, MEMORY, NETWORK, SILENT, Kind, Signs, Verdict, found
from bot.mrkdwn import code
from bot.untrusted.job_log import kind_of


@dataclass(frozen=True, slots=True)
class Cause:
    """Both are mrkdwn sentences: what happened, and what helps."""

    what: str
    todo: str
    verdict: Verdict | None = None


SETUP = Cause(
    "This was the setup workflow, which makes the config of the others: so nothing else ran.",
    "Mend it, or rerun it from here.",
)


_MAY_BE_UNREACHED = {"dependency", "missing"}
"""What cannot be had may only not be reached; a check or a compiler that names a network has failed by itself."""


def cause_of(signs: Signs) -> Cause | None:
    """The cause, the surest sign first."""
    kind = kind_of(signs.telling)
    if kind in _MAY_BE_UNREACHED and found(NETWORK, [signs.telling]):
        kind = ""
    sure = next((row for row in KINDS if row.is_sure(signs)), None)
    likely = [row for row in KINDS if row.may_be(signs, kind)]
    first = _more_telling(sure, likely) if sure else next(iter(likely), None)
    if first is None:
        return None
    cause = Cause(first.what.format(**_told(signs)), first.todo, first.verdict)
    return cause if sure or not _disagree(likely) else replace(cause, verdict=None)


def _more_telling(sure: Kind, likely: Sequence[Kind]) -> Kind:
    """What was printed may say more of a time limit, or of what was killed, than CircleCI does."""
    return likely[0] if likely and sure.verdict is None and likely[0].printed in {SILENT, MEMORY} else sure


def _disagree(rows: Sequence[Kind]) -> bool:
    return len({row.verdict.rerun for row in rows if row.verdict}) > 1


def _told(signs: Signs) -> dict[str, str]:
    """What a sentence may name."""
    return {
        "contexts": _contexts(signs.contexts),
        "on": f" on {code(signs.resource_class, 60)}" if signs.resource_class else "",
        "code": f" (exit code {signs.exit_code})" if signs.exit_code else "",
    }


def _contexts(contexts: Sequence[str]) -> str:
    named = ", ".join(code(name, 80) for name in contexts[:5])
    if not named:
        return "a context"
    return f"the context {named}" if len(contexts) == 1 else f"one of the contexts {named}"
