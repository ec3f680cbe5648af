"""People on their way to CircleCI's own page and back, sealed to them; and the clients that we are to it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from bot.domain.people import SignIn
from bot.store.engine.adapters import DatabaseConnection
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.workspaces import oauth_clients, sign_ins
from bot.store.vault import Vault, VaultError

SIGN_IN_FOR = timedelta(minutes=10)
"""How long the address is waited for."""

_ONE = select(sign_ins).where(bind_columns(sign_ins, "workspace", "user"))
_TAKE = delete(sign_ins).where(bind_columns(sign_ins, "workspace", "user", "began_at"))
_CLIENT = bind_columns(oauth_clients, "workspace", "host")
_FIND_CLIENT = select(oauth_clients.c.client_id).where(_CLIENT)
_DROP_CLIENT = delete(oauth_clients).where(_CLIENT)


class SignInRepository(Repository):
    """One a person, the newest wins.

    A client is of one workspace: whoever signs in again as the same client loses the older token, and the same person
    may be connected in another workspace.
    """

    def __init__(self, connection: DatabaseConnection, vault: Vault) -> None:
        super().__init__(connection)
        self._vault = vault

    async def upsert(self, attempt: SignIn) -> None:
        await self._upsert(sign_ins, self._seal(attempt), ("workspace", "user"))

    async def restore(self, attempt: SignIn) -> None:
        """It was taken in vain, and is good again; unless a newer one has begun meanwhile."""
        await self._insert_if_new(sign_ins, self._seal(attempt))

    def _seal(self, attempt: SignIn) -> dict[str, Any]:
        secret = json.dumps([attempt.client_id, attempt.state, attempt.verifier])
        return {
            "workspace": attempt.workspace,
            "user": attempt.user,
            "attempt_sealed": self._vault.seal(format_owner(attempt.workspace, attempt.user), secret, known=False),
            "began_at": attempt.began_at,
        }

    async def find(self, workspace: str, user: str) -> SignIn | None:
        """Also one that is over. None for one that no longer opens: they begin anew."""
        row = (await self._connection.execute(_ONE, {"workspace": workspace, "user": user})).one_or_none()
        if row is None:
            return None
        try:
            secret = self._vault.open(format_owner(workspace, user), row.attempt_sealed, known=False)
        except VaultError:
            return None
        client_id, state, verifier = json.loads(secret)
        return SignIn(workspace, user, client_id, row.began_at, state=state, verifier=verifier)

    async def take(self, attempt: SignIn) -> bool:
        """Forget it. False where another process did, or another took its place."""
        this = {"workspace": attempt.workspace, "user": attempt.user, "began_at": attempt.began_at}
        return (await self._connection.execute(_TAKE, this)).rowcount == 1

    async def prune(self, now: datetime) -> None:
        await self._connection.execute(delete(sign_ins).where(sign_ins.c.began_at < now - SIGN_IN_FOR))

    async def find_client(self, workspace: str, host: str) -> str | None:
        found: str | None = await self._connection.scalar(_FIND_CLIENT, {"workspace": workspace, "host": host})
        return found

    async def insert_client(self, workspace: str, host: str, client_id: str, *, now: datetime) -> None:
        """Unless another process has registered one meanwhile: that one counts."""
        values = {"workspace": workspace, "host": host, "client_id": client_id, "registered_at": now}
        await self._insert_if_new(oauth_clients, values)

    async def delete_client(self, workspace: str, host: str) -> None:
        await self._connection.execute(_DROP_CLIENT, {"workspace": workspace, "host": host})


def format_owner(workspace: str, user: str) -> str:
    return f"sign-in:{workspace}:{user}"
