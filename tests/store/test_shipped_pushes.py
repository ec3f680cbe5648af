from __future__ import annotations

from dataclasses import replace

from bot.domain import Deploy, OutcomeKind
from bot.store.shipped_pushes import MOST
from bot.store.store import Store
from tests.store.test_outcomes import FAILED, NOW

PRODUCTION = Deploy("web", "production", "1.0")
DEPLOYED = replace(FAILED, kind=OutcomeKind.DEPLOYED, deploy=PRODUCTION, actor="Ada", pipeline_number=20)


async def _list(store: Store, *pushes: tuple[int, str], last: Deploy = PRODUCTION, branch: str = "main") -> list[str]:
    async with store.begin() as tx:
        await tx.outcomes.insert(replace(DEPLOYED, key="before", deploy=last, pipeline_number=10), NOW)
        for number, actor in pushes:
            one = replace(FAILED, key=f"{number}{actor}", pipeline_number=number, actor=actor, branch=branch)
            await tx.outcomes.insert(one, NOW)
        return await tx.shipped_pushes.list_logins(DEPLOYED)


async def test_those_who_pushed_since_the_last_deploy_there_and_not_whoever_started_this(store: Store) -> None:
    assert await _list(store, (9, "eve"), (10, "gus"), (11, "grace"), (12, "ada"), (12, "grace"), (21, "wim")) == [
        "grace"
    ]


async def test_nobody_where_nothing_is_known_to_have_run_there(store: Store) -> None:
    assert await _list(store, (11, "grace"), last=replace(PRODUCTION, environment="staging")) == []


async def test_nobody_of_another_branch_and_never_more_than_are_named(store: Store) -> None:
    many = [(11, f"p{number:02}") for number in range(MOST + 3)]
    assert await _list(store, *many, branch="other") == []
    assert len(await _list(store, *[(12, login) for _, login in many])) == MOST
