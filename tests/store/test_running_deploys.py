from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.domain import Deploy, Outcome, OutcomeKind, ProjectSlug
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.plugins.factories import NOW, WEB
from tests.plugins.sql_statements import count_statements, explain_plan
from tests.store.test_outcomes import FAILED

API = ProjectSlug("gh", "acme", "api")


def deploy(version: str, hours_ago: float, environment: str = "production", **more: object) -> Outcome:
    known = {"kind": OutcomeKind.DEPLOYED, "happened_at": NOW - timedelta(hours=hours_ago), "classes": frozenset()}
    told = Deploy("web", environment, version)
    return replace(FAILED, key=f"{environment}:{version}:{hours_ago}", deploy=told, **known | more)  # type: ignore[arg-type]  # one of the fields


async def test_the_newest_deploy_or_rollback_of_each_place_runs_there(store: Store) -> None:
    back = deploy("1", 2, kind=OutcomeKind.ROLLED_BACK)
    staging = deploy("3", 1, "staging")
    blue = replace(deploy("2", 5, "blue"), deploy=Deploy("web", "production", "2", namespace="blue"))
    told = [
        deploy("2", 3),
        back,
        deploy("3", 1, kind=OutcomeKind.DEPLOY_FAILED),
        staging,
        blue,
        deploy("9", 0, project=API),
        deploy("0", 24 * 100, "moon"),
        FAILED,
    ]
    async with store.begin() as tx:
        for one in told:
            assert await tx.outcomes.insert(one, NOW)
        assert await tx.running_deploys.list_for([WEB], NOW) == [staging, back, blue]
        assert await tx.running_deploys.list_for([], NOW) == []


async def test_they_are_found_by_an_index_among_however_many_outcomes(tmp_path: Path) -> None:
    store = Store(await create_database(tmp_path), Vault([generate_key()]))
    async with store.begin() as tx:
        with count_statements() as seen:
            assert await tx.running_deploys.list_for([WEB, API], NOW) == []
    await store.close()
    (asked,) = [text for text in seen.texts if text.startswith("SELECT")]
    assert "ix_outcomes_deploys" in str(explain_plan(tmp_path / "circlebot.db", asked))
