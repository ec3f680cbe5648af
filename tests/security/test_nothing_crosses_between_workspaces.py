"""Nothing crosses from one workspace to another: not by an id, a rule, a preset, a typeahead, a link or a cache.

The hardest neighbours: two workspaces of one organisation, with one token, one bot user and the same people. All that
the first one has is called okapi. Every command, as its usage says it, is asked in the second for the ids of the first.
"""

from __future__ import annotations

import gc
import inspect
import re
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from bot.command import Request, RequestSource
from bot.commands import COMMANDS
from bot.errors import BotError
from bot.expiring_cache import ExpiringCache
from bot.store.store import Store, Tx
from bot.store.uninstalls import list_workspace_tables
from tests.plugins.side_by_side import HOME_TEAM, LAB_TEAM, ORG, TRIALS, Workspaces, run_workspaces
from tests.plugins.slack_users import ADA, DEPLOYS, GRACE, TOKENS, Json

# slack_sdk passes the client's secret by a class that aiohttp means to drop in its version 4.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

SECRET = "okapi"
IDS = ("1", "zebra", DEPLOYS, GRACE)
"""Of the first workspace: of a rule, a change or a message; of a preset; of a channel; of a person."""

HAD = (
    "use gh/acme/web",
    "subscribe gh/acme/web --branch okapi-* --to digest --at 9:00",
    "preset save zebra gh/acme/web --branch okapi",
    "preset save zebra gh/acme/web --branch okapi --workspace",
    "mute 3h 1",
    "quiet 22-6 --zone Pacific/Auckland",
    "me --login okapi-login",
    "me --start failed",
)
OF_NO_WORKSPACE = {"auth.test", "files.upload"}
"""Of the installation; and the bytes of a file, whose place is said afterwards."""

ENDS_IT = {"disconnect", "me"}


@pytest.fixture
async def around(tmp_path: Path) -> AsyncIterator[Workspaces]:
    """Ada is connected in both; only the first has anything else."""
    async with run_workspaces(tmp_path, roles=frozenset({"slack"})) as workspaces:
        await workspaces.install(ORG)
        for people, channel in ((workspaces.home, DEPLOYS), (workspaces.lab, TRIALS)):
            await people.say("/circle connect", channel=channel)
            await people.submit(await people.form("Personal API token"), token=TOKENS[ADA])
            await people.done("Connected as")
        for line in HAD:
            await ask(workspaces, HOME_TEAM, line, DEPLOYS)
        yield workspaces


async def ask(around: Workspaces, workspace: str, line: str, channel: str, **more: Any) -> None:
    request = Request(workspace, ADA, line, RequestSource.TYPED, uuid.uuid4().hex, channel, **more)
    await around.app.dispatcher.dispatch(request)


def list_lines(usage: str) -> Iterator[str]:
    """As somebody may type it who tries what they know of the first workspace in every place."""
    head = " ".join(re.sub(r"[\[<].*", "", usage).split())
    yield head
    yield from (f"{head} {one}" for one in IDS)
    for group in re.findall(r"\[([^\]]+)\]", usage):
        option, _, value = group.partition(" ")
        if option.startswith("--"):
            yield from (f"{head} {option} {one}" for one in IDS) if value else (f"{head} {option}",)
            continue
        for word in (one for one in group.split("|") if one.islower() and " " not in one):
            yield from (f"{head} {word}", *(f"{head} {word} {one}" for one in IDS))


def list_all_lines() -> list[str]:
    usages = [form for command in COMMANDS for form in command.usage.splitlines()]
    lines = list(dict.fromkeys(line for usage in usages for line in list_lines(usage)))
    return sorted(lines, key=lambda line: line.split()[0] in ENDS_IT)


async def load_rows(store: Store, workspace: str) -> dict[str, list[Any]]:
    """Every row of a workspace, by table: one that is new is here by itself."""
    async with store.begin_read() as tx:
        return {
            table.name: sorted(
                map(repr, await tx._connection.execute(select(table).where(table.c.workspace == workspace)))
            )
            for table in list_workspace_tables()
        }


async def fetch_told(around: Workspaces, since: str) -> list[Json]:
    """What Slack was told since then. An organisation's token says in each call which workspace is meant."""
    calls = [await people.fetch_state("slack.calls") for people in (around.home, around.lab)]
    return [call for found in calls for call in found["slack"]["calls"] if call["at"] > since]


