"""What is wrong with a rule: does nobody answer for it, is its project gone, does it mean no workflow that runs?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.actions.problem_notices import SUSPENDED
from bot.circleci.client import CircleCI, CircleCIPool
from bot.circleci.models import Project
from bot.conversation import is_direct
from bot.domain import ProjectSlug
from bot.domain.people import Account
from bot.domain.project_feeds import PolledProject, TokenOwner
from bot.errors import TargetError, Unauthorized, UsageError, fetch_if_visible
from bot.notify.poll.tokens import PollTokens
from bot.notify.upkeep.renamed_projects import RenamedProjects
from bot.pseudonyms import is_erased
from bot.rules import unmatched_workflows
from bot.rules.rule_problem import ProblemKind, ProblemReason, RuleProblem
from bot.rules.subscription import Subscription
from bot.store.store import Store

_SERVICE_ACCOUNT = TokenOwner()


class UserStatus(Protocol):
    async def has_left(self, workspace: str, user: str) -> bool:
        """Whether somebody's account in Slack was closed."""
        ...


@dataclass(frozen=True, slots=True)
class RuleState:
    """A rule with what the database knows of it. `account` is that of the person who made it."""

    rule: Subscription
    account: Account | None
    polled_projects: Mapping[ProjectSlug, PolledProject]
    covered: Sequence[ProjectSlug]

    @property
    def is_connected(self) -> bool:
        return self.account is not None and self.account.is_active

    def is_read_by(self, token_owner: TokenOwner) -> bool:
        """Whether this token reads the rule's only project, and has no trouble with it."""
        polled = self.polled_projects.get(self.rule.scope.exact) if self.rule.scope.exact else None
        return polled is not None and polled.error is None and polled.read_by == token_owner


