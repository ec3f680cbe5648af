from __future__ import annotations

from bot.domain import ProjectSlug
from bot.store.presets import Preset
from bot.store.store import Store

WEB = ProjectSlug("gh", "acme", "web")
STAGING = Preset("T1", "deploy-staging", WEB, "main", None, {"deploy": "true", "environment": "staging"})
RELEASE = Preset("T1", "release", WEB, None, "v1", {})


async def test_presets_are_found_by_name_in_their_workspace(store: Store) -> None:
    async with store.begin() as tx:
        await tx.presets.replace_all("T1", [STAGING, RELEASE])
        assert await tx.presets.find("T1", "deploy-staging") == STAGING
        assert await tx.presets.find("T1", "deploy") is None
        assert await tx.presets.find("T2", "release") is None


async def test_a_workspaces_presets_are_replaced_as_a_whole(store: Store) -> None:
    async with store.begin() as tx:
        await tx.presets.replace_all("T1", [RELEASE, STAGING])
        assert await tx.presets.list_for_workspace("T1") == [STAGING, RELEASE]
        await tx.presets.replace_all("T1", [RELEASE])
        assert await tx.presets.list_for_workspace("T1") == [RELEASE]
