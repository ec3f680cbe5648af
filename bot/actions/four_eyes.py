"""Four eyes: neither who started a pipeline nor who wrote its commit approves it.

Who started it is known by CircleCI's id, by login, and by what was done through us. Whom a commit names is compared
with the logins and the name of whoever asks; CircleCI does not tell it of every pipeline, and then nobody is refused
for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.actions.targets import FoundWorkflow
from bot.blocks import deed_blocks
from bot.circleci.models import Pipeline, Workflow
from bot.command import Context
from bot.domain.people import Account, Person
from bot.language import _
from bot.naming import fold_login


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a pipeline comes from: `ids` of CircleCI's users and `people` of ours who started it."""

    pipeline: Pipeline
    ids: frozenset[str]
    people: frozenset[Person]

    async def find_part(self, context: Context, account: Account) -> str:
        """Why this person is none of the four eyes: a sentence; "" for somebody else."""
        logins = await _list_logins(context, account)
        started = account.circleci_id in self.ids or account.owner in self.people
        if started or fold_login(self.pipeline.actor_login or "") in logins:
            return _("You started pipeline #{number}.", number=self.pipeline.number)
        if fold_login(self.pipeline.author or "") in {*logins, fold_login(account.name)} - {""}:
            return _("You wrote the commit of pipeline #{number}.", number=self.pipeline.number)
        return ""


async def fetch_origin(context: Context, found: FoundWorkflow) -> Origin:
    pipeline = found.pipeline
    workflows = await context.circleci.list_pipeline_workflows(pipeline.id)
    async with context.store.begin_read() as tx:
        done = await tx.audit.list_for_pipeline(pipeline.id)
    starts = [one for one in done if deed_blocks.is_start(one.text) or deed_blocks.is_rerun(one.text)]
    people = frozenset(Person(one.workspace, one.user) for one in starts)
    return Origin(pipeline, _list_starters(found.workflow, workflows), people)


def _list_starters(workflow: Workflow, workflows: Sequence[Workflow]) -> frozenset[str]:
    """By CircleCI's ids: of this run, and of the first one, be the others reruns."""
    first = min(workflows, key=lambda one: (one.created_at is None, one.created_at), default=workflow)
    return frozenset(one.started_by for one in (workflow, first) if one.started_by)


async def _list_logins(context: Context, account: Account) -> set[str]:
    async with context.store.begin_read() as tx:
        known = await tx.logins.list_for_user(account.workspace, account.user)
    return {fold_login(name) for name in (account.login, *(one.login for one in known)) if name}


async def is_author(context: Context, account: Account, author: str) -> bool:
    """Whether a commit that names this author is this person's, as far as that is known."""
    return bool(author) and fold_login(author) in {*await _list_logins(context, account), fold_login(account.name)}
