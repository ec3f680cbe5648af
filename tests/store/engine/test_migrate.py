from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Row, inspect, text

from bot.domain import ProjectScope, ProjectSlug
from bot.rules.rule import Rule
from bot.store.engine.engines import build_engines
from bot.store.engine.migrate import MIGRATIONS, downgrade, get_head, list_revisions, upgrade
from bot.store.store import Store
from bot.store.tables.schema import PARTIAL, metadata
from bot.store.vault import Vault, generate_key


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return [*compare_metadata(context, metadata), *(_list_partial(connection) ^ _list_partial_of_tables())]


def _list_partial(connection: Connection) -> set[str]:
    found = [index for indexes in inspect(connection).get_multi_indexes().values() for index in indexes]
    option = f"{connection.dialect.name}_where"
    return {str(index["name"]) for index in found if option in index.get("dialect_options", {})}


def _list_partial_of_tables() -> set[str]:
    return {str(index.name) for table in metadata.tables.values() for index in table.indexes if PARTIAL in index.info}


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


async def test_the_migrations_build_what_the_store_uses(database_url: str) -> None:
    engines = build_engines(database_url)
    async with engines.writer.begin() as connection:
        assert await connection.run_sync(_differences) == []
    await engines.dispose()


def test_the_names_of_the_files_tell_the_chain_that_alembic_follows() -> None:
    chain = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]
    assert list_revisions() == chain[::-1]


async def test_up_and_down_and_up_again(empty_url: str) -> None:
    engines = build_engines(empty_url)
    await upgrade(empty_url)
    await downgrade(empty_url, "base")
    async with engines.writer.begin() as connection:
        assert await connection.run_sync(_tables) == set()
    await upgrade(empty_url)
    async with engines.writer.begin() as connection:
        assert await connection.run_sync(_tables) == set(metadata.tables)
    await engines.dispose()


async def test_every_step_goes_up_and_down_by_itself(empty_url: str) -> None:
    await upgrade(empty_url, "0001")
    await upgrade(empty_url)
    await downgrade(empty_url, "0001")
    await upgrade(empty_url)


async def test_a_release_back_still_finds_all_that_it_uses(empty_url: str) -> None:
    """Two releases run side by side during a deploy: a migration only adds, and asks nothing of the older one."""
    engines = build_engines(empty_url)
    before: Tables = {}
    for revision in list_revisions()[list_revisions().index(OF_FIRST_RELEASE) :]:
        await upgrade(empty_url, revision)
        async with engines.writer.begin() as connection:
            after = await connection.run_sync(_read_tables)
        found = [problem for name, table in before.items() for problem in _find_broken(name, table, after.get(name))]
        assert found == BROKEN.get(revision, []), revision
        before = after
    await engines.dispose()


OF_FIRST_RELEASE = "0024"

BROKEN = {
    "0025": [
        "presets no longer has unique ['name', 'workspace']",
        "presets has unique ['channel', 'name', 'workspace'] now",
    ]
}
"""What an older release is refused none the less; docs/upgrading.md says so."""


class Table(NamedTuple):
    """Its columns with their types, those that a row may leave out, and what is unique or has to be elsewhere."""

    columns: dict[str, str]
    optional: frozenset[str]
    keys: frozenset[str]


Tables = dict[str, Table]


def _find_broken(name: str, before: Table, after: Table | None) -> Iterator[str]:
    """What the older release misses, and what it would be refused when it writes."""
    if after is None:
        yield f"{name} is gone"
        return
    for column, kind in before.columns.items():
        if column not in after.columns:
            yield f"{name}.{column} is gone"
        elif after.columns[column] != kind:
            yield f"{name}.{column} was {kind} and is {after.columns[column]}"
    missed = (after.columns.keys() - after.optional) - (before.columns.keys() - before.optional)
    yield from (f"{name}.{column} must be given" for column in sorted(missed))
    yield from (f"{name} no longer has {key}" for key in sorted(before.keys - after.keys))
    yield from (f"{name} has {key} now" for key in sorted(after.keys - before.keys))


def _read_tables(connection: Connection) -> Tables:
    """All at once: table by table it takes ten times as long."""
    found = inspect(connection)
    asked = (
        found.get_multi_columns,
        found.get_multi_pk_constraint,
        found.get_multi_unique_constraints,
        found.get_multi_indexes,
        found.get_multi_foreign_keys,
    )
    columns, *parts = ({name: told for (_schema, name), told in ask().items()} for ask in asked)
    return {
        name: _read_table(columns[name], *(part[name] for part in parts))
        for name in columns
        if name != "alembic_version"
    }


def _read_table(columns: Any, primary: Any, unique: Any, indexes: Any, foreign: Any) -> Table:
    keys = [primary["constrained_columns"], *(one["column_names"] for one in unique)]
    keys += [one["column_names"] for one in indexes if one["unique"]]
    elsewhere = [f"{one['constrained_columns']} of {one['referred_table']}" for one in foreign]
    return Table(
        {one["name"]: str(one["type"]) for one in columns},
        frozenset(one["name"] for one in columns if one["nullable"] or one["default"]),
        frozenset([*(f"unique {sorted(map(str, one))}" for one in keys), *elsewhere]),
    )


async def test_a_database_that_the_next_release_has_migrated_serves_this_one(store: Store, database_url: str) -> None:
    engines = build_engines(database_url)
    async with engines.writer.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert await store.is_at_head()
    await upgrade(database_url)
    assert await store.is_at_head(), "`circlebot migrate` of the release before leaves it alone: a rollback starts"
    await engines.dispose()


async def test_processes_that_start_together_migrate_once(empty_url: str) -> None:
    await asyncio.gather(*(upgrade(empty_url) for _ in range(4)))
    store = Store(empty_url, Vault([generate_key()]))
    assert await store.is_at_head()
    await store.close()


