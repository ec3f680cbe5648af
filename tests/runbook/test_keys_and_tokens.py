"""The runbook's "Lost key" and "Stolen token", done as they stand there."""

from __future__ import annotations

from bot.store.vault import generate_key
from tests.plugins.runbook import Site, list_blocks
from tests.plugins.slack_users import ADA


async def test_a_lost_key_is_found_or_forgotten(site: Site) -> None:
    forget, over = list_blocks("Lost key")
    old = site.read_keys()
    site.write_keys(generate_key())
    code, said = await site.operator.type(over)
    assert (code, "FAIL keys" in said) == (1, True), said
    async with site.run_whole_bot():
        await site.say("/circle me")
        await site.reply("Connect")
    mended = site.read_keys()
    site.write_keys(f"{mended},{old}")
    assert (await site.operator.type(over))[0] == 0, "the key was found"
    site.write_keys(mended)
    code, said = await site.operator.type(forget)
    assert (code, "deleted" in said) == (0, True), said
    async with site.run_whole_bot():
        await site.connect()
        await site.push("broken")
        await site.card("*failed*", number=max(site.pushed))
    code, said = await site.operator.type(over)
    assert (code, "ok   keys" in said) == (0, True), said


async def test_a_persons_token_is_stolen(site: Site) -> None:
    *_, over = list_blocks("Stolen token")
    await site.control("revoke", **{"as": "ada"})
    async with site.run_whole_bot():
        await site.say("/circle recent gh/acme/web")
        await site.reply("token")
        await site.push("broken")
        await site.control("revoke", **{"as": "ada", "on": False})
        await site.connect()
        await site.card("*failed*", number=max(site.pushed))
    code, said = await site.operator.type(over)
    assert code == 0, said


async def test_the_key_alone_is_stolen(site: Site) -> None:
    (put_first, rotate), (take_out,), (over,) = [block.splitlines() for block in list_blocks("Stolen token")]
    old = site.read_keys()
    await site.operator.type(put_first)
    async with site.run_whole_bot():
        code, said = await site.operator.type(rotate)
        assert (code, "The others may leave ENCRYPTION_KEYS." in said) == (0, True), said
    await site.operator.type(take_out)
    assert len(site.read_keys()) == len(old)
    assert site.read_keys() != old
    async with site.run_whole_bot():
        await site.say("/circle me")
        await site.reply("ada", as_=ADA)
    code, said = await site.operator.type(over)
    assert code == 0, said
