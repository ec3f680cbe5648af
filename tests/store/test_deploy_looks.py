from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain import ProjectSlug
from bot.store.store import Store

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
SOON = NOW + timedelta(seconds=5)
WEB = ProjectSlug.parse("gh/acme/web")
LEASE_S = 60
LATER = SOON + timedelta(seconds=2 * LEASE_S)


async def test_one_at_a_time_asks_what_a_pipeline_deploys_until_there_is_nothing_more(store: Store) -> None:
    async with store.begin() as tx:
        await tx.deploy_looks.ask("p1", WEB, NOW)
        [look] = await tx.deploy_looks.claim(NOW, LEASE_S, "one", limit=10)
        assert (look.pipeline_id, look.project, look.since, look.ends) == ("p1", WEB, NOW, 1)
        assert await tx.deploy_looks.claim(NOW, LEASE_S, "two", limit=10) == []
        await tx.deploy_looks.settle(look, SOON, "two")
        assert await tx.deploy_looks.list_next_due_at(LATER, 10) == [NOW], "it is not theirs"
        await tx.deploy_looks.settle(look, SOON, "one")
        assert await tx.deploy_looks.claim(NOW, LEASE_S, "two", limit=10) == []
        [look] = await tx.deploy_looks.claim(SOON, LEASE_S, "two", limit=10)
        await tx.deploy_looks.settle(look, None, "two")
        assert await tx.deploy_looks.list_next_due_at(LATER, 10) == []


async def test_what_ends_while_it_is_asked_about_is_asked_about_again(store: Store) -> None:
    async with store.begin() as tx:
        await tx.deploy_looks.ask("p1", WEB, NOW)
        [look] = await tx.deploy_looks.claim(NOW, LEASE_S, "one", limit=10)
        await tx.deploy_looks.ask("p1", WEB, SOON)
        await tx.deploy_looks.settle(look, None, "one")
        [look] = await tx.deploy_looks.claim(SOON, LEASE_S, "one", limit=10)
        assert (look.since, look.ends) == (SOON, 2)
