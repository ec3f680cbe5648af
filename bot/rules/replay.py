"""Outcomes in their order, each compared with those before it: history without a database. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass, field

from bot.domain import Outcome, OutcomeKind, ProjectSlug
from bot.rules.history import ENDS, SAMPLE, WorkflowHistory, classify


@dataclass(slots=True)
class _OutcomeHistory:
    """Ends by project and branch; durations of good runs by project and workflow."""

    ends: dict[Hashable, list[Outcome]] = field(default_factory=lambda: defaultdict(list))
    usual_s: dict[Hashable, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))

    def build_history(self, outcome: Outcome) -> WorkflowHistory:
        """As bot/store/outcomes.py finds it in the database."""
        of_branch = [end for end in self.ends[outcome.project, outcome.branch] if _is_comparable(end, outcome)]
        runs = [end for end in of_branch if end.pipeline_id == outcome.pipeline_id]
        newest = sorted(self.usual_s[outcome.project, outcome.workflow], reverse=True)[:SAMPLE]
        last = max(of_branch, key=lambda end: (end.pipeline_number, end.happened_at), default=None)
        return WorkflowHistory(last, runs, [duration_s for _, duration_s in newest])

    def add(self, outcome: Outcome) -> None:
        if outcome.kind in ENDS:
            self.ends[outcome.project, outcome.branch].append(outcome)
        if outcome.kind == OutcomeKind.PASSED and outcome.busy_s is not None:
            self.usual_s[outcome.project, outcome.workflow].append((outcome.pipeline_number, outcome.busy_s))


@dataclass(frozen=True, slots=True)
class DryRun:
    """How many pipelines were read, what the rule wants of them, newest first, and how often it would have reminded.

    Of deploys: `untold` are projects of which CircleCI does not tell them, `without` have none; `environments` are
    those that there are, where the rule names others.
    """

    pipelines: int
    outcomes: list[Outcome]
    reminders: int
    untold: Collection[ProjectSlug] = ()
    without: Collection[ProjectSlug] = ()
    environments: Collection[str] = ()


def replay_outcomes(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """All of them with their classes, oldest first."""
    seen, classified = _OutcomeHistory(), []
    for outcome in sorted(outcomes, key=lambda one: (one.happened_at, one.pipeline_number, one.key)):
        classified.append(classify(outcome, seen.build_history(outcome)))
        seen.add(classified[-1])
    return classified


def _is_comparable(end: Outcome, outcome: Outcome) -> bool:
    """Runs of the same workflow; a config that does not compile is a bad end of them all."""
    return end.workflow in {outcome.workflow, ""} or outcome.workflow == ""
