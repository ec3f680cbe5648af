"""Where a rule tells what it hears: only in threads, or in a digest."""

from __future__ import annotations

from tests.plugins.block_reader import get_text, is_card
from tests.plugins.world import DEPLOYS, GRACE, World


async def test_a_digest_is_asked_for_in_the_form_and_comes_by_the_clock_of_who_asks(socket_world: World) -> None:
    await socket_world.connect(GRACE)
    await socket_world.say("/circle subscribe", as_=GRACE)
    form = await socket_world.form("Show More Options…", as_=GRACE)
    form = await socket_world.turn(form, "delivery", as_=GRACE, project="gh/acme/web", what="Failures")
    await socket_world.submit(form, as_=GRACE, to="digest", at="17:00, 9")
    told = get_text(await socket_world.answer("Times are those of", as_=GRACE))
    assert "Times are those of `America/New_York`" in told
    pushed = await socket_world.control("push", project="gh/acme/web", branch="broken")
    core = socket_world.app.core

    async def kept() -> bool | None:
        async with core.store.begin_read() as tx:
            return await tx.digest_queue.count_waiting("T0SANDBOX", DEPLOYS) == 1 or None

    await socket_world.wait_until(kept, "the failure to be kept")
    await socket_world.say(f"/circle why gh/acme/web {pushed['number']} --posted", as_=GRACE)
    await socket_world.reply("Not posted at once: rule 1 collects it for the digest at", as_=GRACE)
    assert not [one for one in await socket_world.list_messages(as_=GRACE) if is_card(one)]
    async with core.store.begin() as tx:
        await tx.digest_queue.make_due("T0SANDBOX", DEPLOYS, "digest", now=core.clock.now())
    core.wake_all()
    digest = get_text(await socket_world.message("*Digest*: 1 failed", as_=GRACE))
    assert f"build-and-test #{pushed['number']}" in digest


async def test_a_rule_for_threads_tells_nothing_to_the_channel_but_the_card(connected_world: World) -> None:
    await connected_world.say("/circle subscribe web --only failed,started --to thread")
    await connected_world.message("only in the card's thread")
    pushed = await connected_world.control("push", project="gh/acme/web", branch="broken")
    card = await connected_world.card("*failed*", number=pushed["number"])
    await connected_world.thread(card, "failed test")
    assert not [
        call for call in await connected_world.list_calls("chat.postMessage") if call["args"].get("reply_broadcast")
    ]
    await connected_world.say(f"/circle why gh/acme/web {pushed['number']} --posted")
    await connected_world.reply("Posted at once, only in the card's thread")
