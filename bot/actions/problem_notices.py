"""What is wrong with rules, as it was told: drawn again when the problem is solved, however it was solved."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from bot.blocks import rule_problem_blocks
from bot.blocks.pipeline_title import get_project_name
from bot.blocks.rule_problem_blocks import ProblemReport
from bot.domain import ProjectSlug
from bot.rules import unmatched_workflows
from bot.rules.rule_problem import ProblemKind, RuleProblem
from bot.rules.subscription import Subscription
from bot.store.store import Tx

SUSPENDED = rule_problem_blocks.SUSPENDED


async def close(
    tx: Tx, rule: Subscription, kinds: Iterable[ProblemKind], now: datetime, *, how: str | None = None
) -> None:
    """Problems of these kinds are over for the rule; or `how` that ended, if it is not well.

    Where it was told that is said, and the buttons go.
    """
    was = await tx.rule_problems.mark_resolved(rule.id, kinds, now)
    for key in sorted({one.told_in for one in was if one.told_in}):
        cases = [
            case
            for one in await tx.rule_problems.list_reported_in(key)
            if (case := await _find_report(tx, rule.workspace, one))
        ]
        await tx.revisions.revise(key, partial(rule_problem_blocks.render, cases, {rule.id: how} if how else {}))


async def load_report(tx: Tx, rule: Subscription, problem: RuleProblem) -> ProblemReport:
    """With what is needed to tell it."""
    missed = None
    if problem.kind == ProblemKind.WORKFLOW:
        ran = await tx.outcomes.list_workflows(await tx.coverage.list_projects(rule.id))
        missed = unmatched_workflows.find_unmatched(rule.rule.workflow, ran, problem.since)
    return ProblemReport(rule, problem, missed, await _load_names(tx, rule.scope.exact))


async def _find_report(tx: Tx, workspace: str, problem: RuleProblem) -> ProblemReport | None:
    rule = await tx.subscriptions.find(workspace, problem.rule_id)
    return await load_report(tx, rule, problem) if rule else None


async def _load_names(tx: Tx, project: ProjectSlug | None) -> dict[ProjectSlug, str]:
    """What people call a project with an opaque slug: as its newest pipeline says."""
    newest = await tx.pipelines.list_newest(project, 1) if project and project.vcs == "circleci" else []
    return {one.project: get_project_name(one.snapshot, one.project) for one in newest}
