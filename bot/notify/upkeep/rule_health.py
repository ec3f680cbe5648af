"""Checks that rules work: silence looks like success, so a channel is notified once of what keeps its rule silent.

The person who made the rule is notified too where the problem is theirs. Only a problem that is still there a round
later is reported; when it is over, the message that reported it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby

import structlog

from bot.actions import problem_notices
from bot.blocks import rule_problem_blocks
from bot.circleci.client import CircleCIPool
from bot.clock import Clock
from bot.conversation import is_direct
from bot.domain import ProjectSlug
from bot.errors import CircleCIError
from bot.notify.poll.tokens import PollTokens
from bot.notify.upkeep.periodic import Periodic
from bot.notify.upkeep.renamed_projects import RenamedProjects
from bot.notify.upkeep.rule_checks import RuleChecks, RuleState, UserStatus
from bot.rules.rule_problem import ProblemKind, ProblemReason, RuleProblem
from bot.rules.subscription import Subscription
from bot.store.store import Store, Tx

log = structlog.get_logger(__name__)

EVERY_S = 600.0

_PASSING = timedelta(seconds=EVERY_S / 2)
"""A problem that is over by then is not reported."""

_TOGETHER = 50
"""How many rules are read at once, so that what is known of each is moments old."""

DueProblem = tuple[Subscription, RuleProblem]

GroupKey = tuple[str, ...]
"""Workspace, channel or person, and what is wrong."""


class RuleHealthMonitor(Periodic):
    """`wake` wakes delivery."""

    lease = "warden"

    def __init__(
        self,
        *,
        store: Store,
        pool: CircleCIPool,
        tokens: PollTokens,
        people: UserStatus,
        clock: Clock,
        holder: str,
        wake: Callable[[], None],
    ) -> None:
        super().__init__(store=store, clock=clock, holder=holder, every_s=EVERY_S)
        self._pool = pool
        self._tokens = tokens
        self._people = people
        self._wake = wake
        self._renamed_projects = RenamedProjects(clock)

    async def run(self, now: datetime) -> None:
        await self._review_all(self._build_checks(now))
        await self._publish_problems(now)

    async def _review_all(self, checks: RuleChecks) -> None:
        last = 0
        while rules := await self._list_next(last):
            async with self._store.begin_read() as tx:
                noted = await tx.rule_problems.list_for_rules(rule.id for rule in rules)
            for case in await checks.list_states(rules):
                await self._review(checks, case, noted.get(case.rule.id, ()))
            last = rules[-1].id

    async def _list_next(self, last: int) -> list[Subscription]:
        async with self._store.begin_read() as tx:
            return await tx.subscriptions.list_after(last, _TOGETHER)

    async def _review(self, checks: RuleChecks, case: RuleState, noted: Iterable[RuleProblem]) -> None:
        try:
            found = await checks.list_problems(case)
        except CircleCIError as error:
            log.info("rule_health.failed", rule=case.rule.id, **error.list_log_fields())
            return
        if set(map(_get_problem_key, found)) != set(map(_get_problem_key, noted)):
            await self._update_problems(case.rule, found)
        if project := case.rule.scope.exact:
            await self._update_coverage(case, project, found)

    async def _update_coverage(self, case: RuleState, project: ProjectSlug, found: Sequence[RuleProblem]) -> None:
        """A rule for one project covers it while its owner sees it, as rules for several do (rule_coverage.py)."""
        wrong = {problem.kind: problem.reason for problem in found}
        hidden = wrong.get(ProblemKind.OWNER) == ProblemReason.HIDDEN
        well = not wrong.keys() & {ProblemKind.OWNER, ProblemKind.PROJECT}
        if not (hidden if case.covered else well):
            return
        now, rule = self._clock.now(), case.rule
        async with self._store.begin() as tx:
            if await tx.subscriptions.find(rule.workspace, rule.id) != rule:
                return
            if hidden:
                await tx.coverage.uncover(rule.id, project)
            else:
                await tx.coverage.cover(rule.id, [project], now)
                await tx.polled_projects.upsert(project, now)
        log.info("rule.visibility_changed", rule=rule.id, hidden=hidden)

    def _build_checks(self, now: datetime) -> RuleChecks:
        return RuleChecks(
            store=self._store,
            pool=self._pool,
            tokens=self._tokens,
            people=self._people,
            renamed_projects=self._renamed_projects,
            now=now,
        )

    async def _update_problems(self, rule: Subscription, found: Sequence[RuleProblem]) -> None:
        """What is wrong as before stays as it was noted. A rule that was changed meanwhile waits for the next round."""
        now = self._clock.now()
        async with self._store.begin() as tx:
            if await tx.subscriptions.find(rule.workspace, rule.id) != rule:
                return
            known = {
                _get_problem_key(one) for one in (await tx.rule_problems.list_for_rules([rule.id])).get(rule.id, [])
            }
            new = [problem for problem in found if _get_problem_key(problem) not in known]
            await problem_notices.close(
                tx, rule, {problem.kind for problem in new}, now, how=rule_problem_blocks.TOLD_ANEW
            )
            await problem_notices.close(tx, rule, set(ProblemKind) - {problem.kind for problem in found}, now)
            for problem in new:
                await tx.rule_problems.upsert(problem)

    async def _publish_problems(self, now: datetime) -> None:
        """Each channel, and each person, gets one message for each kind of problem."""
        async with self._store.begin() as tx:
            unreported = await tx.rule_problems.list_unreported(now - _PASSING)
            rules = {rule.id: rule for rule in await tx.subscriptions.list_by_ids(one.rule_id for one in unreported)}
            due = [(rules[one.rule_id], one) for one in unreported]
            for place, cases in groupby(sorted(due, key=_get_channel_key), key=_get_channel_key):
                await self._notify_channel(tx, place, list(cases), now)
            theirs = [
                (rule, one)
                for rule, one in due
                if one.kind == ProblemKind.OWNER and one.reason is not ProblemReason.LEFT
            ]
            for person, cases in groupby(sorted(theirs, key=_get_owner_key), key=_get_owner_key):
                await self._notify_owner(tx, person, list(cases), now)
        if due:
            self._wake()

    async def _notify_channel(self, tx: Tx, place: GroupKey, due: Iterable[DueProblem], now: datetime) -> None:
        """In quiet hours it waits for the morning."""
        workspace, channel, *what = place
        key = ":".join(["trouble", *place, now.isoformat()])
        hours = await tx.hours.find(workspace, channel)
        quiet_until = hours.find_quiet_end(now) if hours else None
        cases = [await problem_notices.load_report(tx, rule, problem) for rule, problem in due]
        await tx.outbox.insert(
            key, workspace, channel, message=partial(rule_problem_blocks.render, cases), not_before=quiet_until, now=now
        )
        await tx.rule_problems.mark_reported([case.problem for case in cases], key)
        log.info("rule.troubled", workspace=workspace, channel=channel, what=" ".join(what), rules=len(cases))

    async def _notify_owner(self, tx: Tx, person: GroupKey, due: Iterable[DueProblem], now: datetime) -> None:
        """Except about rules whose notices go to their direct messages anyway."""
        workspace, user, _ = person
        cases = [await problem_notices.load_report(tx, rule, one) for rule, one in due if not is_direct(rule.channel)]
        if cases:
            key = ":".join(["trouble", *person, now.isoformat()])
            await tx.outbox.insert(
                key, workspace, user, message=partial(rule_problem_blocks.render_owner_notice, cases), now=now
            )


def _get_problem_key(problem: RuleProblem) -> tuple[str, str, str]:
    return problem.kind, problem.reason, problem.detail


def _get_channel_key(due: DueProblem) -> GroupKey:
    rule, problem = due
    return rule.workspace, rule.channel, problem.kind, problem.reason


def _get_owner_key(due: DueProblem) -> GroupKey:
    rule, problem = due
    return rule.workspace, rule.made_by, problem.reason
