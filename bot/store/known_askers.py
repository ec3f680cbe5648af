"""What is kept of somebody who asks for something, in one statement: their language and their account."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import and_, bindparam, literal, select

from bot.domain.people import Account
from bot.store.accounts import AccountRepository
from bot.store.engine.adapters import DatabaseConnection
from bot.store.engine.statements import Repository, bind_columns
from bot.store.languages import LanguageWishes
from bot.store.tables.identities import languages
from bot.store.tables.workspaces import accounts

_ONE = select(languages.c.chosen, languages.c.locale, accounts).select_from(
    select(literal(1).label("one"))
    .subquery()
    .outerjoin(languages, bind_columns(languages, "workspace", "user"))
    .outerjoin(accounts, and_(accounts.c.workspace == bindparam("team"), accounts.c.user == bindparam("user")))
)


class KnownAsker(NamedTuple):
    """Nothing is known of a stranger."""

    wishes: LanguageWishes
    account: Account | None


class AskerRepository(Repository):
    def __init__(self, connection: DatabaseConnection, accounts: AccountRepository) -> None:
        super().__init__(connection)
        self._accounts = accounts

    async def find(self, workspace: str, user: str, *, team: str) -> KnownAsker:
        """Of somebody who asks in this workspace; their account is that of their own one, the `team`."""
        asked = {"workspace": workspace, "user": user, "team": team}
        row = (await self._connection.execute(_ONE, asked)).one()
        account = None if row.workspace is None else self._accounts.build_account(row)
        return KnownAsker((row.chosen, row.locale), account)
