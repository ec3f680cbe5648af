"""Who reads a project: what is looked up, and whose token is opened, until somebody's answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from bot.circleci.client import CircleCI, CircleCIPool
from bot.circleci.links import Links
from bot.circleci.models.people_models import Project
from bot.domain import ProjectScope, ProjectSlug
from bot.domain.people import Account, AccountState
from bot.domain.project_feeds import TokenOwner
from bot.errors import RateLimited, TargetError
from bot.notify.poll.request_accounting import TokenUsageRecorder
from bot.notify.poll.token_quota import ServiceAccount
from bot.notify.poll.tokens import PollTokens
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from bot.store.store import Store
from bot.store.token_usage import TokenUsage
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.plugins.factories import NOW, WEB
from tests.plugins.sql_statements import count_statements

CROWD = tuple(f"UMANY{number}" for number in range(20))
"""Connected in the workspace; not one of them asked about the project."""


class WatchedVault(Vault):
    """`opened` are the users whose tokens were opened."""

    opened: tuple[str, ...] = ()

    def open(self, owner: str, sealed: str) -> str:
        self.opened += (owner.rpartition(":")[2],)
        return super().open(owner, sealed)


@dataclass
class TokenHarness:
    """`answers` are the HTTP status and headers that a token gets; 404 when it is not among them."""

    store: Store
    vault: WatchedVault
    answers: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pool = CircleCIPool("https://circleci.test", clock=self, transport=httpx.MockTransport(self._answer))
        self.tokens = self.hired(None)

    def now(self) -> datetime:
        return NOW

    def hired(self, service_token: str | None) -> PollTokens:
        links = Links("https://circleci.test")
        service = ServiceAccount(service_token) if service_token else None
        return PollTokens(pool=self.pool, service=service, store=self.store, clock=self, links=links)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        token = request.headers["Circle-Token"]
        self.asked.append(token)
        status, headers = self.answers.get(token, (404, {}))
        return httpx.Response(status, headers=headers, json={"slug": str(WEB), "name": token})

    def lets(self, *tokens: str, status: int = 200, **headers: str) -> None:
        self.answers |= dict.fromkeys(tokens, (status, headers))

    async def connect(self, *users: str, workspace: str = "T", token: str = "") -> None:
        async with self.store.begin() as tx:
            for minute, user in enumerate(users):
                at = NOW + timedelta(minutes=minute)
                await tx.accounts.upsert(
                    Account(workspace, user, user, user, user, AccountState.ACTIVE, at, token or f"of-{user}")
                )

    async def rule(self, user: str, workspace: str = "T", project: ProjectSlug = WEB) -> Subscription:
        scope = ProjectScope.parse(str(project))
        async with self.store.begin() as tx:
            return await tx.subscriptions.insert(Subscription(0, workspace, f"C-{user}", scope, Rule(), user, NOW))

    async def read(self) -> str:
        """Whose token read the project."""
        return (await self.tokens.fetch_for_project(WEB, _look)).name


async def _look(circleci: CircleCI) -> Project:
    return await circleci.fetch_project(WEB)


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[TokenHarness]:
    vault = WatchedVault([generate_key()])
    store = Store(await create_database(tmp_path), vault)
    one = TokenHarness(store, vault)
    yield one
    await one.pool.close()
    await store.close()


async def test_what_read_a_project_the_last_time_is_opened_alone_and_asked_first(harness: TokenHarness) -> None:
    await harness.connect("UADA", *CROWD)
    await harness.rule("UADA")
    harness.lets("of-UMANY3")
    assert await harness.read() == "of-UMANY3"
    harness.asked.clear()
    harness.vault.opened = ()
    with count_statements() as seen:
        assert await harness.read() == "of-UMANY3"
    assert (seen.count, harness.vault.opened, harness.asked) == (1, ("UMANY3",), ["of-UMANY3"])


async def test_nobody_is_opened_behind_the_first_who_answers(harness: TokenHarness) -> None:
    await harness.connect(*CROWD, "UADA", "UGRACE")
    await harness.rule("UGRACE")
    await harness.rule("UADA")
    harness.lets("of-UADA", *(f"of-{user}" for user in CROWD))
    assert await harness.read() == "of-UADA"
    assert harness.vault.opened == ("UGRACE", "UADA"), "those who made rules, the oldest rule first"


async def test_who_triggered_is_asked_before_those_who_made_rules(harness: TokenHarness) -> None:
    await harness.connect("UADA", "UGRACE")
    await harness.rule("UADA")
    harness.lets("of-UADA", "of-UGRACE")
    async with harness.store.begin() as tx:
        await tx.pipelines.follow("p1", WEB, 1, branch="main", tag=None, snapshot="{}", now=NOW)
        await tx.cards.upsert("T", "C", "p1", asked_by="UGRACE", now=NOW)
    assert await harness.read() == "of-UGRACE"


async def test_everybody_is_asked_once_before_a_project_is_called_hidden(harness: TokenHarness) -> None:
    await harness.connect("UADA", "UGRACE", "UEVE")
    await harness.connect("UFAR", workspace="T2")
    await harness.rule("UGRACE")
    for _ in range(2):
        harness.asked.clear()
        with pytest.raises(TargetError):
            await harness.read()
        assert harness.asked == ["of-UGRACE", "of-UADA", "of-UEVE"], (
            "and nobody of a workspace that hears nothing of it"
        )


async def test_who_disconnected_reads_no_more_and_a_new_token_takes_the_old_ones_place(harness: TokenHarness) -> None:
    await harness.connect("UADA", "UGRACE")
    await harness.rule("UADA")
    harness.lets("of-UADA", "anew", "of-UGRACE")
    assert await harness.read() == "of-UADA"
    await harness.connect("UADA", token="anew")
    assert await harness.read() == "anew"
    async with harness.store.begin() as tx:
        await tx.accounts.delete("T", "UADA")
    assert await harness.read() == "of-UGRACE"


async def test_a_workspace_that_hears_no_more_of_a_project_lends_no_token_to_another(harness: TokenHarness) -> None:
    await harness.connect("UADA")
    await harness.connect("UFAR", workspace="T2")
    rule = await harness.rule("UADA")
    await harness.rule("UFAR", workspace="T2")
    harness.lets("of-UADA", "of-UFAR")
    assert await harness.read() == "of-UADA"
    async with harness.store.begin() as tx:
        await tx.subscriptions.delete("T", rule.channel, rule.id)
    assert await harness.read() == "of-UFAR"


async def test_a_token_that_ends_is_told_once_and_the_next_one_reads(harness: TokenHarness) -> None:
    await harness.connect("UADA", "UGRACE")
    await harness.rule("UADA")
    harness.lets("of-UADA", "of-UGRACE")
    await harness.read()
    harness.lets("of-UADA", status=401)
    assert [await harness.read() for _ in range(2)] == ["of-UGRACE", "of-UGRACE"]
    assert harness.asked.count("of-UADA") == 2, "as it worked, and as it ended"
    async with harness.store.begin() as tx:
        told = await tx.outbox.claim(NOW, 1, "me", limit=100)
    assert [notice.channel for notice in told] == ["UADA"]


async def test_while_all_have_to_rest_the_shortest_rest_is_told(harness: TokenHarness) -> None:
    await harness.connect("UADA", "UGRACE")
    await harness.rule("UADA")
    harness.lets("of-UADA", **{"RateLimit-Limit": "10", "RateLimit-Remaining": "2", "RateLimit-Reset": "40"})
    harness.lets("of-UGRACE", **{"RateLimit-Limit": "10", "RateLimit-Remaining": "2", "RateLimit-Reset": "30"})
    assert [await harness.read() for _ in range(2)] == ["of-UADA", "of-UGRACE"]
    with pytest.raises(RateLimited) as limited:
        await harness.read()
    assert limited.value.retry_after_s == 30
    assert harness.asked == ["of-UADA", "of-UGRACE"], "what is kept for a person is not touched"


async def test_behind_a_service_token_that_sees_nothing_the_last_reader_is_opened_alone(harness: TokenHarness) -> None:
    await harness.connect("UADA", *CROWD)
    await harness.rule("UADA")
    harness.lets("of-UMANY3")
    harness.tokens = harness.hired("of-service")
    await harness.read()
    harness.vault.opened = ()
    assert await harness.read() == "of-UMANY3"
    assert harness.vault.opened == ("UMANY3",)
    harness.lets("of-service")
    harness.vault.opened = ()
    assert await harness.read() == "of-service"
    assert harness.vault.opened == ()


async def test_who_may_list_an_organisation_is_one_statement_however_many_projects_it_has(
    harness: TokenHarness,
) -> None:
    async def listed(projects: Sequence[ProjectSlug]) -> str:
        who, _ = await harness.tokens.fetch_for_org("gh/acme", projects, _look)
        return who

    projects = [ProjectSlug("gh", "acme", f"p{number}") for number in range(30)]
    await harness.connect("UADA", "UGRACE")
    await harness.rule("UADA", project=projects[0])
    await harness.rule("UGRACE", project=projects[19])
    harness.lets("of-UGRACE")
    assert await listed(projects) == "T/UGRACE"
    with count_statements() as seen:
        assert await listed(projects) == "T/UGRACE"
    assert seen.count == 1


async def test_for_a_huge_organisation_only_its_first_projects_say_who_may_list_it(harness: TokenHarness) -> None:
    projects = [ProjectSlug("gh", "acme", f"p{number}") for number in range(30)]
    await harness.connect("UADA")
    await harness.rule("UADA", project=projects[20])
    harness.lets("of-UADA")
    with pytest.raises(TargetError):
        await harness.tokens.fetch_for_org("gh/acme", projects, _look)
    assert harness.asked == []


def _an_hour(requests: int) -> dict[str, str]:
    return {"x-ratelimit-limit-hour": str(requests), "x-ratelimit-remaining-hour": str(requests)}


async def test_what_polling_asks_is_shared_by_all_whose_hour_is_half_used_up(harness: TokenHarness) -> None:
    await harness.connect("UADA", "UGRACE", "UEVE")
    await harness.rule("UADA")
    harness.lets("of-UADA", "of-UGRACE", "of-UEVE", **_an_hour(10))
    for _ in range(18):
        await harness.read()
    assert Counter(harness.asked) == {"of-UADA": 6, "of-UGRACE": 6, "of-UEVE": 6}


async def test_who_does_not_see_the_project_is_not_asked_again_and_again_for_those_who_do(
    harness: TokenHarness,
) -> None:
    await harness.connect("UADA", "UGRACE")
    await harness.rule("UADA")
    harness.lets("of-UADA", **_an_hour(10))
    for _ in range(9):
        await harness.read()
    assert Counter(harness.asked) == {"of-UADA": 9, "of-UGRACE": 1}


async def test_what_is_asked_of_each_token_that_polls_is_written_down_once(harness: TokenHarness) -> None:
    await harness.connect("UADA")
    await harness.rule("UADA")
    harness.lets("of-UADA", **_an_hour(100))
    recorder = TokenUsageRecorder(store=harness.store, tokens=harness.tokens, clock=harness)
    for _ in range(3):
        await harness.read()
        await recorder.tick()
    with count_statements() as seen:
        await recorder.tick()
    assert seen.count == 0, "nothing was asked since"
    async with harness.store.begin_read() as tx:
        assert await tx.token_usage.list_last_hour(NOW) == [TokenUsage(TokenOwner("T", "UADA"), 3, 100)]
