from __future__ import annotations

from bot.domain import ProjectSlug
from bot.store.store import Store

WEB = ProjectSlug("gh", "acme", "web")
OPAQUE = ProjectSlug("circleci", "4b7e", "9c1d")


async def test_a_channel_is_about_the_project_set_last(store: Store) -> None:
    async with store.begin() as tx:
        assert await tx.channels.find_project("T1", "C1") is None
        await tx.channels.set_project("T1", "C1", WEB)
        await tx.channels.set_project("T1", "C1", OPAQUE)
        assert await tx.channels.find_project("T1", "C1") == OPAQUE
        assert await tx.channels.find_project("T2", "C1") is None


async def test_a_channel_can_be_about_nothing_again(store: Store) -> None:
    async with store.begin() as tx:
        await tx.channels.set_project("T1", "C1", WEB)
        await tx.channels.set_project("T1", "C2", WEB)
        await tx.channels.set_project("T1", "C1", None)
        assert await tx.channels.find_project("T1", "C1") is None
        assert await tx.channels.find_project("T1", "C2") == WEB
        assert await tx.channels.list_projects("T1") == {WEB}
