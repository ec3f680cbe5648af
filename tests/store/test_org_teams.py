from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.people import Installation
from bot.store.store import Store

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
WHOLE = Installation("E1", "Acme", "U", "B", (), "U", NOW, token="xoxb-whole", enterprise="E1")
OWN = replace(WHOLE, workspace="T1", token="xoxb-own")


async def test_a_workspace_has_its_own_installation_or_else_that_of_its_organisation(store: Store) -> None:
    async with store.begin() as tx:
        await tx.installations.upsert(WHOLE)
        await tx.org_teams.replace("E1", {"T1": "One", "T2": "Two"})
        assert await tx.installations.find("T1") == WHOLE
        await tx.installations.upsert(OWN)
        assert await tx.installations.find("T1") == OWN
        assert await tx.installations.find("T2") == WHOLE
        assert await tx.installations.find("T3") is None
        assert await tx.installations.list_workspaces() == ["T1", "T2"]
        assert await tx.installations.list_served("E1") == ["T1", "T2"]
        await tx.installations.delete(WHOLE)
        assert await tx.installations.find("T2") is None
        assert await tx.installations.list_workspaces() == ["T1"]


async def test_what_slack_lists_is_all_that_belongs_to_an_organisation(store: Store) -> None:
    async with store.begin() as tx:
        assert await tx.org_teams.replace("E1", {"T1": "One", "T2": "Two"}) == []
        assert await tx.org_teams.insert("E1", "T3")
        assert not await tx.org_teams.insert("E1", "T1")
        assert await tx.org_teams.list_names("E1") == {"T1": "One", "T2": "Two", "T3": ""}
        assert await tx.org_teams.replace("E1", {"T2": "Zwei"}) == ["T1", "T3"]
        assert await tx.org_teams.list_names("E1") == {"T2": "Zwei"}
        assert await tx.org_teams.list_names("E2") == {}


async def test_the_tokens_of_an_installation_are_sealed_each_for_itself(store: Store) -> None:
    rotated = replace(OWN, refresh_token="xoxe-1-next", expires_at=NOW)
    async with store.begin() as tx:
        await tx.installations.upsert(rotated)
        assert await tx.installations.find("T1") == rotated
        assert (await tx.sealed_columns.count()).first == 2
