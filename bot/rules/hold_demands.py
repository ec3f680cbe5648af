"""What a hold needs, as far as its pipeline tells: said where it waits, before anybody presses. Pure.

Who presses is known at the press alone: it decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.circleci.models import Job, Workflow
from bot.circleci.snapshot import Snapshot
from bot.domain import ProjectSlug
from bot.rules.policy_decision import Asker, find_demands, list_named
from bot.rules.policy_line import EVERYBODY, EXTERNAL, GUESTS, Demands, PolicyLine
from bot.rules.policy_rank import Act

_NOBODY = Asker(user="")
_NO_IDS = frozenset({EVERYBODY, GUESTS, EXTERNAL})


@dataclass(frozen=True, slots=True)
class HoldPolicy:
    """What the policy demands of everybody, and the people and groups whom it names as those who may."""

    demands: Demands
    approvers: tuple[str, ...]


def find_hold_policy(
    lines: Sequence[PolicyLine],
    snapshot: Snapshot,
    project: ProjectSlug,
    *,
    workflow: Workflow,
    job: Job,
    at: datetime,
) -> HoldPolicy:
    """Lines that ask for parameters count where these are known."""
    act = build_hold_act(snapshot, project, workflow=workflow, job=job, at=at)
    counting = [line for line in lines if snapshot.parameters is not None or not line.scope.parameters]
    demands = find_demands(counting, _NOBODY, act)
    named = demands.approvers or list_named(counting, act, final=False)
    return HoldPolicy(demands, tuple(one for one in named if one not in _NO_IDS))


def build_hold_act(snapshot: Snapshot, project: ProjectSlug, *, workflow: Workflow, job: Job, at: datetime) -> Act:
    """To approve it, from nowhere in particular."""
    pipeline = snapshot.pipeline
    return Act(
        name="approve",
        at=at,
        projects=frozenset({project}),
        branch=pipeline.branch or "",
        tag=pipeline.tag or "",
        workflow=workflow.name,
        hold=job.name,
        homes=frozenset(),
        parameters=snapshot.parameters,
    )
