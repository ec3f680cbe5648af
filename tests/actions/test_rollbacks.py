"""One rerun at a time brings something back to a place, whatever process asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.actions import act_claims, rollbacks
from bot.actions.deploy_targets import FoundPlace
from bot.circleci.deployed_places import DeployPlace, ProjectDeploys
from bot.circleci.links import Links
from bot.circleci.models import DeployComponent, DeployEnvironment, Project
from bot.command import Context, Request, RequestSource
from bot.errors import BotError, Rejected, TargetError, Unavailable
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.plugins.delivery_harness import FakeClock


class Replica:
    """A process with a connection of its own."""

    def __init__(self, url: str, clock: FakeClock) -> None:
        self.store, self.clock = Store(url, Vault([generate_key()])), clock

    async def roll_back(
        self,
        environment: str = "staging",
        *,
        workspace: str = "T",
        ends: BotError | None = None,
        check: Callable[[], Awaitable[object]] | None = None,
    ) -> bool:
        """Whether CircleCI is asked, once what is to be checked before was."""
        circleci: Any = None
        request = Request(workspace, "U", "rollback", RequestSource.FORM, "k", channel="C")
        context = Context(request, circleci, self.store, self.clock, Links(), wake=lambda: None)
        asked = False
        try:
            async with rollbacks.claim_place(context, _build_place(environment)) as claim:
                if check:
                    await check()
                await claim.renew()
                asked = True
                if ends:
                    raise ends
        except (TargetError, Rejected, Unavailable):
            pass
        return asked


def _build_place(environment: str) -> FoundPlace:
    project = Project.model_validate(
        {"id": "p", "slug": "gh/acme/api", "name": "api", "organization_name": "acme", "organization_id": "o"}
    )
    component, where = DeployComponent(id="c"), DeployEnvironment(id=environment, name=environment)
    return FoundPlace(ProjectDeploys(project, (), {}), DeployPlace(component, where, "default", (), ()))


@pytest.fixture(params=["sqlite", "postgresql"])
async def replicas(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    server = None if request.param == "sqlite" else request.getfixturevalue("postgres")
    url = await (server.create_migrated() if server else create_database(tmp_path))
    clock = FakeClock()
    replicas = [Replica(url, clock), Replica(url, clock)]
    yield replicas
    for one in replicas:
        await one.store.close()
    if server:
        await server.release(url)


async def test_of_two_at_the_same_moment_one_asks_circleci_and_then_nobody_for_a_while(replicas: list[Replica]) -> None:
    one, other = replicas
    two = one.roll_back(), other.roll_back(workspace="another")
    assert sorted(await asyncio.gather(*two)) == [False, True]
    assert not await one.roll_back()
    assert await one.roll_back("production")
    one.clock.advance(act_claims.CLAIMED_FOR.total_seconds() + 1)
    assert await other.roll_back()


async def test_whose_checks_outlast_the_claim_asks_only_where_nobody_else_did(replicas: list[Replica]) -> None:
    one, other = replicas
    asked: list[bool] = []

    async def wait() -> None:
        one.clock.advance(act_claims.CLAIMED_FOR.total_seconds() + 1)

    async def be_overtaken() -> None:
        await wait()
        asked.append(await other.roll_back(workspace="another"))

    assert await one.roll_back(check=wait)
    await wait()
    assert not await one.roll_back(check=be_overtaken)
    assert asked == [True]
    assert not await one.roll_back(), "the claim of the one that asked is still there"


async def test_only_what_certainly_did_not_happen_may_be_asked_for_at_once(replicas: list[Replica]) -> None:
    one, other = replicas
    assert await one.roll_back(ends=Rejected("No", status=400))
    assert await one.roll_back(ends=Unavailable("Down"))
    assert await one.roll_back(ends=Unavailable("Lost", unknown=True))
    assert not await other.roll_back()
