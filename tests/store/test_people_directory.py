from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime

from bot.blocks import person_blocks
from bot.conversation import Place
from bot.domain.people import Account, AccountState
from bot.messages import Message
from bot.naming import PeopleDirectory
from bot.store.store import Store

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def _account(workspace: str, user: str, login: str, name: str = "") -> Account:
    return Account(workspace, user, f"id-of-{login}", login, name, AccountState.ACTIVE, NOW, "CCIPAT_x")


async def _connect(store: Store, *accounts: Account) -> None:
    async with store.begin() as tx:
        for account in accounts:
            await tx.accounts.upsert(account)
            await tx.logins.upsert_verified(account.workspace, account.user, account.login, now=NOW)


async def _load(store: Store, workspace: str) -> PeopleDirectory:
    async with store.begin_read() as tx:
        return await tx.people.load(workspace)


async def test_a_person_is_found_by_login_and_id_in_their_own_workspace(store: Store) -> None:
    await _connect(store, _account("T1", "UGRACE", "Grace", "Grace Hopper"), _account("T2", "UFAR", "grace"))
    async with store.begin() as tx:
        await tx.logins.insert_claimed("T1", "UGUS", "gus-at-work", now=NOW)
    assert await _load(store, "T1") == PeopleDirectory(
        {"grace": "UGRACE", "gus-at-work": "UGUS"}, {"id-of-Grace": "UGRACE"}, {"UGRACE": "Grace Hopper"}
    )
    assert await _load(store, "T2") == PeopleDirectory({"grace": "UFAR"}, {"id-of-grace": "UFAR"}, {"UFAR": "grace"})
    assert await _load(store, "T3") == PeopleDirectory()


async def test_who_is_two_people_is_nobody(store: Store) -> None:
    await _connect(store, _account("T1", "UADA", "robot", "Ada"), _account("T1", "UEVE", "robot", "Eve"))
    assert await _load(store, "T1") == PeopleDirectory({}, {}, {"UADA": "Ada", "UEVE": "Eve"})


async def test_a_directory_is_read_once_until_somebody_is_called_otherwise(store: Store) -> None:
    await _connect(store, _account("T1", "UADA", "ada"), _account("T2", "UFAR", "ada"))
    here, elsewhere = await _load(store, "T1"), await _load(store, "T2")
    assert here.by_login == {"ada": "UADA"}
    assert await _load(store, "T1") is here
    async with store.begin() as tx:
        await tx.logins.delete("T1", "UADA", "ada")
    assert (await _load(store, "T1")).by_login == {}
    async with store.begin() as tx:
        await tx.logins.insert_claimed("T1", "UEVE", "ada", now=NOW)
        await tx.accounts.delete("T1", "UADA")
    assert await _load(store, "T1") == PeopleDirectory({"ada": "UEVE"})
    assert await _load(store, "T2") is elsewhere


async def test_what_was_not_committed_calls_nobody_otherwise(store: Store) -> None:
    await _connect(store, _account("T1", "UADA", "ada"))
    with contextlib.suppress(RuntimeError):
        async with store.begin() as tx:
            await tx.logins.delete("T1", "UADA", "ada")
            raise RuntimeError
    assert (await _load(store, "T1")).by_login == {"ada": "UADA"}


def _say(login: str) -> Callable[[], Message]:
    return lambda: Message(f"push by {person_blocks.format_login(login)}")


async def test_a_notice_names_in_a_channel_and_mentions_in_direct_messages_and_once_it_changes(store: Store) -> None:
    await _connect(store, _account("T1", "UGRACE", "grace", "Grace Hopper"), _account("T2", "UFAR", "grace", "Far"))
    places = [Place("T1", "C1"), Place("T2", "C1"), Place("T1", "UADA"), Place("T3", "C1")]
    async with store.begin() as tx:
        for place in places:
            await tx.outbox.insert(".".join(place), *place, message=_say("grace"), now=NOW)
            await tx.revisions.revise(".".join(place), _say("Grace"))
        posted = await tx.outbox.claim(NOW, 60, "test", limit=10)
        for notice in posted:
            await tx.outbox.settle_sent(notice, "1.1", NOW)
            await tx.revisions.revise(notice.key, _say("grace"))
        changed = await tx.revisions.claim(NOW, 60, "test", limit=10)
    assert {notice.place: notice.message.text for notice in posted} == {
        places[0]: "push by Grace Hopper",
        places[1]: "push by Far",
        places[2]: "push by <@UGRACE>",
        places[3]: "push by Grace",
    }
    assert {notice.place: notice.message.text for notice in changed} == {
        places[0]: "push by <@UGRACE>",
        places[1]: "push by <@UFAR>",
        places[2]: "push by <@UGRACE>",
        places[3]: "push by grace",
    }
