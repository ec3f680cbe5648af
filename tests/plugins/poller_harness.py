"""The real pollers over a real store and the sandbox's CircleCI. A test moves the time and runs each round."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bot.circleci.links import Links
from bot.domain import ProjectScope, ProjectSlug
from bot.domain.people import Account, AccountState
from bot.messages import Notice
from bot.notify.poll.deploy_reader import DeployReader
from bot.notify.poll.explain import Explainer
from bot.notify.poll.org_poller import OrgPoller
from bot.notify.poll.poller import Poller
from bot.notify.poll.tokens import PollTokens
from bot.notify.poll.visibility import Visibility
from bot.notify.publish.publisher import Publisher
from bot.notify.upkeep.rule_health import RuleHealthMonitor
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from bot.workers.loop import BackgroundTasks
from sandbox.circleci.fake_users import PEOPLE
from tests.circleci.sandboxed import CircleCISandbox, run_circleci_sandbox, run_direct_circleci
from tests.plugins.database import create_database

INTERVAL_S = 5.0


class PollerHarness:
    """`sandbox` is CircleCI; its clock is ours. Without `chance` nothing jitters."""

    def __init__(self, sandbox: CircleCISandbox, store: Store, interval_s: float) -> None:
        self.sandbox, self.store, self.tasks = sandbox, store, BackgroundTasks()
        self.polls: list[str] = []
        self.org_polls: list[str] = []
        links = Links(f"{sandbox.url}/circleci")
        tokens = PollTokens(pool=sandbox.pool, service=None, store=store, clock=sandbox, links=links)
        publisher = Publisher(
            store=store, links=links, clock=sandbox, wake=lambda: None, hit_failpoint=lambda _step: None
        )
        shared: dict[str, Any] = {
            "store": store,
            "tokens": tokens,
            "clock": sandbox,
            "interval_s": interval_s,
            "holder": "me",
            "tasks": self.tasks,
            "chance": lambda: 0.5,
        }
        self.visibility = Visibility(store=store, pool=sandbox.pool, tokens=tokens, clock=sandbox)
        explainer = Explainer(store=store, tokens=tokens)
        self.poller = Poller(
            publisher=publisher, explainer=explainer, visibility=self.visibility, count=self.polls.append, **shared
        )
        looks = {name: shared[name] for name in ("store", "tokens", "clock", "holder", "tasks")}
        self.build_deploys = partial(DeployReader, publisher=publisher, visibility=self.visibility, **looks)
        self.deploys = self.build_deploys()
        self.org_poller = OrgPoller(wake=lambda: None, count=self.org_polls.append, **shared)
        self.left: set[str] = set()
        self.tokens = tokens
        self.rule_health = self.build_rule_health("me")

    def build_rule_health(self, holder: str) -> RuleHealthMonitor:
        """A replica's."""
        return RuleHealthMonitor(
            store=self.store,
            pool=self.sandbox.pool,
            tokens=self.tokens,
            people=self,
            clock=self.sandbox,
            holder=holder,
            wake=lambda: None,
        )

    async def has_left(self, workspace: str, user: str) -> bool:
        """Slack, as the warden asks it."""
        return workspace == "T" and user in self.left

    async def connect(self, *logins: str) -> None:
        """Whose tokens may read, in the order in which they are tried."""
        async with self.store.begin() as tx:
            for minute, login in enumerate(logins):
                connected_at = self.sandbox.now() + timedelta(minutes=minute)
                circleci_id = PEOPLE[login].id if login in PEOPLE else login
                account = Account(
                    "T", login, circleci_id, login, login, AccountState.ACTIVE, connected_at, f"CCIPAT_{login}"
                )
                await tx.accounts.upsert(account)

    async def subscribe(self, *slugs: str, by: str = "ada", rule: Rule | None = None) -> None:
        async with self.store.begin() as tx:
            for slug in slugs:
                scope, now = ProjectScope.parse(slug), self.sandbox.now()
                await tx.subscriptions.insert(Subscription(0, "T", "C", scope, rule or Rule(), by, now))
                if scope.exact:
                    await tx.polled_projects.upsert(scope.exact, now)

    async def run_due(self) -> None:
        """Whatever is due now, until nothing is."""
        await self.org_poller.tick()
        await self.poller.tick()
        await self.deploys.tick()
        while self.tasks:
            await self.tasks.drain(30)
            await self.poller.tick()
            await self.deploys.tick()

    async def run_rule_checks(self) -> list[Notice]:
        """What the warden says when it has looked twice, now and ten minutes later."""
        await self.rule_health.tick()
        await self.sandbox.advance(600)
        await self.rule_health.tick()
        async with self.store.begin() as tx:
            said = await tx.outbox.claim(self.sandbox.now(), 1, "me", limit=100)
            for notice in said:
                await tx.outbox.settle_sent(notice, f"{notice.id}.0", self.sandbox.now())
        return said

    async def advance(self, minutes: float) -> None:
        """Let time pass, stopping wherever something is due."""
        until = self.sandbox.now() + timedelta(minutes=minutes)
        while (now := self.sandbox.now()) < until:
            await self.run_due()
            async with self.store.begin_read() as tx:
                due = [
                    one.next_look_at for one in [*await tx.polled_projects.list_all(), *await tx.org_polls.list_all()]
                ]
                due += await tx.deploy_looks.list_next_due_at(now, 1)
            next_at = min([*due, until, now + timedelta(minutes=1)])
            await self.sandbox.advance(max(1.0, (next_at - now).total_seconds()))
        await self.run_due()

    async def push(self, slug: str, branch: str = "main") -> int:
        answer = await self.sandbox.control.post("/_control/push", json={"project": slug, "branch": branch})
        number: int = answer.raise_for_status().json()["number"]
        return number

    async def control(self, what: str, **body: Any) -> None:
        (await self.sandbox.control.post(f"/_control/{what}", json=body)).raise_for_status()

    async def list_pipeline_numbers(self, slug: str) -> list[int]:
        """The numbers of the pipelines of a project that are known, oldest first."""
        async with self.store.begin_read() as tx:
            return sorted(one.number for one in await tx.pipelines.list_newest(ProjectSlug.parse(slug), 1000))

    async def list_listed_slugs(self, since: int = 0) -> list[str]:
        """What was listed, of calls from the `since`th on: slugs of organisations and projects, each page once."""
        calls = (await self.sandbox.calls())[since:]
        return [listed for call in calls if (listed := _find_listed_slug(call))]

    async def count_calls(self) -> int:
        return len(await self.sandbox.calls())


def _find_listed_slug(call: dict[str, Any]) -> str | None:
    path: str = call["path"].removeprefix("/api/v2/")
    if path == "pipeline":
        return str(call["query"]["org-slug"])
    parts = path.split("/")
    return "/".join(parts[1:4]) if parts[0] == "project" and parts[4:] == ["pipeline"] else None


@contextlib.asynccontextmanager
async def run_poller_harness(
    folder: Path, *, interval_s: float = INTERVAL_S, past: bool = False, on_loopback: bool = False
) -> AsyncIterator[PollerHarness]:
    """A longer interval is cheaper, for what does not tell how soon something is seen.

    With the `past` the sandbox has pipelines of forty days, which all are read in the first round. It is `on_loopback`
    where its Slack is asked too.
    """
    store = Store(await create_database(folder), Vault([generate_key()]))
    try:
        async with run_circleci_sandbox() if on_loopback else run_direct_circleci() as sandbox:
            if not past:
                (await sandbox.control.post("/_control/reset", json={"seed": False})).raise_for_status()
            yield PollerHarness(sandbox, store, interval_s)
    finally:
        await store.close()
