"""The steps of a job (API v1.1): which of them failed, on which nodes, and which one a person means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.ambiguity import fold_name, match_by_name
from bot.circleci.models import JobDetail, JobStep, StepAction
from bot.untrusted.patterns import compile_linear

RAN = frozenset({"failed", "infrastructure_fail", "timedout", "terminated-unknown"})
"""Failed statuses of jobs that ran, so that steps and tests tell more (docs: analyze pipelines during an incident)."""

_SSH = compile_linear(r"ssh (?:-\w+ )?-p \d{1,5} [\w.:-]{3,80}")


def has_failed(action: StepAction) -> bool:
    return bool(action.failed) or action.status in RAN


def find_failing_action(steps: Iterable[JobStep]) -> StepAction | None:
    """The first action that failed: the job stopped there."""
    return next((action for step in steps for action in step.actions if has_failed(action)), None)


def list_failing_nodes(steps: Iterable[JobStep], detail: JobDetail | None) -> tuple[int, ...]:
    """The nodes of a parallel job that failed, counted from 0, as both of CircleCI's APIs tell them."""
    by_steps = {action.index for step in steps for action in step.actions if has_failed(action)}
    by_job = {run.index for run in detail.parallel_runs if run.status in RAN} if detail else set()
    return tuple(sorted(by_steps | by_job))


def find_telling_action(steps: Sequence[JobStep], node: int | None = None) -> StepAction | None:
    """The action whose output says most: the one that failed, else the last that ran a command, else the last."""
    of_steps = [[action for action in step.actions if node is None or action.index == node] for step in steps]
    failed = [action for actions in of_steps for action in actions if has_failed(action)]
    first = [actions[0] for actions in of_steps if actions]
    working = [action for action in first if action.bash_command]
    return next(iter(failed or working[-1:] or first[-1:]), None)


def find_action_by_step(steps: Sequence[JobStep], name: str, node: int | None = None) -> StepAction | None:
    """The action of the step of exactly this name, the one that failed before the others; else as it reads alike."""
    return find_telling_action(match_steps(steps, name), node)


def is_ambiguous_name(steps: Iterable[JobStep], name: str) -> bool:
    """Whether the name could be that of several, by more than a part of it."""
    alike = {step.name for step in steps if fold_name(step.name) == fold_name(name)}
    return len(alike - {name}) > 1 and name not in alike


def match_steps(steps: Sequence[JobStep], name: str) -> Sequence[JobStep]:
    """The steps that a name means, or whose name holds it."""
    found = match_by_name(name, steps, lambda step: [step.name])
    return found or [step for step in steps if fold_name(name) in fold_name(step.name)]


def find_ssh_command(output: str) -> str | None:
    """How to connect, as the step "Enable SSH" of a job with SSH prints it: `ssh -p 64535 3.91.0.17`."""
    found = _SSH.search(output)
    return found[0] if found else None
