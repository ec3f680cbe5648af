"""What is kept about a person: every column is classed, and erased or handed out as its class says."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Float, Integer, Table, insert, select

from bot.messages import Message
from bot.rules.rule import Rule
from bot.rules.start_request import StartState
from bot.store.engine.moment import UtcDateTime
from bot.store.personal_data import PersonalDataRepository
from bot.store.store import Store, Tx
from bot.store.tables.personal import BY_TABLE, FACTS
from bot.store.tables.personal_fact import Holds
from bot.store.tables.schema import metadata
from tests.plugins.factories import make_start

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
ADA, ADAM = "U0ADA", "U0ADAM"
"""One id begins with the other."""

IMPERSONAL = {
    *("workspace", "channel", "project", "org", "pipeline_id", "project_id", "workflow_id", "hook_id", "key"),
    *("outcome_key", "outcome", "hold", "cue", "digest", "state", "kind", "status", "method", "attempt", "trace"),
    *("branch", "tag", "workflow", "trigger", "failing", "failed", "classes", "holds", "thread_ts", "ts", "sent_ts"),
    *("zone", "quiet", "url", "error", "replay", "default_branch", "config_branch", "called", "leased_by", "holder"),
    *("gone_reason", "detail", "told_in", "found_by", "enterprise", "bot_user", "bot_id", "scopes"),
    *("host", "client_id", "subject", "revision", "scope", "mark", "hash", "prev_hash", "deploy", "deploys"),
    "organization_id",
}
"""Names of columns that say nothing about a person, in whatever table they stand."""

ELSEWHERE = {
    *(
        "leases.name",
        "presets.name",
        "seen.id",
        "pipelines.id",
        "boards.pin",
        "troubles.reason",
        "outbox.about",
        "policies.command",
    ),
    "org_teams.name",
    "audit.result",
    *("approvals.name", "start_requests.id", "start_requests.act"),
}


def test_whatever_is_kept_about_people_is_a_fact() -> None:
    """A new column is a row of FACTS (bot/store/tables/personal.py), or says nothing about people (IMPERSONAL)."""
    unknown = [
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.c
        if not isinstance(column.type, Boolean | Integer | Float | UtcDateTime)
        and (table.name not in BY_TABLE or column.name not in BY_TABLE[table.name].columns)
        and column.name not in IMPERSONAL
    ]
    assert set(unknown) == ELSEWHERE


def test_no_fact_is_of_a_column_that_there_is_not() -> None:
    for fact in FACTS:
        assert set(fact.columns) <= set(metadata.tables[fact.table].c.keys())
        assert bool(fact.stays) == bool(fact.list_columns(Holds.KEPT))


def test_a_secret_is_never_named_otherwise() -> None:
    sealed = {(table.name, name) for table in metadata.sorted_tables for name in table.c if "sealed" in str(name)}
    assert {table for table, _ in sealed} <= BY_TABLE.keys()


def _value(column: Column[Any], number: int) -> Any:
    kinds: list[tuple[type, Any]] = [(Boolean, False), (Integer, number), (Float, 1.0), (UtcDateTime, NOW)]
    return next((value for kind, value in kinds if isinstance(column.type, kind)), f"{column.name}{number}")


def _row(table: Table, user: str, workspace: str, *, number: int) -> dict[str, Any]:
    """A row in which everything that may name a person names this one."""
    values = {one.name: _value(one, number) for one in table.c if not one.nullable or one.name.endswith("_sealed")}
    values |= {"workspace": workspace} if "workspace" in table.c else {}
    for name, holds in BY_TABLE[table.name].columns.items():
        if holds in {Holds.OWNER, Holds.NAME, Holds.ASKER}:
            values[name] = user if "workspace" in table.c else f"{workspace}/{user}"
        elif holds in {Holds.TEXT, Holds.KEPT}:
            values[name] = json.dumps({"text": f"<@{user}> and {user}", "number": number})
    own = {
        "outcomes": {"actor": f"login-{workspace}-{user}"},
        "subscriptions": {"rule": Rule(mention=(user,)).to_json()},
    }
    project = {"project": f"gh/acme/web{number}"} if "project" in table.c else {}
    return values | project | own.get(table.name, {})


async def _fill(tx: Tx) -> None:
    people = ((ADA, "T1"), (ADAM, "T1"), (ADA, "T2"))
    for number, (user, workspace) in enumerate(people, start=1):
        for table in metadata.sorted_tables:
            if table.name in BY_TABLE and not (table.name == "installations" and user == ADAM):
                await tx._connection.execute(insert(table).values(_row(table, user, workspace, number=number)))
        await tx.logins.upsert_verified(workspace, user, f"login-{workspace}-{user}", now=NOW)


async def _dump(tx: Tx) -> dict[str, list[dict[str, Any]]]:
    tables = [metadata.tables[fact.table] for fact in FACTS]
    return {table.name: [dict(row._mapping) for row in await tx._connection.execute(select(table))] for table in tables}


def _about(rows: list[dict[str, Any]], user: str, workspace: str) -> list[dict[str, Any]]:
    """Rows that are nobody's workspace name a person with it, or by a login."""
    return [row for row in rows if any(map(_build_pattern(row, user, workspace).search, map(str, row.values())))]


