"""Four eyes: neither who started a pipeline nor who wrote its commit approves it, or that it runs again.

Who started it is known by CircleCI's id, by login, and by what was done through us. A schedule may run as nobody: who
added or changed it through us stands for it then. Whom a commit names is compared with the logins and the name of
whoever asks; CircleCI does not tell it of every pipeline, and then nobody is refused for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from bot.blocks import deed_blocks
from bot.circleci.models import Pipeline, Workflow
from bot.command import Context
from bot.domain.people import Account, Person
from bot.errors import NotFound
from bot.language import _
from bot.naming import fold_login
from bot.rules.trigger_types import SCHEDULE

_SCHEDULE_ID = "pipeline.schedule.id"


class Writers(Protocol):
    """Whose work it is that somebody else has to look at."""

    async def find_part(self, context: Context, account: Account) -> str:
        """Why this person is none of the four eyes: a sentence; "" for somebody else."""


@dataclass(frozen=True, slots=True)
class NewestCommit:
    """Of a branch on which a pipeline is to start: CircleCI names its `author`, or nobody."""

    author: str

    async def find_part(self, context: Context, account: Account) -> str:
        if await _is_author(context, account, self.author):
            return _("You wrote its newest commit.")
        return ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a pipeline comes from: `ids` of CircleCI's users and `people` of ours who started it.

    `planners` are both of those who added or changed the schedule that did.
    """

    pipeline: Pipeline
    ids: frozenset[str]
    people: frozenset[Person]
    planners: frozenset[str | Person] = frozenset()

    async def find_part(self, context: Context, account: Account) -> str:
        logins = await _list_logins(context, account)
        started = account.circleci_id in self.ids or account.owner in self.people
        if started or fold_login(self.pipeline.actor_login or "") in logins:
            return _("You started pipeline #{number}.", number=self.pipeline.number)
        if await _is_author(context, account, self.pipeline.author or ""):
            return _("You wrote the commit of pipeline #{number}.", number=self.pipeline.number)
        if not self.planners.isdisjoint({account.circleci_id, account.owner}):
            return _("You added or changed the schedule that started pipeline #{number}.", number=self.pipeline.number)
        return ""


async def fetch_origin(context: Context, pipeline: Pipeline, workflow: str) -> Origin:
    """Whoever ran the workflow of this name again has started it, too."""
    workflows = await context.circleci.list_pipeline_workflows(pipeline.id)
    async with context.store.begin_read() as tx:
        done = await tx.audit.list_for_pipeline(pipeline.id)
    starts = [one for one in done if deed_blocks.is_start(one.text) or deed_blocks.is_rerun(one.text)]
    people = frozenset(Person(one.workspace, one.user) for one in starts)
    planners = await _fetch_planners(context, pipeline) if SCHEDULE.has(pipeline.trigger_type) else frozenset()
    return Origin(pipeline, _list_starters(workflow, workflows), people, planners)


def _list_starters(name: str, workflows: Sequence[Workflow]) -> frozenset[str]:
    """By CircleCI's ids: of the runs of this name, and of the first run of all."""
    ordered = sorted(workflows, key=lambda one: (one.created_at is None, one.created_at))
    return frozenset(one.started_by for one in ordered if one.started_by and (one is ordered[0] or one.name == name))


async def _fetch_planners(context: Context, pipeline: Pipeline) -> frozenset[str | Person]:
    """As far as CircleCI tells which schedule it was, and the record who had it made."""
    known: object = None
    with suppress(NotFound):
        known = (await context.circleci.fetch_pipeline_values(pipeline.id)).get(_SCHEDULE_ID)
    if not (isinstance(known, str) and known):
        return frozenset()
    async with context.store.begin_read() as tx:
        rows = await tx.audit.list_for_schedule(context.request.workspace, known)
    return frozenset(one for row in rows for one in (row.circleci_id, Person(row.team or row.workspace, row.user)))


async def _list_logins(context: Context, account: Account) -> set[str]:
    async with context.store.begin_read() as tx:
        known = await tx.logins.list_for_user(account.workspace, account.user)
    return {fold_login(name) for name in (account.login, *(one.login for one in known)) if name}


async def _is_author(context: Context, account: Account, author: str) -> bool:
    """Whether a commit that names this author is this person's, as far as that is known."""
    return bool(author) and fold_login(author) in {*await _list_logins(context, account), fold_login(account.name)}
