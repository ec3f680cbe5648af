from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain import ProjectSlug
from bot.store.store import Store
from bot.store.trigger_choices import TriggerChoice

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
WEB, API = ProjectSlug("gh", "acme", "web"), ProjectSlug("gh", "acme", "api")
FIRST = TriggerChoice("main", None, {"image-tag": "4.8.2"})
LAST = TriggerChoice("release", "d1", {"environment": "production"})


async def test_what_was_chosen_last_is_kept_for_each_person_and_project(store: Store) -> None:
    async with store.begin() as tx:
        for choice in (FIRST, LAST):
            await tx.trigger_choices.upsert("T1", "U1", WEB, choice=choice, now=NOW)
        assert await tx.trigger_choices.find("T1", "U1", WEB) == LAST
        for place in (("T1", "U1", API), ("T1", "U2", WEB), ("T2", "U1", WEB)):
            assert await tx.trigger_choices.find(*place) == TriggerChoice()


async def test_it_is_forgotten_with_its_person_and_after_a_while(store: Store) -> None:
    async with store.begin() as tx:
        for user in ("U1", "U2"):
            await tx.trigger_choices.upsert("T1", user, WEB, choice=FIRST, now=NOW)
        await tx.trigger_choices.delete_for_user("T1", "U1")
        assert await tx.trigger_choices.find("T1", "U1", WEB) == TriggerChoice()
        assert await tx.trigger_choices.prune(NOW) == 0
        assert await tx.trigger_choices.prune(NOW + timedelta(seconds=1)) == 1
