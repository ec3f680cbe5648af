"""What is wrong with a rule: does nobody answer for it, is its project gone, does it mean no workflow that runs?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.actions.problem_notices import HIDDEN, OWNER, PROJECT, SUSPENDED, WORKFLOW
from bot.circleci.client import CircleCI, CircleCIPool
from bot.circleci.models import Project
from bot.conversation import is_direct
from bot.domain import Account, ProjectSlug
from bot.errors import NotFound, NotThere, Rejected, Unauthorized, UsageError
from bot.notify.poll.tokens import Tokens
from bot.notify.upkeep.renamed_projects import Successors
from bot.rules import unmatched_workflows
from bot.rules.subscription import Subscription
from bot.store.polled_projects import Payer, Watch
from bot.store.rule_problems import Trouble
from bot.store.store import Store

_SERVICE_ACCOUNT = Payer()


class People(Protocol):
    async def has_left(self, workspace: str, user: str) -> bool:
        """Whether somebody's account in Slack was closed."""
        ...


@dataclass(frozen=True, slots=True)
class Case:
    """A rule with what the database knows of it. `account` is that of whoever made it."""

    rule: Subscription
    account: Account | None
    watches: Mapping[ProjectSlug, Watch]
    covered: Sequence[ProjectSlug]

    @property
    def is_working(self) -> bool:
        return self.account is not None and self.account.state == "active"

    def is_read_by(self, payer: Payer) -> bool:
        """Whether this token reads the rule's only project, and has no trouble with it."""
        watch = self.watches.get(self.rule.scope.exact) if self.rule.scope.exact else None
        return watch is not None and watch.error is None and watch.read_by == payer


