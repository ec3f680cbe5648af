"""Mutes: what channels get no messages about for a while."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, select

from bot.rules.muting import Mute
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.quiet_times import mutes

_LASTING = (
    select(mutes)
    .where(
        bind_columns(mutes, "workspace"),
        mutes.c.channel.in_(bindparam("channels", expanding=True)),
        mutes.c.until > bindparam("now"),
    )
    .order_by(mutes.c.until, mutes.c.about)
)


class MuteRepository(Repository):
    async def upsert(self, mute: Mute) -> None:
        """From now on; one about the same is replaced."""
        values = {
            "workspace": mute.workspace,
            "channel": mute.channel,
            "about": mute.about,
            "until": mute.until,
            "made_by": mute.made_by,
            "made_at": mute.made_at,
        }
        await self._upsert(mutes, values, ["workspace", "channel", "about"])

    async def list_for_channels(self, workspace: str, channels: Iterable[str], now: datetime) -> list[Mute]:
        """Those that last, the one that ends first first."""
        here = {"workspace": workspace, "channels": list(channels), "now": now}
        return [_build_mute(row) for row in await self._connection.execute(_LASTING, here)]

    async def delete(self, mute: Mute) -> bool:
        """False when it has ended already."""
        same = {"workspace": mute.workspace, "channel": mute.channel, "about": mute.about}
        ended = delete(mutes).where(*(mutes.c[name] == value for name, value in same.items()))
        return (await self._connection.execute(ended)).rowcount == 1

    async def delete_for_rule(self, workspace: str, rule_id: int) -> None:
        """The rule is gone, and nothing of it is to be muted any more."""
        gone = and_(mutes.c.workspace == workspace, mutes.c.about == str(rule_id))
        await self._connection.execute(delete(mutes).where(gone))

    async def prune(self, before: datetime) -> int:
        return (await self._connection.execute(delete(mutes).where(mutes.c.until < before))).rowcount


def _build_mute(row: Row[Any]) -> Mute:
    return Mute(row.workspace, row.channel, row.until, row.made_by, row.made_at, *Mute.parse_about(row.about))
