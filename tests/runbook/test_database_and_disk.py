"""The runbook's "Lost database" and "Disk full", done as they stand there."""

from __future__ import annotations

import resource
from datetime import UTC, datetime

from tests.plugins.runbook import Operator, Site, list_blocks

_ONE_PAGE = 4096
"""Bytes that the full disk still takes of each file."""


async def test_a_lost_database_is_restored_and_nothing_is_said_twice(site: Site) -> None:
    restore, _mark, _replay, over = list_blocks("Lost database")
    async with site.run_whole_bot():
        await _fail(site)
        assert (await site.operator.type("circlebot backup circlebot-2026-01-31.db"))[0] == 0
        await _fail(site)
    (site.cwd / "circlebot.db").write_bytes(b"damaged" * 1000)
    code, said = await site.operator.type("circlebot doctor")
    assert (code, "FAIL database" in said) == (1, True), said
    code, said = await site.operator.type(restore)
    assert code == 0, said
    await site.push("broken")
    async with site.run_whole_bot():
        await site.wait_told()
        code, said = await site.operator.type(over)
    assert (code, said.splitlines()[-1]) == (0, "Nothing waits."), said
    assert set((await site.count_told()).values()) == {1}


async def test_without_a_backup_what_the_rules_want_is_told_once(site: Site) -> None:
    _restore, mark, replay, over = list_blocks("Lost database")
    since = datetime.now(UTC)
    async with site.run_whole_bot():
        await _fail(site)
        assert (await site.operator.type("circlebot export > rules.yml"))[0] == 0
    for file in site.cwd.glob("circlebot.db*"):
        file.unlink()
    await site.push("broken")
    mark, replay = [text.replace("2026-01-31T04:00", f"{since:%Y-%m-%dT%H:%M:%S}") for text in (mark, replay)]
    code, said = await site.operator.type(mark)
    assert code == 0, said
    async with site.run_whole_bot():
        await site.connect()
        code, said = await site.operator.type(replay)
        assert (code, "gh/acme/web  since" in said) == (0, True), said
        await site.wait_told()
        await site.wait_until(lambda: _read_again(site.operator), "all to be read again")
        code, said = await site.operator.type(over)
    assert (code, said.splitlines()[-1]) == (0, "Nothing waits."), said
    told = await site.count_told()
    assert (set(told.values()), sum(key.startswith("card:") for key in told)) == ({1}, 2), told


async def _read_again(operator: Operator) -> str | None:
    _code, said = await operator.type("circlebot outbox replay")
    return said if "  done: " in said else None


async def test_a_full_disk_is_outlived_and_nothing_is_said_twice(site: Site) -> None:
    is_ready, see, over = list_blocks("Disk full")
    async with site.start_bot("run") as bot:
        await bot.wait_for_output("circlebot.up")
        await _fail(site)
        _set_room(bot.process.pid, _ONE_PAGE)
        await site.push("broken")
        await bot.wait_for_output("loop.failing")
        await site.wait_until(lambda: _check_health(site.operator, is_ready, 1), "it not to be ready")
        assert (await site.operator.type(see))[0] == 0
        _set_room(bot.process.pid, resource.RLIM_INFINITY)
        await site.wait_told()
        await site.wait_until(lambda: _check_health(site.operator, over, 0), "it to be ready again")
    assert set((await site.count_told()).values()) == {1}


async def _fail(site: Site) -> None:
    await site.push("broken")
    await site.wait_told()


async def _check_health(operator: Operator, command: str, wanted: int) -> str | None:
    code, said = await operator.type(command)
    return said if code == wanted else None


def _set_room(pid: int, size: int) -> None:
    """What this process may write to a file is so long: more fails, as on a disk that is full."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
