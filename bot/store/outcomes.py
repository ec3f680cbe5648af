"""What happened: every outcome once, however many processes find it.

A release before 0052 may read the rows, and knows no deploys. So a deploy's row says to it that its workflow started;
what it is stands in `deploy`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, Text, bindparam, func, null, select, union_all

from bot.domain import Deploy, Outcome, OutcomeClass, OutcomeKind, ProjectSlug
from bot.rules.history import ENDS, SAMPLE, WORSE, WorkflowHistory
from bot.store.engine.statements import Repository
from bot.store.processed_events import ANNOUNCED
from bot.store.tables.publishing import outcomes
from bot.store.tables.workspaces import seen

_KNOWN = select(outcomes.c.key, outcomes.c.kind).where(outcomes.c.pipeline_id == bindparam("pipeline_id"))
_TOLD = select(seen.c.id, null()).where(seen.c.id.in_(bindparam("announcements", expanding=True)))
_KNOWN_AND_TOLD = union_all(_KNOWN, _TOLD)
_OF_PIPELINE = (
    select(outcomes).where(outcomes.c.pipeline_id == bindparam("pipeline_id")).order_by(outcomes.c.happened_at)
)
_ENDS = (
    select(outcomes)
    .where(
        outcomes.c.project == bindparam("project"),
        outcomes.c.branch.is_not_distinct_from(bindparam("branch", type_=Text())),
        outcomes.c.key != bindparam("key"),
        outcomes.c.happened_at <= bindparam("happened_at"),
        outcomes.c.kind.in_(sorted(ENDS)),
    )
    .order_by(outcomes.c.pipeline_number.desc(), outcomes.c.happened_at.desc())
    .limit(1)
)
_ENDS_OF_WORKFLOW = _ENDS.where(outcomes.c.workflow.in_([bindparam("workflow"), ""]))
_STREAK = (
    select(outcomes)
    .where(
        outcomes.c.project == bindparam("project"),
        outcomes.c.branch.is_not_distinct_from(bindparam("branch", type_=Text())),
        outcomes.c.workflow.in_([bindparam("workflow"), ""]),
        outcomes.c.pipeline_number.between(bindparam("first"), bindparam("last")),
        outcomes.c.happened_at < bindparam("happened_at"),
        outcomes.c.kind.in_(sorted(WORSE)),
    )
    .order_by(outcomes.c.pipeline_number.desc())
    .limit(SAMPLE)
)
_USUAL = (
    select(outcomes.c.busy_s)
    .where(
        outcomes.c.project == bindparam("project"),
        outcomes.c.workflow == bindparam("workflow"),
        outcomes.c.key != bindparam("key"),
        outcomes.c.happened_at <= bindparam("happened_at"),
        outcomes.c.kind == OutcomeKind.PASSED,
        outcomes.c.busy_s.is_not(None),
    )
    .order_by(outcomes.c.pipeline_number.desc())
    .limit(SAMPLE)
)


_ANY_PASSED_AFTER = (
    select(outcomes.c.workflow, func.min(outcomes.c.pipeline_number).label("number"))
    .where(
        outcomes.c.project == bindparam("project"),
        outcomes.c.branch.is_not_distinct_from(bindparam("branch", type_=Text())),
        outcomes.c.tag.is_not_distinct_from(bindparam("tag", type_=Text())),
        outcomes.c.kind == OutcomeKind.PASSED,
        outcomes.c.pipeline_number > bindparam("number"),
        outcomes.c.happened_at > bindparam("ended_at"),
    )
    .group_by(outcomes.c.workflow)
)
_PASSED_AFTER = _ANY_PASSED_AFTER.where(outcomes.c.workflow.in_(bindparam("workflows", expanding=True)))


@dataclass(frozen=True, slots=True)
class KnownOutcomes:
    """Of a pipeline: the kind of each outcome by its key, and the workflows of which a webhook said that they ended."""

    kinds: Mapping[str, str]
    announced: frozenset[str] = frozenset()


class OutcomeRepository(Repository):
    async def insert(self, outcome: Outcome, now: datetime) -> bool:
        """False when it is known already."""
        values = {
            "key": outcome.key,
            "kind": OutcomeKind.STARTED if outcome.deploy else outcome.kind,
            "status": outcome.status,
            "project": str(outcome.project),
            "pipeline_id": outcome.pipeline_id,
            "pipeline_number": outcome.pipeline_number,
            "workflow": outcome.workflow,
            "workflow_id": outcome.workflow_id,
            "branch": outcome.branch,
            "tag": outcome.tag,
            "actor": outcome.actor,
            "trigger": outcome.trigger,
            "on_default": outcome.on_default,
            "busy_s": outcome.busy_s,
            "failing": json.dumps(sorted(outcome.failing)),
            "classes": "" if outcome.deploy else ",".join(sorted(outcome.classes)),
            "streak": outcome.streak,
            "pace": outcome.slowdown,
            "deploy": _write_deploy(outcome),
            "happened_at": outcome.happened_at,
            "known_at": now,
        }
        return await self._insert_if_new(outcomes, values)

    async def load_past(self, outcome: Outcome) -> WorkflowHistory:
        """What had happened by then, as far as an outcome of this kind asks for it: see bot/rules/history.py."""
        standing = await self.load_standing(outcome)
        if outcome.kind != OutcomeKind.PASSED:
            return standing
        of_pipeline = [
            end for end in await self.list_for_pipeline(outcome.pipeline_id) if end.workflow == outcome.workflow
        ]
        runs = [end for end in of_pipeline if end.kind in ENDS and _is_before(end, outcome)]
        return WorkflowHistory(standing.last, runs, await self._list_usual_s(outcome))

    async def load_standing(self, outcome: Outcome) -> WorkflowHistory:
        """How the workflow stood by then, and no more: enough to know whether this broke or mended it."""
        return WorkflowHistory(await self._find_last(outcome) if outcome.kind in ENDS else None)

    async def _find_last(self, outcome: Outcome) -> Outcome | None:
        """How the workflow ended in the newest pipeline of the branch that had ended by then; a rerun's end counts.

        A pipeline whose config did not compile (its outcome names no workflow) is a bad end of them all.
        """
        return await self._find_newest(_ENDS_OF_WORKFLOW if outcome.workflow else _ENDS, outcome)

    async def find_streak_start(self, outcome: Outcome) -> Outcome | None:
        """The bad end that began the streak which this one is in, or ends; None when nothing is broken."""
        if OutcomeClass.BROKE in outcome.classes:
            return outcome
        if not outcome.classes & {OutcomeClass.STILL_FAILING, OutcomeClass.RECOVERED}:
            return None
        ends = _ENDS_OF_WORKFLOW if outcome.workflow else _ENDS
        return await self._find_newest(ends.where(outcomes.c.classes.contains(OutcomeClass.BROKE)), outcome)

    async def list_ended_failures(self, outcome: Outcome) -> list[Outcome]:
        """Bad ends of the workflow that this end makes old, the newest 30: of its branch if that recovered with it.

        Else those of its own pipeline: it was rerun.
        """
        start = await self.find_streak_start(outcome) if OutcomeClass.RECOVERED in outcome.classes else None
        last = outcome.pipeline_number
        place = {**_build_parameters(outcome), "first": start.pipeline_number if start else last, "last": last}
        return [build_outcome(row) for row in await self._connection.execute(_STREAK, place)]

    async def find_pass_since(
        self,
        project: ProjectSlug,
        branch: str | None,
        tag: str | None,
        *,
        number: int,
        workflows: Collection[str],
        ended_at: datetime,
    ) -> int | None:
        """The newer pipeline with which the last of these `workflows` of pipeline `number` passed on the branch again.

        None while one of them has not: what had passed before they `ended_at` that time does not count. Without any, of
        a pipeline whose config did not compile, the first with which anything passed.
        """
        place = {"project": str(project), "branch": branch, "tag": tag, "number": number, "ended_at": ended_at}
        if not workflows:
            return min([row.number for row in await self._connection.execute(_ANY_PASSED_AFTER, place)], default=None)
        asked = {**place, "workflows": list(workflows)}
        passed = {row.workflow: row.number for row in await self._connection.execute(_PASSED_AFTER, asked)}
        return max(passed.values()) if passed and passed.keys() == set(workflows) else None

    async def find_previous(self, outcome: Outcome) -> Outcome | None:
        """How the same workflow ended the last time before on the same branch: an earlier run, or before a rerun."""
        ends = _ENDS.where(
            outcomes.c.workflow == outcome.workflow,
            outcomes.c.workflow_id.is_distinct_from(outcome.workflow_id),
            outcomes.c.pipeline_number <= outcome.pipeline_number,
        )
        return await self._find_newest(ends, outcome)

    async def _find_newest(self, ends: Select[Any], outcome: Outcome) -> Outcome | None:
        """The newest of the branch's ends that had happened by then."""
        row = (await self._connection.execute(ends, _build_parameters(outcome))).one_or_none()
        return build_outcome(row) if row else None

    async def _list_usual_s(self, outcome: Outcome) -> list[float]:
        return list(await self._connection.scalars(_USUAL, _build_parameters(outcome)))

    async def list_workflows(self, projects: Iterable[ProjectSlug]) -> dict[str, datetime]:
        """The workflows that ran in these projects, by name, each with when something last happened in it."""
        query = select(outcomes.c.workflow, func.max(outcomes.c.happened_at).label("last_at")).where(
            outcomes.c.project.in_([str(project) for project in projects]), outcomes.c.workflow != ""
        )
        rows = await self._connection.execute(query.group_by(outcomes.c.workflow))
        return {row.workflow: row.last_at for row in rows}

    async def list_newest_ends(self, projects: Iterable[ProjectSlug], since: datetime) -> list[Outcome]:
        """How each workflow stands on each branch and tag of these projects: its newest end, the latest first."""
        place = (outcomes.c.project, outcomes.c.branch, outcomes.c.tag, outcomes.c.workflow)
        newest_first = (outcomes.c.pipeline_number.desc(), outcomes.c.happened_at.desc())
        ranked = (
            select(outcomes, func.row_number().over(partition_by=place, order_by=newest_first).label("rank"))
            .where(outcomes.c.project.in_([str(project) for project in projects]))
            .where(outcomes.c.kind.in_(sorted(ENDS)), outcomes.c.happened_at >= since)
            .subquery()
        )
        query = select(ranked).where(ranked.c.rank == 1).order_by(ranked.c.happened_at.desc())
        return [build_outcome(row) for row in await self._connection.execute(query)]

    async def list_for_pipeline(self, pipeline_id: str) -> list[Outcome]:
        rows = await self._connection.execute(_OF_PIPELINE, {"pipeline_id": pipeline_id})
        return [build_outcome(row) for row in rows]

    async def list_kinds(self, pipeline_id: str) -> dict[str, str]:
        """The kind of each of the pipeline's outcomes, by its key."""
        rows = await self._connection.execute(_KNOWN, {"pipeline_id": pipeline_id})
        return {row.key: row.kind for row in rows}

    async def list_known(self, pipeline_id: str, workflow_ids: Iterable[str]) -> KnownOutcomes:
        """What was published of the pipeline, and the end of which of these workflows a webhook has announced."""
        ids = [ANNOUNCED + each for each in workflow_ids]
        asked = {"pipeline_id": pipeline_id, "announcements": ids}
        rows = (await self._connection.execute(_KNOWN_AND_TOLD, asked)).all()
        return KnownOutcomes(
            {row.key: row.kind for row in rows if row.kind},
            frozenset(row.key.removeprefix(ANNOUNCED) for row in rows if not row.kind),
        )


