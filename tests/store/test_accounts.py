from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text, update

from bot.domain import ProjectScope, ProjectSlug
from bot.domain.people import Account, AccountState
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from bot.store.store import Store
from bot.store.tables.workspaces import accounts
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
WEB, API = ProjectSlug("gh", "acme", "web"), ProjectSlug("gh", "acme", "api")
ADA = Account("T1", "UADA", "c-ada", "ada", "Ada Lovelace", AccountState.ACTIVE, NOW, "CCIPAT_ada")
GRACE = Account(
    "T1", "UGRACE", "c-grace", "grace", "Grace Hopper", AccountState.ACTIVE, NOW + timedelta(hours=1), "CCIPAT_grace"
)


async def _saved(store: Store, *accounts: Account) -> None:
    async with store.begin() as tx:
        for account in accounts:
            await tx.accounts.upsert(account)


async def test_a_person_has_one_account_for_each_workspace(store: Store) -> None:
    elsewhere = replace(ADA, workspace="T2", token="CCIPAT_other")
    await _saved(store, ADA, GRACE, elsewhere)
    async with store.begin_read() as tx:
        assert await tx.accounts.find("T1", "UADA") == ADA
        assert await tx.accounts.find("T2", "UADA") == elsewhere
        assert await tx.accounts.find("T2", "UGRACE") is None


async def test_connecting_again_replaces_the_token(store: Store) -> None:
    again = replace(ADA, token="CCIPAT_new", connected_at=NOW + timedelta(days=1))
    await _saved(store, replace(ADA, state=AccountState.EXPIRED), again)
    async with store.begin_read() as tx:
        assert await tx.accounts.find("T1", "UADA") == again


async def test_a_token_is_not_in_the_database_as_it_is(store: Store) -> None:
    await _saved(store, ADA)
    async with store.begin_read() as tx:
        row = (await tx.accounts._connection.execute(text("SELECT * FROM accounts"))).one()
    assert "c-ada" in row
    assert "CCIPAT_ada" not in str(row)


async def test_a_token_is_not_in_the_files_of_sqlite(tmp_path: Path, key: str) -> None:
    store = Store(await create_database(tmp_path), Vault([key]))
    await _saved(store, ADA)
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())  # noqa: ASYNC240 - nothing else runs
    await store.close()
    assert b"Ada Lovelace" in content
    assert b"CCIPAT_ada" not in content


async def test_an_expired_token_is_told_once(store: Store) -> None:
    await _saved(store, ADA)
    async with store.begin() as tx:
        assert await tx.accounts.mark_expired(ADA)
        assert not await tx.accounts.mark_expired(ADA)
        assert not await tx.accounts.mark_expired(replace(ADA, user="UNOBODY"))
        expired = await tx.accounts.find("T1", "UADA")
    assert expired
    assert expired.state == "expired"


async def test_a_token_that_took_its_place_goes_on(store: Store) -> None:
    await _saved(store, replace(ADA, connected_at=ADA.connected_at + timedelta(seconds=1)))
    async with store.begin() as tx:
        assert not await tx.accounts.mark_expired(ADA)
        renewed = await tx.accounts.find("T1", "UADA")
    assert renewed
    assert renewed.state == AccountState.ACTIVE


async def test_only_working_accounts_are_asked_in_the_order_given(store: Store) -> None:
    await _saved(store, ADA, GRACE, replace(ADA, user="UEVE", state=AccountState.EXPIRED))
    people = [("T1", "UGRACE"), ("T1", "UEVE"), ("T1", "UNOBODY"), ("T1", "UADA"), ("T1", "UGRACE")]
    async with store.begin_read() as tx:
        assert list(dict.fromkeys(await tx.accounts.list_for_people(people))) == [GRACE, ADA]
        assert await tx.accounts.list_for_people([]) == []


async def _hears_of(store: Store, workspace: str, project: ProjectSlug) -> None:
    """By a rule, which a person made who is not connected."""
    async with store.begin() as tx:
        await tx.subscriptions.insert(
            Subscription(0, workspace, "C1", ProjectScope.parse(str(project)), Rule(), "UBOSS", NOW)
        )


async def test_those_whose_workspace_hears_of_a_project_are_named_longest_connected_first(store: Store) -> None:
    await _saved(store, GRACE, ADA, replace(ADA, user="UEVE", state=AccountState.EXPIRED), replace(ADA, workspace="T2"))
    await _hears_of(store, "T1", WEB)
    await _hears_of(store, "T2", API)
    async with store.begin_read() as tx:
        assert await tx.accounts.list_people_for_projects([WEB]) == [("T1", "UADA"), ("T1", "UGRACE")]
        assert await tx.accounts.list_people_for_projects([WEB], limit=1) == [("T1", "UADA")]
        assert await tx.accounts.list_people_for_projects([API]) == [("T2", "UADA")]
        assert set(await tx.accounts.list_people_for_projects([API, WEB])) == {
            ("T1", "UADA"),
            ("T1", "UGRACE"),
            ("T2", "UADA"),
        }
        assert await tx.accounts.list_people_for_projects([]) == []


