from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from bot.commands.admins import check_removable
from bot.domain.audit_records import AuditKind
from bot.domain.people import AddedAdmin
from bot.errors import NotAllowed
from tests.plugins.block_reader import get_text
from tests.plugins.each_case import each_case
from tests.plugins.factories import NOW
from tests.plugins.world import ADA, EVE, GRACE, World, run_world


async def test_whom_an_admin_adds_is_one_until_they_are_removed(connected_world: World) -> None:
    await connected_world.say("/circle doctor", as_=GRACE)
    await connected_world.reply("Only a circlebot admin may do that.", as_=GRACE)
    await connected_world.say(f"/circle admins add <@{GRACE}|grace>")
    await connected_world.reply(f"<@{GRACE}>: admin of circlebot from now on.")
    await connected_world.message("made <@U0GRACE> admin of circlebot", channel="D0GRACE", as_=GRACE)
    await connected_world.say("/circle admins", as_=GRACE)
    listed = get_text(await connected_world.reply("Admins of circlebot", as_=GRACE))
    assert f"<@{ADA}> · by `ADMIN_USERS`, where circlebot runs" in listed
    assert f"<@{GRACE}> · added by <@{ADA}>" in listed
    await connected_world.say("/circle policy deny guests start", as_=GRACE)
    await connected_world.reply("version 1 counts from now on", as_=GRACE)
    await connected_world.say(f"/circle admins rm <@{GRACE}>")
    await connected_world.reply("no admin of circlebot any more")
    await connected_world.say("/circle admins", as_=GRACE)
    refused = await connected_world.reply("Only a circlebot admin may do that.", as_=GRACE)
    assert f"Ask <@{ADA}>." in get_text(refused)
    async with connected_world.app.core.store.begin_read() as tx:
        rows = [one.record for one in await tx.audit.list_chain("T0SANDBOX")]
    assert [(one.user, one.act, one.what) for one in rows if one.kind == AuditKind.POLICY] == [
        (ADA, "admins added", GRACE),
        (GRACE, "policy", "version 1: + deny=guests do=start"),
        (ADA, "admins removed", GRACE),
    ]


async def test_whom_the_settings_name_cannot_be_removed_here(connected_world: World) -> None:
    await connected_world.say("/circle admins rm @ada")
    refused = await connected_world.reply(f"<@{ADA}> is an admin by `ADMIN_USERS`.")
    assert "Whoever runs circlebot changes that, in its settings." in get_text(refused)


async def test_what_changes_nothing_is_said(connected_world: World) -> None:
    for line, said in (
        ("add @ada", "They are admins already."),
        (f"rm <@{EVE}>", f"<@{EVE}> is no admin."),
        ("add everybody", "Name people or user groups"),
        ("add", "Name people or user groups"),
        ("add @nobody-here", "I do not know `@nobody-here`."),
    ):
        await connected_world.say(f"/circle admins {line}")
        await connected_world.reply(said)


async def test_the_last_admin_stays_where_the_group_has_nobody(tmp_path: Path) -> None:
    """S0PLATFORM is empty; whoever is in S0RELEASE is an admin like the person who added it."""
    async with run_world(tmp_path, socket_mode=True, admin_users=frozenset()) as world:
        async with world.app.core.store.begin() as tx:
            await tx.admins.insert(AddedAdmin("T0SANDBOX", ADA, ADA, NOW))
        await world.say("/circle admins add <!subteam^S0PLATFORM|@platform>")
        await world.reply("admin of circlebot from now on")
        await world.say(f"/circle admins rm <@{ADA}>")
        await world.reply("Then nobody would be an admin")
        await world.say("/circle admins add <!subteam^S0RELEASE|@release-managers>")
        await world.reply("<!subteam^S0RELEASE>: admin of circlebot from now on")
        await world.say(f"/circle admins rm <@{ADA}>")
        await world.reply("no admin of circlebot any more")
        await world.say("/circle admins rm <!subteam^S0RELEASE|@release-managers>", as_=GRACE)
        await world.reply("Then nobody would be an admin", as_=GRACE)


async def test_undo_takes_it_back(connected_world: World) -> None:
    await connected_world.say(f"/circle admins add <@{GRACE}> <!subteam^S0DEPLOYERS|@deployers>")
    added = await connected_world.reply("<!subteam^S0DEPLOYERS>: admin of circlebot from now on.")
    await connected_world.press(added, "Undo")
    await connected_world.message("<!subteam^S0DEPLOYERS>: no admin of circlebot any more.")


@each_case(
    ("who", "fixed", "added", "refused"),
    [
        (["U2"], [], ["U2"], True),
        (["U2"], [], ["U2", "S1"], False),
        (["U2"], [], ["U2", "S2"], True),
        (["U2", "S1"], [], ["U2", "S1"], True),
        (["S1"], [], ["S1", "S2"], True),
        (["U2"], [], ["U2", "U3"], False),
        (["U2", "U3"], [], ["U2", "U3"], True),
        (["S1"], [], ["U2", "S1"], False),
        (["U2"], ["U1"], ["U2"], False),
    ],
)
def test_somebody_who_is_known_stays_an_admin(
    who: list[str], fixed: list[str], added: list[str], refused: bool
) -> None:
    with pytest.raises(NotAllowed) if refused else nullcontext():
        check_removable(who, fixed, added, {"S1"})
