"""Which projects each rule covers, and by which keys an outcome finds the rule (bot/rules/index_keys.py).

A rule for one project covers that one. A rule for several (`gh/acme/web-*`) covers those that its owner could see at
the last check, so that nobody is notified of a project that is hidden from the owner.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, delete, select

from bot.domain import ProjectSlug
from bot.domain.project_feeds import ReadRule, TokenOwner
from bot.rules.index_keys import build_rule_keys
from bot.rules.match import wants_deploys
from bot.rules.rule import Rule
from bot.store.deploy_looks import DeployLookRepository
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.polling import watches
from bot.store.tables.rule_index import covers, cues, subscriptions

MOST_READ = 100

_NEW_FOR = timedelta(minutes=2)

_COVERING = select(covers.c.subscription_id).where(bind_columns(covers, "project"))
_TO_COVER = (
    select(subscriptions.c.rule, subscriptions.c.made_at)
    .where(bind_columns(subscriptions, "id"))
    .with_for_update(key_share=True)  # Nobody changes the rule until its keys are written.
)
_PROJECTS_OF = (
    select(covers.c.subscription_id, covers.c.project)
    .where(covers.c.subscription_id.in_(bindparam("rule_ids", expanding=True)))
    .order_by(covers.c.seen_at)
)
_COVERED = select(covers.c.project).where(covers.c.project.in_(bindparam("projects", expanding=True))).distinct()
_READ_WITH = (
    select(subscriptions.c.id, subscriptions.c.channel, covers.c.project)
    .join(covers, covers.c.subscription_id == subscriptions.c.id)
    .join(watches, watches.c.project == covers.c.project)
    .where(bind_columns(subscriptions, "workspace"), watches.c.read_by == bindparam("reader"))
    .order_by(subscriptions.c.id, covers.c.project)
    .limit(MOST_READ)
)
_ANY_RULE = _COVERING.limit(1)


class CoverageRepository(Repository):
    async def has_rules_for(self, project: ProjectSlug) -> bool:
        """Whether any rule covers this project: however many there are, none of them is read."""
        return await self._connection.scalar(_ANY_RULE, {"project": str(project)}) is not None

    async def filter_covered(self, projects: Iterable[ProjectSlug]) -> set[ProjectSlug]:
        """Those of them that any rule covers."""
        covered = await self._connection.scalars(_COVERED, {"projects": [str(project) for project in projects]})
        return {ProjectSlug.parse(text) for text in covered}

    async def list_read_with(self, owner: TokenOwner) -> list[ReadRule]:
        """What this token read the last time for rules of its workspace, a hundred at most."""
        rows = await self._connection.execute(_READ_WITH, {"workspace": owner.workspace, "reader": str(owner)})
        return [ReadRule(row.id, row.channel, ProjectSlug.parse(row.project)) for row in rows]

    async def cover(self, rule_id: int, projects: Iterable[ProjectSlug], now: datetime) -> None:
        """The rule covers these too: CircleCI has just shown them to its owner.

        One that has just been made, or changed, hears how deploys end that are under way.
        """
        if (found := (await self._connection.execute(_TO_COVER, {"id": rule_id})).one_or_none()) is None:
            return
        rule = Rule.from_plain(json.loads(found.rule))
        keys, projects = build_rule_keys(rule), list(projects)
        rows = [{"subscription_id": rule_id, "project": str(project)} for project in projects]
        for row in rows:
            await self._upsert(covers, {**row, "seen_at": now, "cued": bool(keys)}, ["subscription_id", "project"])
        if keyed := [{**row, "cue": key} for row in rows for key in keys]:
            await self._connection.execute(self._insert_or_nothing(cues), keyed)
        if projects and wants_deploys(rule) and now - found.made_at < _NEW_FOR:
            await DeployLookRepository(self._connection).ask_lately(projects, now)

    async def uncover(self, rule_id: int, project: ProjectSlug) -> None:
        this = and_(covers.c.subscription_id == rule_id, covers.c.project == str(project))
        await self._connection.execute(delete(covers).where(this))

    async def uncover_all(self, rule_id: int) -> None:
        await self._connection.execute(delete(covers).where(covers.c.subscription_id == rule_id))

    async def list_projects(self, rule_id: int) -> list[ProjectSlug]:
        """Of this rule; the project that its owner was last seen to see longest ago comes first."""
        return (await self.list_projects_by_rule([rule_id]))[rule_id]

    async def list_projects_by_rule(self, rule_ids: Sequence[int]) -> dict[int, list[ProjectSlug]]:
        """Of each of these rules."""
        found: dict[int, list[ProjectSlug]] = {rule_id: [] for rule_id in rule_ids}
        for row in await self._connection.execute(_PROJECTS_OF, {"rule_ids": list(rule_ids)}):
            found[row.subscription_id].append(ProjectSlug.parse(row.project))
        return found
