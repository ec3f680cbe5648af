"""Who is none of the four eyes: who started it, and whom CircleCI names as the author of its commit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.actions.four_eyes import Origin
from bot.circleci.links import Links
from bot.command import Context, Request, RequestSource
from bot.domain.people import Account, AccountState, Person
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.plugins.factories import NOW, make_pipeline

ADA = Account("T", "UADA", "c-ada", "ada", "Ada Lovelace", AccountState.ACTIVE, NOW, "token")


@pytest.fixture
async def context(tmp_path: Path) -> AsyncIterator[Context]:
    store = Store(await create_database(tmp_path), Vault([generate_key()]))
    async with store.begin() as tx:
        await tx.logins.upsert_verified("T", "UADA", "ada-gh", now=NOW)
        await tx.logins.insert_claimed("T", "UADA", "lovelace", now=NOW)
        await tx.logins.insert_claimed("T", "UGRACE", "hopper", now=NOW)
    unasked: Any = None
    request = Request("T", "UADA", "approve", RequestSource.BUTTON, "k", channel="C")
    yield Context(request, unasked, store, unasked, Links(), wake=lambda: None)
    await store.close()


def _build_by_author(name: str) -> Origin:
    """As API v2 tells it of a pipeline of the GitHub App."""
    told = {"git": {"commit_author_name": name}, "github_app": {"user_username": "somebody"}}
    return Origin(make_pipeline(trigger=None, trigger_parameters=told), frozenset(), frozenset())


def _build_by_commit(name: str) -> Origin:
    """As it tells it beside the commit."""
    commit = {"subject": "Ship it", "author": {"name": name}}
    return Origin(make_pipeline(trigger=None, vcs={"commit": commit}), frozenset(), frozenset())


def _build_by_starter(login: str = "", ids: tuple[str, ...] = (), people: tuple[Person, ...] = ()) -> Origin:
    return Origin(make_pipeline(trigger={"actor": {"login": login}}), frozenset(ids), frozenset(people))


@pytest.mark.parametrize("build", [_build_by_author, _build_by_commit])
async def test_the_author_is_known_by_name_and_by_every_login_also_one_that_is_only_claimed(
    context: Context, build: Any
) -> None:
    for name in ("Ada Lovelace", "ada lovelace", "ada", "ADA-GH", "lovelace"):
        assert await build(name).find_part(context, ADA) == "You wrote the commit of pipeline #341.", name
    for name in ("", "hopper", "Grace", "Ada L."):
        assert await build(name).find_part(context, ADA) == "", name


async def test_whoever_started_it_is_known_by_id_by_login_and_by_what_was_done_here(context: Context) -> None:
    for origin in (
        _build_by_starter("Lovelace"),
        _build_by_starter("ada-gh"),
        _build_by_starter(ids=("c-ada",)),
        _build_by_starter(people=(Person("T", "UADA"),)),
    ):
        assert await origin.find_part(context, ADA) == "You started pipeline #341."
    for origin in (_build_by_starter("hopper", ("c-grace",), (Person("T2", "UADA"),)), _build_by_starter()):
        assert await origin.find_part(context, ADA) == ""
