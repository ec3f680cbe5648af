"""What is too long for a button, a menu or a form: kept here, and known there by a short key.

A key belongs to a workspace and, where they are known, to the channel and the person that it was shown to. It comes
from what it stands for, so that the same button drawn again is the same row.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, String, Table, Text, delete, select

from bot.store.engine.adapters import DatabaseConnection
from bot.store.engine.moment import UtcDateTime
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.schema import metadata
from bot.store.vault import Vault, VaultError

long_values = Table(
    "long_values",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("channel", String(64)),
    Column("user", String(64)),
    Column("value_sealed", Text, nullable=False),
    Column("kept_at", UtcDateTime, nullable=False, index=True),
)

_KEY = re.compile(r"kept:[0-9a-f]{40}")
_ONE = select(long_values).where(bind_columns(long_values, "workspace", "key"))


@dataclass(frozen=True, slots=True)
class ValueAudience:
    """Where a value is shown, and to whom alone (None: to everybody there)."""

    workspace: str
    channel: str | None
    user: str | None


@dataclass(frozen=True, slots=True)
class LongValue:
    audience: ValueAudience
    value: str
    kept_at: datetime


def is_key(text: str) -> bool:
    return _KEY.fullmatch(text) is not None


def build_key(place: ValueAudience, value: str) -> str:
    parts = "\0".join((place.workspace, place.channel or "", place.user or "", value))
    return f"kept:{hashlib.sha256(parts.encode()).hexdigest()[:40]}"


class LongValueRepository(Repository):
    def __init__(self, connection: DatabaseConnection, vault: Vault) -> None:
        super().__init__(connection)
        self._vault = vault

    async def upsert(self, place: ValueAudience, value: str, now: datetime) -> str:
        """Its key."""
        key = build_key(place, value)
        values = {
            "workspace": place.workspace,
            "key": key,
            "channel": place.channel,
            "user": place.user,
            "value_sealed": self._vault.seal(format_owner(place.workspace, key), value, known=False),
            "kept_at": now,
        }
        await self._upsert(long_values, values, ("workspace", "key"))
        return key

    async def find(self, workspace: str, key: str) -> LongValue | None:
        """None for what was never kept, is forgotten, or does not open any more."""
        row = (await self._connection.execute(_ONE, {"workspace": workspace, "key": key})).one_or_none()
        if row is None:
            return None
        try:
            value = self._vault.open(format_owner(workspace, key), row.value_sealed, known=False)
        except VaultError:
            return None
        return LongValue(ValueAudience(workspace, row.channel, row.user), value, row.kept_at)

    async def prune(self, before: datetime) -> int:
        return (await self._connection.execute(delete(long_values).where(long_values.c.kept_at < before))).rowcount


def format_owner(workspace: str, key: str) -> str:
    return f"long:{workspace}:{key}"