async def test_no_command_shows_or_changes_anything_of_another_workspace(around: Workspaces) -> None:
    before = await load_rows(around.app.core.store, HOME_TEAM)
    assert SECRET in str(before)
    for name, lines in groupby(list_all_lines(), lambda line: line.split()[0]):
        since = around.clock.slack.now().isoformat()
        for line in lines:
            for channel in (TRIALS,) if "--" in line else (TRIALS, DEPLOYS):
                await ask(around, LAB_TEAM, line, channel)
        told = await fetch_told(around, since)
        assert told, f"{name} answered nothing"
        assert not [call for call in told if SECRET in str(call).lower()], name
        assert {call["args"].get("team_id") for call in told if call["method"] not in OF_NO_WORKSPACE} <= {LAB_TEAM}, (
            name
        )
    assert await load_rows(around.app.core.store, HOME_TEAM) == before


async def test_at_home_the_same_lines_tell_of_it(around: Workspaces) -> None:
    """Else the test above would find nothing whatever happened."""
    for line in ("preset list", "subscriptions", "me"):
        since = around.clock.slack.now().isoformat()
        await ask(around, HOME_TEAM, line, DEPLOYS)
        assert SECRET in str(await fetch_told(around, since)).lower(), line


async def test_no_typeahead_offers_anything_of_another_workspace(around: Workspaces) -> None:
    for command in COMMANDS:
        for typed in ("", "oka", "zebra"):
            asked = Request(LAB_TEAM, ADA, command.name, RequestSource.FORM, uuid.uuid4().hex, TRIALS)
            found = await around.app.dispatcher.suggest(asked, "branch", typed)
            assert SECRET not in str(found), command.name


async def test_what_is_remembered_of_a_workspace_is_remembered_by_its_id(around: Workspaces) -> None:
    """Whatever this process keeps in a cache: a cache that is new is here by itself."""
    for line in ("status web", "preset list", "subscriptions", "help", "projects"):
        await ask(around, LAB_TEAM, line, TRIALS)
    caches = [one for one in gc.get_objects() if isinstance(one, ExpiringCache)]
    assert caches
    for cache in caches:
        for key in list(cache._entries):
            value = cache._entries.get(key)
            told = f"{value}"
            assert HOME_TEAM not in told or HOME_TEAM in f"{key}" or ORG in f"{key}", f"{key} keeps {told[:200]}"
            assert SECRET not in told.lower() or HOME_TEAM in f"{key}", f"{key} keeps {told[:200]}"


def list_methods(tx: Tx) -> Iterator[tuple[str, Any]]:
    """Of every repository, those that are asked for one workspace."""
    for noun, made in vars(Tx).items():
        repository = getattr(tx, noun) if isinstance(made, cached_property) else None
        for name, method in inspect.getmembers(repository, inspect.iscoroutinefunction):
            if not name.startswith("_") and "workspace" in inspect.signature(method).parameters:
                yield f"{noun}.{name}", method


def build_arguments(method: Any, known: dict[str, list[Any]], now: datetime) -> dict[str, Any] | None:
    """The second workspace, and for all else what the first has of that name. None where only code can make it."""
    given: dict[str, Any] = {}
    for name, parameter in inspect.signature(method).parameters.items():
        if name == "workspace":
            given[name] = LAB_TEAM
        elif name in known:
            given[name] = known[name][0]
        elif "int" in str(parameter.annotation):
            given[name] = 1
        elif str(parameter.annotation) == "datetime":
            given[name] = now
        elif str(parameter.annotation) in {"str", "str | None"}:
            given[name] = "zebra"
        elif parameter.default is inspect.Parameter.empty:
            return None
    return given


async def test_no_repository_reads_or_writes_what_another_workspace_has(around: Workspaces) -> None:
    store, now = around.app.core.store, around.clock.now()
    before = await load_rows(store, HOME_TEAM)
    known: dict[str, list[Any]] = {}
    async with store.begin_read() as tx:
        names = [name for name, _ in list_methods(tx)]
        for table in list_workspace_tables():
            for row in await tx._connection.execute(select(table).where(table.c.workspace == HOME_TEAM)):
                for column, value in row._mapping.items():
                    known.setdefault(column, []).append(value)
    called = []
    for name in names:
        try:
            async with store.begin() as tx:
                method = dict(list_methods(tx))[name]
                if (given := build_arguments(method, known, now)) is None:
                    continue
                called.append(name)
                assert SECRET not in repr(await method(**given)).lower(), f"{name}({given})"
        except (ValueError, TypeError, AttributeError, KeyError, StatementError, BotError):
            continue
    assert await load_rows(store, HOME_TEAM) == before
    assert len(called) > len(names) * 0.6, sorted(set(names) - set(called))
