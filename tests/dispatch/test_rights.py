"""What somebody says yes to has a mark: of just that, and of use to nobody who reads rows or messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from bot.circleci.client import CircleCIPool
from bot.clock import SystemClock
from bot.command import Request, RequestSource, format_line
from bot.commands import COMMANDS
from bot.dispatch.access import RightsBuilder, WorkspaceRules
from bot.dispatch.askers import AskerDirectory
from bot.dispatch.registry import Registry
from bot.dispatch.rights import GrantedRights
from bot.dispatch.whom_to_ask import Admins
from bot.domain import ProjectSlug
from bot.domain.people import Account, AccountState
from bot.errors import NotAllowed, Unconfirmed
from bot.permissions import ActTarget
from bot.rules.asked_demands import CONFIRMED
from bot.rules.policy_line import PolicyLine
from bot.rules.policy_plain import from_plain
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.plugins.dispatcher_harness import FakeGroups, FakeMembers
from tests.plugins.factories import NOW

ADA = Account("T1", "U0ADA", "id", "ada", "U0ADA", AccountState.ACTIVE, NOW, "t")
CONFIRM = from_plain({"require": ["everybody"], "do": "trigger", "confirm": True})
TARGET = ActTarget(project=ProjectSlug("gh", "acme", "web"), branch="main", tag="", workflow="", parameters={})
OLD, NEW = generate_key(), generate_key()


async def _build_rights(
    store: Store, sign: Callable[[str, str], Sequence[str]], line: PolicyLine, *yes: str
) -> GrantedRights:
    builder = RightsBuilder(
        store=store,
        clock=SystemClock(),
        circleci=CircleCIPool("https://circleci.example", transport=httpx.MockTransport(lambda _: httpx.Response(404))),
        registry=Registry(COMMANDS),
        askers=AskerDirectory(FakeMembers(), FakeGroups(), SystemClock()),
        admins=Admins(frozenset(), single_workspace=True),
        sign=sign,
    )
    command = next(one for one in COMMANDS if one.name == "trigger")
    asked = Request("T1", "U0ADA", "trigger", RequestSource.BUTTON, "k", channel="C1", chosen={CONFIRMED: yes})
    _client, rights = await builder.build(command, asked, ADA, WorkspaceRules([line]), changes=True)
    return rights


async def _ask(store: Store, sign: Callable[[str, str], Sequence[str]], value: str, *yes: str) -> str:
    """The mark of what it asks for; empty where nothing is asked."""
    rights = await _build_rights(store, sign, CONFIRM, *yes)
    try:
        await rights.check_act(TARGET, line=format_line("trigger", f"secret={value}"))
    except Unconfirmed as error:
        return error.mark
    return ""


async def test_a_mark_is_of_one_line_and_of_the_keys_of_the_vault(tmp_path: Path) -> None:
    store = Store(await create_database(tmp_path), Vault([OLD]))
    mark = await _ask(store, Vault([OLD]).compute_signatures, "1")
    assert await _ask(store, Vault([OLD]).compute_signatures, "1", mark) == ""
    assert await _ask(store, Vault([OLD]).compute_signatures, "2", mark) not in {"", mark}
    assert await _ask(store, Vault([NEW]).compute_signatures, "1") != mark, "nobody makes it who has no key"
    assert await _ask(store, Vault([NEW, OLD]).compute_signatures, "1", mark) == "", "also while keys change"
    await store.close()


@pytest.mark.parametrize(
    ("kind", "ref"), [("branch", "refs/heads/main"), ("branch", " main\n"), ("tag", "refs/tags/main"), ("tag", "main ")]
)
async def test_a_ref_is_the_same_however_it_is_spelt(tmp_path: Path, kind: str, ref: str) -> None:
    store = Store(await create_database(tmp_path), Vault([OLD]))
    closed = from_plain({"deny": ["everybody"], "do": "start", kind: "main"})
    rights = await _build_rights(store, Vault([OLD]).compute_signatures, closed)
    with pytest.raises(NotAllowed):
        await rights.check_act(replace(TARGET, **{"branch": "", "tag": "", kind: ref}))
    await store.close()
