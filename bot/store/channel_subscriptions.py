"""The rules of channels: which channel wants messages about what.

Of very many rules that cover a project only those are read that may want the outcome's branch or tag
(`list_candidates`); which projects a rule covers is for covered_projects.py to say.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    any_,
    bindparam,
    delete,
    func,
    or_,
    select,
    tuple_,
    union_all,
    update,
)

from bot.domain import Outcome, ProjectScope, ProjectSlug
from bot.domain.people import Person
from bot.rules.index_keys import KEYS_PER_OUTCOME, build_outcome_keys
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from bot.store.covered_projects import CoverageRepository
from bot.store.engine.adapters import DatabaseConnection
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.identities import logins
from bot.store.tables.rule_index import covers, cues, subscriptions
from bot.store.tables.workspaces import accounts

_OWNER = and_(accounts.c.workspace == subscriptions.c.workspace, accounts.c.user == subscriptions.c.made_by)
_RULES = select(subscriptions, accounts.c.login).outerjoin(accounts, _OWNER).order_by(subscriptions.c.id)
_THESE = _RULES.where(subscriptions.c.id.in_(bindparam("rule_ids", expanding=True)))
_LIMIT: BindParameter[int] = bindparam("limit", type_=Integer())
_AFTER = _RULES.where(subscriptions.c.id > bindparam("after", type_=Integer())).limit(_LIMIT)
_THEIRS = bind_columns(subscriptions, "workspace", "made_by")
_MADE_BY = _RULES.where(_THEIRS).limit(_LIMIT)
_WITHIN_REACH = _RULES.where(
    bind_columns(subscriptions, "workspace"),
    or_(bind_columns(subscriptions, "channel"), bind_columns(subscriptions, "made_by")),
)
_WORKSPACES = select(subscriptions.c.workspace).distinct().order_by(subscriptions.c.workspace)
_FOR_SEVERAL = or_(*(subscriptions.c.project.contains(mark, autoescape=True) for mark in "*?["))
_WIDE = _RULES.where(_THEIRS, _FOR_SEVERAL)
_MAKERS_OF_WIDE = (
    select(subscriptions.c.workspace, subscriptions.c.made_by)
    .where(_FOR_SEVERAL)
    .distinct()
    .order_by(subscriptions.c.workspace, subscriptions.c.made_by)
)
_COVERING = select(covers.c.subscription_id).where(bind_columns(covers, "project"))
_OF_PROJECT = _RULES.where(subscriptions.c.id.in_(_COVERING))
_SHOWN = [bindparam(f"cue_{number}", type_=cues.c.cue.type) for number in range(KEYS_PER_OUTCOME)]
_CUED = select(cues.c.subscription_id).where(bind_columns(cues, "project"), cues.c.cue.in_(_SHOWN))
_FOUND = union_all(_COVERING.where(~covers.c.cued), _CUED)
_CANDIDATES = {
    "sqlite": _RULES.where(subscriptions.c.id.in_(_FOUND)),
    # Of 26 cues its planner expects very many rules, and would read them all; of an array it expects few.
    "postgresql": _RULES.where(subscriptions.c.id == any_(func.array(_FOUND.scalar_subquery()))),
}
_MAKERS = (
    select(subscriptions.c.workspace, subscriptions.c.made_by)
    .join(covers, covers.c.subscription_id == subscriptions.c.id)
    .where(covers.c.project.in_(bindparam("projects", expanding=True)))
    .group_by(subscriptions.c.workspace, subscriptions.c.made_by)
    .order_by(func.min(subscriptions.c.id))
)


class SubscriptionRepository(Repository):
    def __init__(self, connection: DatabaseConnection) -> None:
        super().__init__(connection)
        self._coverage = CoverageRepository(connection)

    async def insert(self, rule: Subscription) -> Subscription:
        """The stored rule, with its id; where the channel has the same rule already, that one."""
        values = {"workspace": rule.workspace, "channel": rule.channel}
        await self._insert_if_new(subscriptions, {**values, **_to_columns(rule)})
        stored = await self.find_same(rule)
        if stored is None:  # Somebody has just removed the one that was there: then it is to be added after all.
            return await self.insert(rule)
        await self._cover_itself(stored)
        return stored

    async def insert_again(self, rule: Subscription) -> None:
        """A rule that was deleted, with the id that it had. A rule for several projects covers none as yet."""
        values = {"id": rule.id, "workspace": rule.workspace, "channel": rule.channel}
        await self._insert_if_new(subscriptions, {**values, **_to_columns(rule)})
        await self._cover_itself(rule)

    async def find_same(self, rule: Subscription) -> Subscription | None:
        """The rule of this channel that says the same."""
        here = and_(subscriptions.c.workspace == rule.workspace, subscriptions.c.channel == rule.channel)
        return next(iter(await self._list_where(here & (subscriptions.c.digest == _hash_rule(rule)))), None)

    async def update(self, rule: Subscription) -> Subscription:
        """Replace what the rule with this id says. A rule for several projects covers none until the next check."""
        ours = subscriptions.c.id == rule.id
        await self._connection.execute(update(subscriptions).where(ours).values(**_to_columns(rule)))
        await self._coverage.uncover_all(rule.id)
        await self._cover_itself(rule)
        return rule

    async def transfer(self, rule: Subscription, user: str) -> bool:
        """Make this person the owner; False when `rule.made_by` no longer is.

        A rule for several projects covers none until the next check, which asks with the new owner's token.
        """
        theirs = and_(subscriptions.c.id == rule.id, subscriptions.c.made_by == rule.made_by)
        given = await self._connection.execute(update(subscriptions).where(theirs).values(made_by=user))
        if given.rowcount and rule.scope.exact is None:
            await self._coverage.uncover_all(rule.id)
        return given.rowcount == 1

    async def drop_mentions(self, workspace: str, user: str) -> None:
        """No rule of this workspace mentions them any more. One that then says the same as another goes."""
        naming = (subscriptions.c.workspace == workspace) & subscriptions.c.rule.contains(user, autoescape=True)
        for rule in await self._list_where(naming):
            mention = tuple(one for one in rule.rule.mention if one != user)
            new = replace(rule, rule=replace(rule.rule, mention=mention))
            if new.rule != rule.rule and await self.find_same(new):
                await self.delete(rule.workspace, rule.channel, rule.id)
            elif new.rule != rule.rule:
                ours = update(subscriptions).where(subscriptions.c.id == rule.id)
                await self._connection.execute(ours.values(rule=new.rule.to_json(), digest=_hash_rule(new)))

    async def list_for_channel(self, workspace: str, channel: str) -> list[Subscription]:
        return await self._list_where((subscriptions.c.workspace == workspace) & (subscriptions.c.channel == channel))

    async def list_in_channels(self, workspace: str, these: Collection[str]) -> list[Subscription]:
        return await self._list_where((subscriptions.c.workspace == workspace) & subscriptions.c.channel.in_(these))

    async def list_for_project(self, project: ProjectSlug) -> list[Subscription]:
        """The rules that cover this project."""
        return await self._list_rules(_OF_PROJECT, {"project": str(project)})

    async def list_candidates(self, outcome: Outcome) -> list[Subscription]:
        """Of the rules that cover its project all that want it, or another of its pipeline, and few of the others."""
        if outcome.branch is not None and outcome.tag is not None:  # CircleCI names one of them, never both.
            return await self.list_for_project(outcome.project)
        seen = zip(_SHOWN, build_outcome_keys(outcome.branch, outcome.tag, on_default=outcome.on_default), strict=True)
        cued = {parameter.key: cue for parameter, cue in seen}
        return await self._list_rules(
            _CANDIDATES[self._connection.dialect.name], {"project": str(outcome.project), **cued}
        )

    async def list_makers(self, projects: Iterable[ProjectSlug]) -> list[Person]:
        """Those whose rules cover any of these projects; who made the oldest rule first."""
        asked = {"projects": [str(project) for project in projects]}
        return [Person(row.workspace, row.made_by) for row in await self._connection.execute(_MAKERS, asked)]

    async def list_for_workspace(self, workspace: str) -> list[Subscription]:
        return await self._list_where(subscriptions.c.workspace == workspace)

    async def find(self, workspace: str, rule_id: int) -> Subscription | None:
        found = await self._list_where((subscriptions.c.workspace == workspace) & (subscriptions.c.id == rule_id))
        return next(iter(found), None)

    async def list_by_ids(self, rule_ids: Iterable[int]) -> list[Subscription]:
        return await self._list_rules(_THESE, {"rule_ids": list(rule_ids)})

    async def list_after(self, rule_id: int, limit: int) -> list[Subscription]:
        """The next rules of all workspaces, for upkeep: they are too many to be read at once."""
        return await self._list_rules(_AFTER, {"after": rule_id, "limit": limit})

    async def list_removable(self, workspace: str, channel: str, user: str) -> list[Subscription]:
        """The rules of this channel, and this person's own in any channel of the workspace."""
        return await self._list_rules(_WITHIN_REACH, {"workspace": workspace, "channel": channel, "made_by": user})

    async def list_made_by(self, workspace: str, user: str, limit: int) -> list[Subscription]:
        """The oldest rules of this person."""
        return await self._list_rules(_MADE_BY, {"workspace": workspace, "made_by": user, "limit": limit})

    async def list_workspaces(self) -> list[str]:
        """Those that have rules."""
        return list(await self._connection.scalars(_WORKSPACES))

    async def list_pattern_makers(self) -> list[Person]:
        """Those who made rules for several projects."""
        return [Person(row.workspace, row.made_by) for row in await self._connection.execute(_MAKERS_OF_WIDE)]

    async def list_pattern_rules(self, workspace: str, user: str) -> list[Subscription]:
        """The rules for several projects that this person made."""
        return await self._list_rules(_WIDE, {"workspace": workspace, "made_by": user})

    async def delete(self, workspace: str, channel: str, rule_id: int) -> bool:
        """True when the channel had this rule."""
        gone = delete(subscriptions).where(
            subscriptions.c.workspace == workspace,
            subscriptions.c.channel == channel,
            subscriptions.c.id == rule_id,
        )
        return (await self._connection.execute(gone)).rowcount == 1

    async def _cover_itself(self, rule: Subscription) -> None:
        if project := rule.scope.exact:
            await self._coverage.cover(rule.id, [project], rule.made_at)

    async def _list_where(self, condition: ColumnElement[bool]) -> list[Subscription]:
        return await self._list_rules(_RULES.where(condition), {})

    async def _list_rules(self, query: Select[Any], values: Mapping[str, Any]) -> list[Subscription]:
        rows = (await self._connection.execute(query, values)).all()
        return await self._with_logins([_build_rule(row) for row in rows])

    async def _with_logins(self, rules: list[Subscription]) -> list[Subscription]:
        """Those that say `--mine` with all logins of their owners."""
        makers = {(rule.workspace, rule.made_by) for rule in rules if rule.rule.mine}
        if not makers:
            return rules
        of_makers = tuple_(logins.c.workspace, logins.c.user).in_(list(makers))
        also: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in await self._connection.execute(select(logins).where(of_makers)):
            also[row.workspace, row.user].add(row.login)
        return [
            replace(rule, other_logins=frozenset(also[rule.workspace, rule.made_by])) if rule.rule.mine else rule
            for rule in rules
        ]


def _to_columns(rule: Subscription) -> dict[str, Any]:
    return {
        "project": str(rule.scope),
        "rule": rule.rule.to_json(),
        "digest": _hash_rule(rule),
        "made_by": rule.made_by,
        "made_at": rule.made_at,
    }


def _hash_rule(rule: Subscription) -> str:
    """What tells two rules of a channel apart."""
    return sha256(f"{rule.scope}\n{rule.rule.to_json()}".encode()).hexdigest()


@lru_cache(maxsize=10_000)
def _parse_rule(scope: str, rule: str) -> tuple[ProjectScope, Rule]:
    """Both are values, and the same texts are read with every outcome."""
    return ProjectScope.parse(scope), Rule.from_plain(json.loads(rule))


def _build_rule(row: Row[Any]) -> Subscription:
    scope, rule = _parse_rule(row.project, row.rule)
    return Subscription(
        id=row.id,
        workspace=row.workspace,
        channel=row.channel,
        scope=scope,
        rule=rule,
        made_by=row.made_by,
        made_at=row.made_at,
        login=row.login,
    )