def _build_parameters(outcome: Outcome) -> dict[str, Any]:
    """The moment of an outcome, and where it happened."""
    return {
        "project": str(outcome.project),
        "branch": outcome.branch,
        "workflow": outcome.workflow,
        "key": outcome.key,
        "happened_at": outcome.happened_at,
    }


def _is_before(end: Outcome, outcome: Outcome) -> bool:
    return end.key != outcome.key and end.happened_at <= outcome.happened_at


def _write_deploy(outcome: Outcome) -> str | None:
    if outcome.deploy is None:
        return None
    return json.dumps({"kind": outcome.kind, "classes": sorted(outcome.classes), "deploy": asdict(outcome.deploy)})


def build_outcome(row: Row[Any]) -> Outcome:
    """A deploy of a kind that a later release wrote stays what it said to older ones."""
    outcome = _build_plain(row)
    said = json.loads(row.deploy or "{}")
    if said.get("kind") not in set(OutcomeKind):
        return outcome
    known = {field.name: said["deploy"][field.name] for field in fields(Deploy) if field.name in said["deploy"]}
    deploy = Deploy(**{"component": "", "environment": "", "version": "", **known})
    return replace(outcome, kind=OutcomeKind(said["kind"]), classes=frozenset(said["classes"]), deploy=deploy)


def _build_plain(row: Row[Any]) -> Outcome:
    return Outcome(
        key=row.key,
        kind=OutcomeKind(row.kind),
        status=row.status,
        project=ProjectSlug.parse(row.project),
        pipeline_id=row.pipeline_id,
        pipeline_number=row.pipeline_number,
        workflow=row.workflow,
        workflow_id=row.workflow_id,
        branch=row.branch,
        tag=row.tag,
        happened_at=row.happened_at,
        actor=row.actor,
        trigger=row.trigger,
        on_default=row.on_default,
        busy_s=row.busy_s,
        failing=frozenset(json.loads(row.failing or "[]")),
        classes=frozenset(filter(None, (row.classes or "").split(","))),
        streak=row.streak or 0,
        slowdown=row.pace,
    )
