"""What a process read is written over what another has read meanwhile, and is then read once more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.notify.publish.saved_pipeline import upsert_pipeline
from bot.notify.readings import Reading
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.plugins.factories import NOW, WEB, make_snapshot, make_workflow


async def test_what_two_processes_read_at_the_same_time_is_read_once_more(tmp_path: Path) -> None:
    """Seed 350: one was frozen when it had read that a hold waits; its card went on saying so when all had ended."""
    store = Store(await create_database(tmp_path), Vault([generate_key()]))
    waits, ended = (make_snapshot((make_workflow(1, "build", status), ())) for status in ("on_hold", "failed"))
    pipeline = waits.pipeline.id
    frozen = Reading(WEB, waits, None, NOW, NOW, read_at=NOW)
    async with store.begin() as tx:
        await upsert_pipeline(tx, frozen, NOW)
        before = await tx.pipelines.find(pipeline)
        await upsert_pipeline(
            tx, replace(frozen, snapshot=ended, finished_at=NOW, next_look_at=None, before=before), NOW
        )
        assert await tx.pipelines.list_due(WEB, NOW, limit=1) == []
        later = NOW + timedelta(seconds=8)
        await upsert_pipeline(tx, replace(frozen, next_look_at=later, before=before), NOW)
        assert [one.id for one in await tx.pipelines.list_due(WEB, NOW, limit=1)] == [pipeline]
    await store.close()