async def test_an_account_is_opened_while_it_works_and_its_workspace_hears_of_the_project(store: Store) -> None:
    await _saved(store, ADA, replace(GRACE, state=AccountState.EXPIRED))
    await _hears_of(store, "T1", WEB)
    async with store.begin_read() as tx:
        assert await tx.accounts.find_for_projects("T1", "UADA", [API, WEB]) == ADA
        assert await tx.accounts.find_for_projects("T1", "UADA", [API]) is None
        assert await tx.accounts.find_for_projects("T1", "UGRACE", [WEB]) is None
        assert await tx.accounts.find_for_projects("T2", "UADA", [WEB]) is None


async def test_a_workspace_hears_of_a_project_while_a_card_there_shows_a_pipeline_that_moves(store: Store) -> None:
    await _saved(store, ADA)
    async with store.begin() as tx:
        await tx.pipelines.follow("p1", WEB, 1, branch="main", tag=None, snapshot="{}", now=NOW)
        assert await tx.accounts.list_people_for_projects([WEB]) == []
        await tx.cards.upsert("T1", "C1", "p1", asked_by=None, now=NOW)
        assert await tx.accounts.find_for_projects("T1", "UADA", [WEB]) == ADA
        await tx.pipelines.update("p1", "{}", "main", tag=None, finished_at=NOW, next_look_at=None, was_due_at=NOW)
        assert await tx.accounts.find_for_projects("T1", "UADA", [WEB]) is None


async def test_an_account_is_removed_once(store: Store) -> None:
    await _saved(store, ADA)
    async with store.begin() as tx:
        assert await tx.accounts.delete("T1", "UADA")
        assert not await tx.accounts.delete("T1", "UADA")
        assert await tx.accounts.find("T1", "UADA") is None


async def test_a_row_copied_to_another_person_gives_them_no_token(store: Store) -> None:
    await _saved(store, ADA, GRACE)
    async with store.begin() as tx:
        stolen = await tx.accounts._connection.scalar(text("SELECT token_sealed FROM accounts WHERE login = 'ada'"))
        copying = update(accounts).where(accounts.c.user == "UGRACE").values(token_sealed=stolen)
        await tx.accounts._connection.execute(copying)
    async with store.begin_read() as tx:
        grace = await tx.accounts.find("T1", "UGRACE")
        assert await tx.accounts.find("T1", "UADA") == ADA
    assert grace
    assert (grace.token, grace.state) == ("", "expired")


async def test_who_was_sealed_under_a_lost_key_can_connect_again_and_stops_nobody(
    store: Store, database_url: str
) -> None:
    lost_key = Store(database_url, Vault([generate_key()]))
    await _saved(lost_key, GRACE)
    await lost_key.close()
    await _saved(store, ADA)
    await _hears_of(store, "T1", WEB)
    async with store.begin() as tx:
        assert await tx.accounts.find_for_projects("T1", "UGRACE", [WEB]) is None
        assert await tx.accounts.list_for_people([("T1", "UGRACE"), ("T1", "UADA")]) == [ADA]
        await tx.accounts.upsert(GRACE)
        assert await tx.accounts.find("T1", "UGRACE") == GRACE


async def test_people_are_found_by_their_ids_at_circleci_in_one_workspace(store: Store) -> None:
    await _saved(store, ADA, GRACE, replace(ADA, workspace="T2", user="UELSE"), replace(ADA, user="UAGAIN"))
    async with store.begin_read() as tx:
        assert await tx.accounts.list_users("T1", ["c-ada", "c-nobody"]) == {"UADA", "UAGAIN"}
        assert await tx.accounts.list_users("T1", []) == frozenset()


async def test_what_is_known_of_a_token_is_kept_with_it_and_goes_with_it(store: Store) -> None:
    allowed = replace(ADA, token="ccipat_1", scope="write", expires_at=NOW + timedelta(days=90), last_used_at=NOW)
    await _saved(store, allowed)
    async with store.begin_read() as tx:
        assert await tx.accounts.find("T1", "UADA") == allowed
    await _saved(store, ADA)
    async with store.begin_read() as tx:
        assert await tx.accounts.find("T1", "UADA") == ADA


async def test_that_a_token_was_used_is_known_to_the_hour(store: Store) -> None:
    await _saved(store, ADA, GRACE)
    seen = []
    for minutes in (0, 59, 60, 61):
        async with store.begin() as tx:
            await tx.accounts.mark_used(ADA.owner, NOW + timedelta(minutes=minutes))
            found = await tx.accounts.find("T1", "UADA")
            seen.append(found and found.last_used_at)
    assert seen == [NOW, NOW, NOW + timedelta(hours=1), NOW + timedelta(hours=1)]
    async with store.begin_read() as tx:
        assert await tx.accounts.find("T1", "UGRACE") == GRACE


async def test_one_process_tells_of_an_end_and_none_of_a_token_that_was_replaced(
    store: Store, other_replica: Store
) -> None:
    ends = NOW + timedelta(days=7)
    await _saved(store, replace(ADA, scope="", expires_at=ends), GRACE)
    async with store.begin_read() as tx:
        (ending,) = await tx.accounts.list_ending(ends)
        assert await tx.accounts.list_ending(ends - timedelta(seconds=1)) == []
    async with store.begin() as tx:
        assert await tx.accounts.mark_end_told(ending, 7)
    async with other_replica.begin() as tx:
        assert not await tx.accounts.mark_end_told(ending, 7)
        (ending,) = await tx.accounts.list_ending(ends)
        assert ending.told == 7
    await _saved(store, replace(ADA, scope="", expires_at=ends + timedelta(days=83)))
    async with store.begin() as tx:
        assert not await tx.accounts.mark_end_told(ending, 1)
