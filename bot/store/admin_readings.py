"""What an admin asks of a workspace as a whole. No secret is opened."""

from __future__ import annotations

from sqlalchemy import bindparam, select, text

from bot.domain.admin_overview import ConnectedPerson
from bot.domain.audit_records import AuditRecord, AuditResult
from bot.domain.people import AccountState
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.audit_chains import audit
from bot.store.tables.workspaces import accounts

_PEOPLE = (
    select(accounts.c.user, accounts.c.state, accounts.c.connected_at, accounts.c.expires_at, accounts.c.last_used_at)
    .where(bind_columns(accounts, "workspace"))
    .order_by(accounts.c.state.desc(), accounts.c.expires_at.is_(None), accounts.c.expires_at, accounts.c.connected_at)
)
_REFUSALS = (
    select(audit)
    .where(bind_columns(audit, "workspace"), audit.c.result == AuditResult.REFUSED)
    .order_by(audit.c.seq.desc())
    .limit(bindparam("limit"))
)


class AdministrationRepository(Repository):
    async def list_people(self, workspace: str) -> list[ConnectedPerson]:
        """Who has to connect again first, then those whose connection ends first."""
        return [
            ConnectedPerson(
                row.user, row.state == AccountState.ACTIVE, row.connected_at, row.expires_at, row.last_used_at
            )
            for row in await self._connection.execute(_PEOPLE, {"workspace": workspace})
        ]

    async def list_refusals(self, workspace: str, limit: int) -> list[AuditRecord]:
        """What was refused last, the newest first."""
        rows = await self._connection.execute(_REFUSALS, {"workspace": workspace, "limit": limit})
        plain = [name for name in AuditRecord.__dataclass_fields__ if name != "detail"]
        return [AuditRecord(**{name: getattr(row, name) for name in plain}) for row in rows]

    async def find_revision(self) -> str:
        """How far the database is migrated."""
        return str(await self._connection.scalar(text("SELECT version_num FROM alembic_version")))
