"""The warden of rules: silence looks like success, so what keeps a rule silent is said, once, to its channel.

Whoever made the rule hears it too where it is about them. What is still wrong a round later is told, so that nobody
hears of what passes by itself; what is over by itself is crossed out where it was told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

import structlog

from bot.actions import problem_notices
from bot.blocks import rule_problem_blocks
from bot.circleci.client import CircleCIPool
from bot.clock import Clock
from bot.conversation import is_direct
from bot.domain import ProjectSlug
from bot.errors import CircleCIError
from bot.notify.poll.tokens import Tokens
from bot.notify.upkeep.renamed_projects import Successors
from bot.notify.upkeep.rule_checks import Case, Checkup, People
from bot.rules.subscription import Subscription
from bot.store.rule_problems import Trouble
from bot.store.store import Store, Tx

log = structlog.get_logger(__name__)

EVERY_S = 600.0

_PASSING = timedelta(seconds=EVERY_S / 2)
"""What is over by then nobody has to hear of."""

_TOGETHER = 50
"""So many rules are read at once: each is looked after by what was known of it moments ago."""

Due = tuple[Subscription, Trouble]

Place = tuple[str, ...]
"""Workspace, channel or person, and what is wrong."""


class Warden:
    """`nudge` wakes delivery."""

    def __init__(
        self,
        *,
        store: Store,
        pool: CircleCIPool,
        tokens: Tokens,
        people: People,
        clock: Clock,
        holder: str,
        nudge: Callable[[], None],
    ) -> None:
        self._store = store
        self._pool = pool
        self._tokens = tokens
        self._people = people
        self._clock = clock
        self._holder = holder
        self._nudge = nudge
        self._successors = Successors()

    async def turn(self) -> float:
        """Look after every rule, unless another replica does. Answers how long the loop may sleep, in seconds."""
        now = self._clock.now()
        async with self._store.begin() as tx:
            ours = await tx.leases.hold("warden", self._holder, now + timedelta(seconds=EVERY_S / 2), now)
        if ours:
            await self._look_after_all(self._checkup(now))
            await self._tell(now)
        return EVERY_S

    async def _look_after_all(self, checkup: Checkup) -> None:
        last = 0
        while rules := await self._next(last):
            async with self._store.read() as tx:
                noted = await tx.troubles.of(rule.id for rule in rules)
            for case in await checkup.cases(rules):
                await self._look_after(checkup, case, noted.get(case.rule.id, ()))
            last = rules[-1].id

    async def _next(self, last: int) -> list[Subscription]:
        async with self._store.read() as tx:
            return await tx.subscriptions.after(last, _TOGETHER)

    async def _look_after(self, checkup: Checkup, case: Case, noted: Iterable[Trouble]) -> None:
        try:
            found = await checkup.of(case)
        except CircleCIError as error:
            log.info("warden.failed", rule=case.rule.id, error=error.message)
            return
        if set(map(_said, found)) != set(map(_said, noted)):
            await self._note(case.rule, found)
        if project := case.rule.scope.exact:
            await self._let_it_cover(case, project, found)

    async def _let_it_cover(self, case: Case, project: ProjectSlug, found: Sequence[Trouble]) -> None:
        """A rule for one project covers it while whoever made the rule sees it, as rules for several do (coverage)."""
        wrong = {trouble.kind: trouble.reason for trouble in found}
        hidden = wrong.get(problem_notices.OWNER) == problem_notices.HIDDEN
        well = not wrong.keys() & {problem_notices.OWNER, problem_notices.PROJECT}
        if not (hidden if case.covered else well):
            return
        now, rule = self._clock.now(), case.rule
        async with self._store.begin() as tx:
            if await tx.subscriptions.get(rule.workspace, rule.id) != rule:
                return
            if hidden:
                await tx.subscriptions.uncover(rule.id, project)
            else:
                await tx.subscriptions.cover(rule.id, [project], now)
                await tx.watches.ensure(project, now)
        log.info("rule.suspended" if hidden else "rule.goes_on", rule=rule.id)

    def _checkup(self, now: datetime) -> Checkup:
        return Checkup(
            store=self._store,
            pool=self._pool,
            tokens=self._tokens,
            people=self._people,
            successors=self._successors,
            now=now,
        )

    async def _note(self, rule: Subscription, found: Sequence[Trouble]) -> None:
        """What is wrong as before stays as it was noted. A rule that was changed meanwhile waits for the next round."""
        now = self._clock.now()
        async with self._store.begin() as tx:
            if await tx.subscriptions.get(rule.workspace, rule.id) != rule:
                return
            known = {_said(one) for one in (await tx.troubles.of([rule.id])).get(rule.id, [])}
            new = [trouble for trouble in found if _said(trouble) not in known]
            await problem_notices.over(
                tx, rule, {trouble.kind for trouble in new}, now, how=rule_problem_blocks.TOLD_ANEW
            )
            await problem_notices.over(tx, rule, set(problem_notices.KINDS) - {trouble.kind for trouble in found}, now)
            for trouble in new:
                await tx.troubles.note(trouble)

    async def _tell(self, now: datetime) -> None:
        """Each channel, and each person, hears of one kind of thing once."""
        async with self._store.begin() as tx:
            untold = await tx.troubles.untold(now - _PASSING)
            rules = {rule.id: rule for rule in await tx.subscriptions.these(one.rule_id for one in untold)}
            due = [(rules[one.rule_id], one) for one in untold]
            for place, cases in groupby(sorted(due, key=_place), key=_place):
                await self._tell_channel(tx, place, list(cases), now)
            theirs = [(rule, one) for rule, one in due if one.kind == problem_notices.OWNER and one.reason != "left"]
            for person, cases in groupby(sorted(theirs, key=_person), key=_person):
                await self._tell_owner(tx, person, list(cases), now)
        if due:
            self._nudge()

    async def _tell_channel(self, tx: Tx, place: Place, due: Iterable[Due], now: datetime) -> None:
        """In quiet hours it waits for the morning."""
        workspace, channel, *what = place
        key = ":".join(["trouble", *place, now.isoformat()])
        hours = await tx.hours.get(workspace, channel)
        quiet_until = hours.quiet_until(now) if hours else None
        cases = [await problem_notices.case(tx, rule, trouble) for rule, trouble in due]
        await tx.outbox.add(key, workspace, channel, rule_problem_blocks.told(cases), not_before=quiet_until, now=now)
        await tx.troubles.told([case.trouble for case in cases], key)
        log.info("rule.troubled", workspace=workspace, channel=channel, what=" ".join(what), rules=len(cases))

    async def _tell_owner(self, tx: Tx, person: Place, due: Iterable[Due], now: datetime) -> None:
        """But for what stands in their direct messages anyway."""
        workspace, user, _ = person
        cases = [await problem_notices.case(tx, rule, one) for rule, one in due if not is_direct(rule.channel)]
        if cases:
            key = ":".join(["trouble", *person, now.isoformat()])
            await tx.outbox.add(key, workspace, user, rule_problem_blocks.to_owner(cases), now=now)


def _said(trouble: Trouble) -> tuple[str, str, str]:
    return trouble.kind, trouble.reason, trouble.detail


def _place(due: Due) -> Place:
    rule, trouble = due
    return rule.workspace, rule.channel, trouble.kind, trouble.reason


def _person(due: Due) -> Place:
    rule, trouble = due
    return rule.workspace, rule.made_by, trouble.reason
