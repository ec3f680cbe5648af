"""That something was tried is on the disk before Slack can hear of it: after a power cut it is looked for."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from bot.notify.deliver.delivery import Delivery
from bot.store.engine.engines import build_engines
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.plugins.delivery_harness import run_delivery_harness

_TURNS = 500
"""Of the event loop: many more than it takes from a claim to its request."""


async def test_a_card_and_a_notice_are_sent_once_their_claims_are_on_the_disk(tmp_path: Path) -> None:
    url, happened = await create_database(tmp_path), list[str]()

    async def wait_for_disk() -> None:
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        happened.append("disk")

    slow = Store(url, Vault([generate_key()]), engines=replace(build_engines(url), wait_for_disk=wait_for_disk))
    async with run_delivery_harness(url) as harness:
        await harness.enqueue(1, "It failed")
        steps = replace(harness.build_dependencies(), store=slow, observe=lambda step: happened.append(step.word))
        await harness.run_delivery(Delivery(steps, holder="one", wake=lambda: None))
        assert len(await harness.list_posted_keys()) == 2
        assert happened == ["claim", "disk", "check", "send", "answer", "settle", "disk", "settled"] * 2
    await slow.close()