def _build_pattern(row: dict[str, Any], user: str, workspace: str) -> re.Pattern[str]:
    if "workspace" not in row:
        return re.compile(rf"\b({workspace}/{user}|login-{workspace}-{user})\b")
    return re.compile(rf"\b{user}\b" if row["workspace"] == workspace else "(?!)")


@pytest.fixture
async def filled(store: Store) -> Store:
    async with store.begin() as tx:
        await _fill(tx)
    return store


async def test_nothing_that_is_not_kept_for_a_reason_names_who_was_erased(filled: Store) -> None:
    async with filled.begin() as tx:
        word = await tx.personal_data.erase("T1", ADA)
        left = await _dump(tx)
    for fact in FACTS:
        assert fact.stays or not _about(left[fact.table], ADA, "T1"), fact.table
    assert word in {row["made_by"] for row in left["subscriptions"]}
    assert json.dumps({"text": f"somebody who was erased and {word}", "number": 1}) in {
        row["message"] for row in left["outbox"]
    }


async def test_nobody_else_notices(filled: Store) -> None:
    """Nor a person with the same id in another workspace, nor one whose id begins so."""
    async with filled.begin() as tx:
        before = await _dump(tx)
        await tx.personal_data.erase("T1", ADA)
        after = await _dump(tx)
    for table, rows in before.items():
        for user, workspace in ((ADAM, "T1"), (ADA, "T2")):
            assert _about(after[table], user, workspace) == _about(rows, user, workspace), table


async def test_what_is_handed_out_has_every_fact_and_no_secret(filled: Store) -> None:
    async with filled.begin() as tx:
        told = await tx.personal_data.export("T1", ADA)
    tables = {one["table"] for one in told}
    assert all(ADAM not in json.dumps(one["rows"]) for one in told)
    assert tables == {fact.table for fact in FACTS} - {"pipelines"}
    sealed = [value for one in told for row in one["rows"] for name, value in row.items() if name.endswith("_sealed")]
    assert set(sealed) == {"kept encrypted, not handed out"}


async def test_the_same_is_counted_as_is_handed_out(filled: Store) -> None:
    async with filled.begin_read() as tx:
        told = {one["table"]: len(one["rows"]) for one in await tx.personal_data.export("T1", ADA)}
        assert {one.fact.table: one.count for one in await tx.personal_data.count("T1", ADA)} == told


async def test_what_others_read_is_not_handed_out(filled: Store) -> None:
    async with filled.begin_read() as tx:
        (told,) = [one for one in await tx.personal_data.export("T1", ADA) if one["table"] == "outbox"]
    assert told["rows"][0]["message"].startswith("mentions you; not handed out")


async def test_who_ended_the_row_of_somebody_else_is_handed_out_their_own_part_alone(store: Store) -> None:
    start = make_start(user=ADAM, mark="of-adam", author="adam")
    async with store.begin() as tx:
        await tx.start_requests.insert(start)
        await tx.start_requests.end(replace(start, state=StartState.DECLINED, ended_by=ADA, why="Not today"))
        [told] = await tx.personal_data.export("T1", ADA)
        ended = await tx.start_requests.find("T1", start.id)
    assert ended
    assert ended.author == "", "whose commit it was matters no more"
    [row] = told["rows"]
    assert (row["ended_by"], row["why"]) == (ADA, "Not today")
    assert not {ADAM, "of-adam", "c-ada"} & set(row.values())


async def test_what_stands_in_their_own_direct_messages_goes(store: Store) -> None:
    async with store.begin() as tx:
        await tx.outbox.insert("a", "T1", ADA, message=Message("for Ada"), now=NOW)
        await tx.outbox.insert("b", "T1", ADAM, message=Message("for Adam"), now=NOW)
        await tx.personal_data.erase("T1", ADA)
        assert [one.channel for one in await tx.undelivered.list_all(NOW)] == [ADAM]


async def test_a_message_that_is_on_its_way_to_them_is_no_longer_ours_to_send(store: Store) -> None:
    async with store.begin() as tx:
        await tx.outbox.insert("a", "T1", ADA, message=Message("for Ada"), now=NOW)
        (claimed,) = await tx.outbox.claim(NOW, 12.0, "worker", limit=1)
    async with store.begin() as tx:
        await tx.personal_data.erase("T1", ADA)
        assert not await tx.outbox.renew(claimed, NOW)
        assert not await tx.outbox.settle_sent(claimed, "1.0", NOW)


async def test_nothing_is_written_to_somebody_who_was_erased(store: Store) -> None:
    async with store.begin() as tx:
        word = await tx.personal_data.erase("T1", ADA)
        await tx.outbox.insert("a", "T1", word, message=Message("for nobody"), now=NOW)
        assert await tx.undelivered.list_all(NOW) == []


async def test_who_was_never_here_is_known_nowhere(filled: Store) -> None:
    async with filled.begin() as tx:
        data: PersonalDataRepository = tx.personal_data
        assert await data.list_workspaces(ADA) == ["T1", "T2"]
        await data.erase("T1", ADA)
        assert await data.list_workspaces(ADA) == ["T2"]
        assert await data.list_workspaces("U0NOBODY") == []