class RuleChecks:
    """Made anew for each round: what was found out once in it is not asked for again."""

    def __init__(
        self,
        *,
        store: Store,
        pool: CircleCIPool,
        tokens: PollTokens,
        people: UserStatus,
        renamed_projects: RenamedProjects,
        now: datetime,
    ) -> None:
        self._store = store
        self._pool = pool
        self._tokens = tokens
        self._people = people
        self._renamed_projects = renamed_projects
        self._now = now
        self._owner_views: dict[tuple[str, ProjectSlug], Project | None] = {}

    async def list_states(self, rules: Sequence[Subscription]) -> list[RuleState]:
        """What the database knows of each of these rules now, read together."""
        async with self._store.begin_read() as tx:
            accounts = await tx.accounts.list_for_people({rule.owner for rule in rules}, only_active=False)
            covered = await tx.coverage.list_projects_by_rule([rule.id for rule in rules])
            polled_projects = await tx.polled_projects.list_for_projects(
                {project for projects in covered.values() for project in projects}
            )
        by_person = {account.owner: account for account in accounts}
        return [RuleState(rule, by_person.get(rule.owner), polled_projects, covered[rule.id]) for rule in rules]

    async def list_problems(self, case: RuleState) -> list[RuleProblem]:
        """All that is wrong now. Raises CircleCIError where that cannot be found out."""
        try:
            return await self._list_problems(case)
        except Unauthorized:
            await self._tokens.expire(case.account)
            (case,) = await self.list_states([case.rule])
            return await self._list_problems(case)

    async def _list_problems(self, case: RuleState) -> list[RuleProblem]:
        rule = case.rule
        absent = await self._find_absence(case)
        if (project := rule.scope.exact) is None:
            found = await self._list_scope_problems(case, absent)
        elif absent is None and not case.is_connected:
            found = []
        else:
            found = await self._list_project_problems(case, project, absent)
        return [*found, *await self._list_workflow_problems(case)]

    async def _find_absence(self, case: RuleState) -> ProblemReason | None:
        """Why the person who made the rule cannot answer for it, whatever they may see.

        Where the service account reads the project for their workspace, nobody has to be connected.
        """
        if is_erased(case.rule.made_by) or await self._people.has_left(case.rule.workspace, case.rule.made_by):
            return ProblemReason.LEFT
        served = self._tokens.serves(case.rule.workspace) and case.is_read_by(_SERVICE_ACCOUNT)
        if case.is_connected or served:
            return None
        return ProblemReason.DISCONNECTED if case.account is None else ProblemReason.EXPIRED

    async def _list_project_problems(
        self, case: RuleState, project: ProjectSlug, absent: ProblemReason | None
    ) -> list[RuleProblem]:
        """Where the owner's token polls it, they see it. Else it is fetched as the owner, then as others of theirs.

        Where it is hidden from the owner the rule is suspended, even if others see it.
        """
        rule, polled = case.rule, case.polled_projects.get(project)
        if absent is None and polled and case.is_read_by(TokenOwner(rule.workspace, rule.made_by)):
            return self._list_rename_problems(rule, polled.called)
        shown = await self._find_as_owner(case, project)
        if shown is None or absent:
            anybody = shown or await self._find_as_others(rule.workspace, project)
            if anybody is None and absent is None:
                return [self._build_problem(rule, ProblemKind.PROJECT, *await self._explain_missing(case, project))]
            alone = absent is None or is_direct(rule.channel)
            detail = "silent" if anybody is None else SUSPENDED if alone else ""
            lost = self._build_problem(rule, ProblemKind.OWNER, absent or ProblemReason.HIDDEN, detail)
            return [lost, *self._list_rename_problems(rule, anybody.slug if anybody else None)]
        return self._list_rename_problems(rule, shown.slug)

    async def _find_as_owner(self, case: RuleState, project: ProjectSlug) -> Project | None:
        """The project as the rule's owner sees it; fetched once for all of their rules."""
        account = case.account
        if not (account and account.is_active):
            return None
        key = (f"{account.workspace}/{account.user}", project)
        if key not in self._owner_views:
            self._owner_views[key] = await _find_project(self._pool.bind(account.token), project)
        return self._owner_views[key]

    async def _find_as_others(self, workspace: str, project: ProjectSlug) -> Project | None:
        try:
            return await self._tokens.fetch_for_workspace(
                workspace, project, lambda circleci: circleci.fetch_project(project)
            )
        except TargetError:
            return None

    async def _explain_missing(self, case: RuleState, project: ProjectSlug) -> tuple[ProblemReason, str]:
        """It may have another name by now, by which CircleCI shows it: it is known by its id."""
        polled, account = case.polled_projects.get(project), case.account
        if polled is None or polled.project_id is None or account is None:
            return ProblemReason.VANISHED, ""
        circleci = self._pool.bind(account.token)
        found = await self._renamed_projects.find_new_slug(circleci, project, polled.project_id)
        return (ProblemReason.RENAMED, str(found)) if found else (ProblemReason.VANISHED, "")

    def _list_rename_problems(self, rule: Subscription, called: str | None) -> list[RuleProblem]:
        """Where CircleCI calls the project otherwise than it was asked for."""
        try:
            slug = ProjectSlug.parse(called) if called else None
        except UsageError:
            return []
        return (
            []
            if slug is None or rule.scope.covers(slug)
            else [self._build_problem(rule, ProblemKind.PROJECT, ProblemReason.RENAMED, str(slug))]
        )

    async def _list_scope_problems(self, case: RuleState, absent: ProblemReason | None) -> list[RuleProblem]:
        """It is silent when nothing that it covers can be read."""
        reason = absent or (ProblemReason.HIDDEN if not case.covered and await self._is_org_hidden(case) else None)
        if reason is None:
            return []
        watched = [case.polled_projects.get(project) for project in case.covered]
        silent = all(polled is None or polled.error for polled in watched) or not await self._has_token(
            case.rule.workspace
        )
        return [self._build_problem(case.rule, ProblemKind.OWNER, reason, "silent" if silent else "")]

    async def _has_token(self, workspace: str) -> bool:
        """Whether any token reads for this workspace."""
        if self._tokens.serves(workspace):
            return True
        async with self._store.begin_read() as tx:
            return bool(await tx.accounts.list_active_people(workspace, limit=1))

    async def _is_org_hidden(self, case: RuleState) -> bool:
        """Whether CircleCI hides the organisation from the rule's owner."""
        circleci = self._pool.bind(case.account.token if case.account else "")
        return await fetch_if_visible(circleci.list_recent_projects, case.rule.scope.org_slug) is None

    async def _list_workflow_problems(self, case: RuleState) -> Sequence[RuleProblem]:
        rule = case.rule
        if not rule.rule.workflow or self._now - rule.made_at < unmatched_workflows.AFTER:
            return []
        async with self._store.begin_read() as tx:
            ran = await tx.outcomes.list_workflows(case.covered)
        missed = unmatched_workflows.find_unmatched(rule.rule.workflow, ran, self._now)
        return [self._build_problem(rule, ProblemKind.WORKFLOW, ProblemReason.SILENT, "")] if missed else []

    def _build_problem(self, rule: Subscription, kind: ProblemKind, reason: ProblemReason, detail: str) -> RuleProblem:
        return RuleProblem(rule.id, kind, reason, detail, self._now)


async def _find_project(circleci: CircleCI, project: ProjectSlug) -> Project | None:
    return await fetch_if_visible(circleci.fetch_project, project)