class Checkup:
    """Made anew for each round: what was found out once in it is not asked for again."""

    def __init__(
        self,
        *,
        store: Store,
        pool: CircleCIPool,
        tokens: Tokens,
        people: People,
        successors: Successors,
        now: datetime,
    ) -> None:
        self._store = store
        self._pool = pool
        self._tokens = tokens
        self._people = people
        self._successors = successors
        self._now = now
        self._seen: dict[tuple[str, ProjectSlug], Project | None] = {}

    async def cases(self, rules: Sequence[Subscription]) -> list[Case]:
        """What the database knows of each of these rules now, read together."""
        async with self._store.read() as tx:
            accounts = await tx.accounts.of({(rule.workspace, rule.made_by) for rule in rules}, state=None)
            covered = await tx.subscriptions.covered_by([rule.id for rule in rules])
            watches = await tx.watches.of({project for projects in covered.values() for project in projects})
        by_person = {(account.workspace, account.user): account for account in accounts}
        return [Case(rule, by_person.get((rule.workspace, rule.made_by)), watches, covered[rule.id]) for rule in rules]

    async def of(self, case: Case) -> list[Trouble]:
        """All that is wrong now. Raises CircleCIError where that cannot be found out."""
        try:
            return await self._found(case)
        except Unauthorized:
            await self._tokens.expire(case.account)
            (case,) = await self.cases([case.rule])
            return await self._found(case)

    async def _found(self, case: Case) -> list[Trouble]:
        rule = case.rule
        absent = await self._absence(case)
        if (project := rule.scope.exact) is None:
            found = await self._of_several(case, absent)
        elif absent is None and not case.is_working:
            found = []
        else:
            found = await self._of_one(case, project, absent)
        return [*found, *await self._unheard(case)]

    async def _absence(self, case: Case) -> str | None:
        """Why whoever made the rule cannot answer for it, whatever they may see.

        Where the service account reads the project for their workspace, nobody has to be connected.
        """
        if await self._people.has_left(case.rule.workspace, case.rule.made_by):
            return "left"
        served = self._tokens.serves(case.rule.workspace) and case.is_read_by(_SERVICE_ACCOUNT)
        if case.is_working or served:
            return None
        return "disconnected" if case.account is None else "expired"

    async def _of_one(self, case: Case, project: ProjectSlug, absent: str | None) -> list[Trouble]:
        """Whoever pays sees it. Else the owner is asked, and then the others of their workspace.

        From whom it is hidden, for them it is told no more, whoever else sees it: that rule is suspended.
        """
        rule, watch = case.rule, case.watches.get(project)
        if absent is None and watch and case.is_read_by(Payer(rule.workspace, rule.made_by)):
            return self._renamed(rule, watch.called)
        shown = await self._shown(case, project)
        if shown is None or absent:
            anybody = shown or await self._shown_to_others(rule.workspace, project)
            if anybody is None and absent is None:
                return [self._trouble(rule, PROJECT, *await self._gone(case, project))]
            alone = absent is None or is_direct(rule.channel)
            detail = "silent" if anybody is None else SUSPENDED if alone else ""
            lost = self._trouble(rule, OWNER, absent or HIDDEN, detail)
            return [lost, *self._renamed(rule, anybody.slug if anybody else None)]
        return self._renamed(rule, shown.slug)

    async def _shown(self, case: Case, project: ProjectSlug) -> Project | None:
        """The project as whoever made the rule sees it; asked once for all of their rules."""
        account = case.account
        if account is None or account.state != "active":
            return None
        key = (f"{account.workspace}/{account.user}", project)
        if key not in self._seen:
            self._seen[key] = await _visible(self._pool.bind(account.token), project)
        return self._seen[key]

    async def _shown_to_others(self, workspace: str, project: ProjectSlug) -> Project | None:
        try:
            return await self._tokens.of_workspace(workspace, project, lambda circleci: circleci.project(project))
        except NotThere:
            return None

    async def _gone(self, case: Case, project: ProjectSlug) -> tuple[str, str]:
        """It may have another name by now, by which CircleCI shows it: it is known by its id."""
        watch, account = case.watches.get(project), case.account
        if watch is None or watch.project_id is None or account is None:
            return "vanished", ""
        circleci = self._pool.bind(account.token)
        found = await self._successors.of(circleci, project, watch.project_id, self._now)
        return ("renamed", str(found)) if found else ("vanished", "")

    def _renamed(self, rule: Subscription, called: str | None) -> list[Trouble]:
        """Where CircleCI calls the project otherwise than it was asked for."""
        try:
            slug = ProjectSlug.parse(called) if called else None
        except UsageError:
            return []
        return [] if slug is None or rule.scope.covers(slug) else [self._trouble(rule, PROJECT, "renamed", str(slug))]

    async def _of_several(self, case: Case, absent: str | None) -> list[Trouble]:
        """It is silent when nothing that it covers can be read."""
        reason = absent or (HIDDEN if not case.covered and await self._hides(case) else None)
        if reason is None:
            return []
        watched = [case.watches.get(project) for project in case.covered]
        silent = all(watch is None or watch.error for watch in watched) or not await self._has_eyes(case.rule.workspace)
        return [self._trouble(case.rule, OWNER, reason, "silent" if silent else "")]

    async def _has_eyes(self, workspace: str) -> bool:
        """Whether any token reads for this workspace."""
        if self._tokens.serves(workspace):
            return True
        async with self._store.read() as tx:
            return bool(await tx.accounts.working(workspace, limit=1))

    async def _hides(self, case: Case) -> bool:
        """Whether CircleCI shows the organisation to whoever made the rule no longer."""
        circleci = self._pool.bind(case.account.token if case.account else "")
        try:
            await circleci.built_lately(case.rule.scope.org_slug)
        except (NotFound, Rejected):
            return True
        return False

    async def _unheard(self, case: Case) -> Sequence[Trouble]:
        rule = case.rule
        if not rule.rule.workflow or self._now - rule.made_at < unmatched_workflows.AFTER:
            return []
        async with self._store.read() as tx:
            ran = await tx.outcomes.workflows(case.covered)
        missed = unmatched_workflows.missed(rule.rule.workflow, ran, self._now)
        return [self._trouble(rule, WORKFLOW, "silent", "")] if missed else []

    def _trouble(self, rule: Subscription, kind: str, reason: str, detail: str) -> Trouble:
        return Trouble(rule.id, kind, reason, detail, self._now)


async def _visible(circleci: CircleCI, project: ProjectSlug) -> Project | None:
    try:
        return await circleci.project(project)
    except (NotFound, Rejected):
        return None
