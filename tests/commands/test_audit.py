"""`/circle audit`: what admins read, take away and let a channel have."""

from __future__ import annotations

import csv
import io

from bot.domain.audit_records import AuditKind, AuditRecord, AuditResult
from bot.notify.upkeep.audit_upkeep import AuditUpkeep
from tests.plugins.slack_users import GENERAL
from tests.plugins.world import ADA, DEPLOYS, EVE, GRACE, Json, World

AT = "T0SANDBOX"


async def _record(world: World, count: int = 1, **known: object) -> None:
    now = world.app.core.clock.now()
    given: Json = {"workspace": AT, "at": now, "kind": AuditKind.ACT, "act": "rerun", "user": GRACE, **known}
    async with world.app.core.store.begin() as tx:
        for number in range(count):
            tx.record(AuditRecord(**{"what": f"number {number}", **given}))


async def test_only_admins_read_the_record(connected_world: World) -> None:
    await connected_world.say("/circle audit", as_=EVE)
    await connected_world.reply("Only a circlebot admin", as_=EVE)
    await connected_world.say("/circle audit --result refused")
    shown = await connected_world.reply("Record of Acts and Refusals")
    assert "`audit` · refused" in str(shown["blocks"])


async def test_pages_and_filters_find_the_rows_that_are_asked_for(connected_world: World) -> None:
    world = connected_world
    await _record(world, 12)
    await _record(world, act="cancel", user=EVE, result=AuditResult.FAILED, project="gh/acme/api")
    await world.say("/circle audit --act rerunn --user <@U0EVE>")
    await world.press(await world.reply("No row has the act `rerunn`"), "Show audit")
    await world.message("No row is like that")
    await world.say("/circle audit --act rerun")
    first = await world.reply("Record of Acts")
    assert "number 11" in str(first["blocks"])
    await world.press(first, "Next Page")
    second = await world.message("number 0")
    assert "number 1" in str(second["blocks"])
    for words in (f"--user <@{EVE}>", "--result failed", "--project acme/api", "--since 1h --act cancel"):
        await world.say(f"/circle audit {words}", channel=GENERAL)
        shown = await world.reply("Record of Acts", channel=GENERAL)
        assert "`cancel` · failed" in str(shown["blocks"]), words
    await world.say("/circle audit --result maybe")
    await world.reply("`--result` takes `done`")


async def test_an_export_comes_to_the_admin_alone_and_runs_no_formula(connected_world: World) -> None:
    world = connected_world
    await _record(world, what="=HYPERLINK(1)")
    await world.say("/circle audit --act rerun")
    await world.press(await world.reply("Record of Acts"), "Export")
    await world.message("with 1 row")
    file = await world.file("audit-", channel="D0ADA")
    (row,) = csv.DictReader(io.StringIO(file["content"].decode("utf-8-sig")))
    assert (row["act"], row["what"], row["user"]) == ("rerun", "'=HYPERLINK(1)", GRACE)
    async with world.app.core.store.begin_read() as tx:
        last = (await tx.audit.list_chain(AT))[-1].record
    assert (last.act, last.user, last.kind) == ("audit export", ADA, "operation")


async def test_a_channel_gets_each_row_as_it_is_written_until_it_is_told_no_more(connected_world: World) -> None:
    world = connected_world
    await world.say("/circle audit --live on")
    await world.reply("From now on I tell every act")
    await world.message("record told in C0DEPLOYS: live on", channel=DEPLOYS)
    await _record(world, what="seen by all")
    world.app.core.wake_all()
    await world.message("seen by all", channel=DEPLOYS)
    await world.say("/circle audit")
    await world.press(await world.reply("Record of Acts"), "Stop Sending Rows Here")
    await world.message("no longer tell acts")


async def test_a_channel_gets_the_end_of_the_record_until_it_is_told_no_more(connected_world: World) -> None:
    world = connected_world
    await world.say("/circle audit --head daily")
    await world.reply("Once a day I tell here where the record ends.")
    core = world.app.core
    upkeep = AuditUpkeep(store=core.store, clock=core.clock, holder="test", kept={}, heads=core.heads)
    await upkeep.run(core.clock.now())
    core.wake_all()
    told = await world.message("is the last of the record", channel=DEPLOYS)
    async with core.store.begin_read() as tx:
        assert str((await tx.audit.find_head(AT) or [""])[2]) in told["text"]
    await world.say("/circle audit --head off")
    await world.reply("I no longer tell here where the record ends.")
    async with core.store.begin_read() as tx:
        assert await tx.audit_channels.list_daily() == []
