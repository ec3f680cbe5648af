"""What the database tells: keys, processes that listen, webhooks, limits, rules, channels, policies.

Each is about one workspace, or about all (None).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.actions import chain_walk
from bot.diagnostics import policy_report, token_limits, webhook_checks
from bot.diagnostics.circleci_symptoms import RIGHTS_GONE
from bot.diagnostics.local_symptoms import FILES_OPEN, KEY_MISSING, MESSAGES_SET_ASIDE, RECORD_BROKEN
from bot.diagnostics.slack_symptoms import NOBODY_LISTENS, SIGNING_SECRET_WRONG, SOCKET_QUIET
from bot.domain.arrivals import Listener
from bot.domain.symptoms import Finding
from bot.rules.rule_problem import ProblemKind
from bot.settings import Settings
from bot.store.engine.engines import list_exposed_files
from bot.store.store import Store

FRESH_FOR = timedelta(seconds=90)
"""A process that listens says so every 30 seconds."""


@dataclass(frozen=True, kw_only=True)
class StoredChecks:
    settings: Settings
    store: Store
    workspace: str | None
    exposed_files: Sequence[Path] = ()

    async def check_files(self) -> AsyncIterator[Finding]:
        """Opening the database made them private, if we may."""
        names = tuple(path.name for path in self.exposed_files)
        if names and list_exposed_files(self.settings.database_url.get_secret_value()):
            paths = " ".join(map(str, self.exposed_files))
            yield Finding("files", symptom=FILES_OPEN, values={"files": names, "paths": paths})
        elif names:
            yield Finding("files", f"others on this machine could read {', '.join(names)}, and no longer can")

    async def check_keys(self) -> AsyncIterator[Finding]:
        async with self.store.begin_read() as tx:
            counts = await tx.sealed_columns.count()
        opened = counts.first + counts.later
        if counts.lost:
            yield Finding("keys", symptom=KEY_MISSING, values={"count": counts.lost})
            return
        older = f", {counts.later} with a later key only (circlebot keys rotate)" if counts.later else ""
        yield Finding("keys", f"{opened} stored secrets open{older}" if opened else "nothing is stored yet")

    async def check_listener(self) -> AsyncIterator[Finding]:
        known = await self._list_listeners()
        fresh = await self.select_fresh(known)
        if not known:
            yield Finding("listener", "no process listens to Slack right now (circlebot run)")
        elif not fresh:
            yield Finding("listener", symptom=NOBODY_LISTENS, values={"seen_at": known[0].seen_at})
        for one in fresh:
            yield _judge_listener(one)

    async def list_fresh_listeners(self) -> list[Listener]:
        return await self.select_fresh(await self._list_listeners())

    async def select_fresh(self, known: Sequence[Listener]) -> list[Listener]:
        now = await self.store.now()
        return [one for one in known if now - one.seen_at < FRESH_FOR]

    async def _list_listeners(self) -> list[Listener]:
        async with self.store.begin_read() as tx:
            return await tx.listeners.list_all()

    async def check_webhooks(self) -> AsyncIterator[Finding]:
        async with self.store.begin_read() as tx:
            hooks = await (tx.hooks.list_for_workspace(self.workspace) if self.workspace else tx.hooks.list_all())
            watched = [] if self.workspace else [one.project for one in await tx.polled_projects.list_all()]
        for finding in webhook_checks.build_findings(hooks, watched, self.settings.public_url):
            yield finding

    async def check_limits(self) -> AsyncIterator[Finding]:
        now = await self.store.now()
        async with self.store.begin_read() as tx:
            spent = await tx.token_usage.list_last_hour(now)
        theirs = [one for one in spent if self.workspace in {None, one.owner.workspace} or not one.owner.workspace]
        for finding in token_limits.build_findings(theirs):
            yield finding

    async def check_rules(self) -> AsyncIterator[Finding]:
        async with self.store.begin_read() as tx:
            for workspace in [self.workspace] if self.workspace else await tx.subscriptions.list_workspaces():
                rules = await tx.subscriptions.list_for_workspace(workspace)
                problems = await tx.rule_problems.list_for_rules([rule.id for rule in rules])
                lost = [one for one in rules if any(p.kind == ProblemKind.OWNER for p in problems.get(one.id, ()))]
                if lost:
                    values = {"count": len(lost), "rule": lost[0].id, "channel": lost[0].channel}
                    yield Finding("rules", symptom=RIGHTS_GONE, values=values)

    async def check_outbox(self) -> AsyncIterator[Finding]:
        async with self.store.begin_read() as tx:
            count, since = await tx.undelivered.load_set_aside(self.workspace)
        if count:
            yield Finding("outbox", symptom=MESSAGES_SET_ASIDE, values={"count": count, "since_at": since})

    async def check_record(self) -> AsyncIterator[Finding]:
        """What upkeep has found so far, and the last rows: the doctor reads no chain from end to end."""
        now = await self.store.now()
        async with self.store.begin_read() as tx:
            chains = [self.workspace] if self.workspace else await tx.audit.list_chains()
            faults = {chain: await chain_walk.find_fault(tx, chain, now) for chain in chains}
            read = [await tx.audit_checks.find(chain) for chain, found in faults.items() if not found]
        for chain, found in faults.items():
            if found:
                values = {"chain": chain, "row": found[0].seq, "found_at": found[1]}
                yield Finding("record", symptom=RECORD_BROKEN, values=values)
        if whole := [check.whole_at for check in read if check and check.whole_at]:
            yield Finding("record", f"chains that fit from end to end at {min(whole):%Y-%m-%d %H:%M} UTC: {len(whole)}")

    async def check_policies(self) -> AsyncIterator[Finding]:
        """Who may do what, and where a policy is more open than it looks: for the operator alone."""
        async with self.store.begin_read() as tx:
            said = await tx.policy_versions.load_all_lines()
            groups = {workspace: await tx.user_groups.list_for_workspace(workspace) for workspace in said}
        for workspace, lines in sorted(said.items()):
            for sentence in policy_report.format_lines(lines):
                yield Finding("policy", f"{workspace}: {sentence}")
            for sentence in policy_report.find_loopholes(lines, groups[workspace]):
                yield Finding("policy", f"{workspace}: look: {sentence}")


def _judge_listener(one: Listener) -> Finding:
    if one.connections == 0:
        return Finding("listener", symptom=SOCKET_QUIET, values={"holder": one.holder})
    if one.refused_at and (one.heard_at is None or one.heard_at < one.refused_at):
        return Finding("listener", symptom=SIGNING_SECRET_WRONG, values={"refused_at": one.refused_at})
    heard = f"heard Slack last at {one.heard_at:%H:%M:%S} UTC" if one.heard_at else "heard nothing of Slack yet"
    by = "HTTP" if one.connections is None else "Socket Mode"
    return Finding("listener", f"{one.holder} listens by {by}, {heard}")