async def test_a_database_without_tables_is_not_at_head(empty_url: str) -> None:
    store = Store(empty_url, Vault([generate_key()]))
    assert not await store.is_at_head()
    await upgrade(empty_url, "0001")
    assert not await store.is_at_head()
    await upgrade(empty_url)
    assert await store.is_at_head()
    await store.close()


async def test_whether_it_is_at_head_is_told_while_somebody_writes(store: Store, other_replica: Store) -> None:
    async with store.begin() as tx:
        await tx.channels.set_project("T1", "C1", None)
        async with asyncio.timeout(5):
            assert await other_replica.is_at_head()


async def test_rules_that_were_columns_are_documents_that_say_the_same(empty_url: str) -> None:
    await upgrade(empty_url, "0003")
    await _run(empty_url, *map(_old_rule, OLD_RULES), "DELETE FROM subscriptions WHERE id = 3")
    await upgrade(empty_url)
    store = Store(empty_url, Vault([generate_key()]))
    async with store.begin() as tx:
        plain, narrow = await tx.subscriptions.list_after(0, 1000)
        assert (plain.rule, str(plain.scope)) == (Rule(), "gh/acme/web")
        assert narrow.rule == Rule(frozenset({"errored-config", "passed"}), branch=("x/*",), workflow=("deploy",))
        assert await tx.subscriptions.list_for_project(ProjectSlug("gh", "acme", "web")) == [plain, narrow]
        assert await tx.subscriptions.insert(narrow) == narrow, "it is known by what it says"
        wide = await tx.subscriptions.insert(replace(plain, scope=ProjectScope.parse("gh/acme")))
        assert wide.id > 3, "the id of a rule that is gone names no other"
    await store.close()
    await downgrade(empty_url, "0003")
    rows = await _run(empty_url, 'SELECT id, branch, workflow, "only" FROM subscriptions ORDER BY id')
    assert [tuple(row) for row in rows] == [(1, "*", "*", DEFAULTS), (2, "x/*", "deploy", "errored,passed")]


DEFAULTS = "errored,failed,on-hold,recovered,unauthorized"
OLD_RULES = ((1, "*", "*", DEFAULTS), (2, "x/*", "deploy", "errored,passed"), (3, "gone", "*", "all"))


def _old_rule(values: tuple[int, str, str, str]) -> str:
    said = ", ".join(f"'{value}'" for value in values[1:])
    columns = 'workspace, channel, project, branch, workflow, "only", made_by, made_at'
    return f"INSERT INTO subscriptions ({columns}) VALUES ('T1', 'C1', 'gh/acme/web', {said}, 'UADA', '{NOON}')"  # noqa: S608 - our own rows


async def test_rules_are_found_by_their_refs_as_those_are_that_are_made_after(empty_url: str) -> None:
    await upgrade(empty_url, "0014")
    await _run(empty_url, *(one for number, rule in enumerate(RULES, 1) for one in _rule_of_0014(number, rule)))
    await upgrade(empty_url)
    before = await _found_by(empty_url)
    store = Store(empty_url, Vault([generate_key()]))
    async with store.begin() as tx:
        for rule in await tx.subscriptions.list_after(0, 1000):
            await tx.coverage.cover(rule.id, await tx.coverage.list_projects(rule.id), rule.made_at)
    await store.close()
    assert before == await _found_by(empty_url)
    assert [tuple(row) for row in before if row.subscription_id == 2] == [
        (2, project, True, cue) for project in ("gh/acme/api", "gh/acme/web") for cue in ("branch:release/", "tag:v")
    ]
    assert [row.cued for row in before if row.subscription_id == 1] == [False, False]
    await downgrade(empty_url, "0014")
    assert len(await _run(empty_url, "SELECT * FROM covers")) == 2 * len(RULES)


RULES = (
    Rule(not_branch=("main",), workflow=("deploy",)),
    Rule(branch=("release/*",), tag=("v[0-9]*",)),
    Rule(branch=("fix[1]", "*-fix", "größe/*", "dependabot/npm_and_yarn/left-pad-*")),
    Rule(default_branch=True),
    Rule(branch=("main",), default_branch=True),
    Rule(tag=("?1",)),
)


def _rule_of_0014(number: int, rule: Rule) -> list[str]:
    """It covers two projects."""
    columns = "id, workspace, channel, project, rule, digest, made_by, made_at"
    document = rule.to_json().replace(":", r"\:")
    said = f"{number}, 'T1', 'C1', 'gh/acme', '{document}', '{number}', 'UADA', '{NOON}'"
    return [
        f"INSERT INTO subscriptions ({columns}) VALUES ({said})",  # noqa: S608 - our own rows
        *(f"INSERT INTO covers VALUES ({number}, 'gh/acme/{name}', '{NOON}')" for name in ("web", "api")),  # noqa: S608 - the same
    ]


async def _found_by(url: str) -> list[Row[Any]]:
    columns = "subscription_id, project, cued, cue"
    return await _run(url, f"SELECT {columns} FROM covers NATURAL LEFT JOIN cues ORDER BY 1, 2, 4")  # noqa: S608 - our own names


NOON = "2026-01-05 12:00:00"


async def _run(url: str, *statements: str) -> list[Row[Any]]:
    engines = build_engines(url)
    async with engines.writer.begin() as connection:
        answers = [await connection.execute(text(statement)) for statement in statements]
        rows = list(answers[-1]) if answers[-1].returns_rows else []
    await engines.dispose()
    return rows


def test_there_is_one_head() -> None:
    assert get_head() == "0057"
    assert get_head() == "0057"
