from __future__ import annotations

from dataclasses import replace

from bot.domain import ProjectSlug
from bot.rules.saved_preset import Preset
from bot.store.store import Store

WEB = ProjectSlug("gh", "acme", "web")
STAGING = Preset("T1", "deploy-staging", WEB, "main", None, {"deploy": "true", "environment": "staging"})
RELEASE = Preset("T1", "release", WEB, None, "v1", {})
OF_CHANNEL = Preset(
    "T1",
    "release",
    WEB,
    "main",
    None,
    {"deploy": "true"},
    channel="C1",
    made_by="U1",
    definition="d1",
    config_branch="next",
    asked=("version", "branch"),
)


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


async def test_a_name_means_the_channels_own_preset_before_the_workspaces(store: Store) -> None:
    async with store.begin() as tx:
        for one in (RELEASE, OF_CHANNEL):
            await tx.presets.upsert(one)
        assert await tx.presets.find("T1", "release", "C1") == OF_CHANNEL
        assert await tx.presets.find("T1", "release", "C2") == RELEASE
        assert await tx.presets.find("T1", "release") == RELEASE
        assert await tx.presets.list_for_channel("T1", "C1") == [RELEASE, OF_CHANNEL]
        assert await tx.presets.list_for_channel("T1", "C2") == [RELEASE]


async def test_saving_again_replaces_and_removing_takes_the_one_that_is_meant(store: Store) -> None:
    changed = replace(OF_CHANNEL, parameters={}, asked=())
    async with store.begin() as tx:
        for one in (RELEASE, OF_CHANNEL, changed):
            await tx.presets.upsert(one)
        assert await tx.presets.find("T1", "release", "C1") == changed
        assert await tx.presets.delete(changed)
        assert not await tx.presets.delete(changed)
        assert await tx.presets.list_for_workspace("T1") == [RELEASE]
