"""A PostgreSQL server of our own: started once in a run from binaries at hand, a database for each test that asks."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bot.store.engine.migrate import upgrade

_ENVIRONMENT = {"TZ": "UTC", "LC_ALL": "C", "PATH": "/usr/bin:/bin"}
_TEMPLATE = "migrated"
_QUICK = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "listen_addresses=",
    "max_connections=200",
    "shared_buffers=64MB",
    "timezone=UTC",
)

_CLEAN = """
DO $$
DECLARE
    one text;
BEGIN
    PERFORM pg_terminate_backend(pid, 10000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('DELETE FROM %I', one);
    END LOOP;
    PERFORM setval(seqrelid::regclass, seqstart, false) FROM pg_sequence;
END $$
"""
"""Whoever is still there is shown out; then every row goes, in whatever order, and every sequence begins anew."""

_HOME = pytest.StashKey[Path]()


class PostgresServer:
    """A server on a Unix socket in a directory of its own; nothing of it outlives `stop`."""

    def __init__(self, binaries: Path, home: Path | None = None) -> None:
        self._binaries = binaries
        self._user = _find_unprivileged_user()
        self._home = home or create_home()
        self._numbers = itertools.count(1)
        self._migrated: set[str] = set()
        self._clean: list[str] = []

    def start(self) -> None:
        """Ready to be connected to when this returns."""
        if self._user:
            shutil.chown(self._home, self._user)
        self._run("initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        settings = " ".join(f"-c {setting}" for setting in (*_QUICK, f"unix_socket_directories={self._home}"))
        self._run("pg_ctl", "start", "-w", "-D", "data", "-l", "log", "-o", settings)

    def start_unless_started(self) -> None:
        """Several processes may ask for it at the same time."""
        with _lock_folder(self._home):
            if not self.is_started:
                self.start()

    @property
    def is_started(self) -> bool:
        return (self._home / "data" / "postmaster.pid").exists()

    def restart(self) -> None:
        """Cut every connection, as for an upgrade; ready again when this returns."""
        self._run("pg_ctl", "restart", "-w", "-D", "data", "-m", "fast", "-l", "log")

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "-w", "-D", "data", "-m", "immediate")
        shutil.rmtree(self._home)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self._home}"

    async def create_empty(self) -> str:
        """The URL of a new database without any table."""
        return await self._create("template0")

    async def create_migrated(self) -> str:
        """The URL of a database at head without any row: one that was given back, or a copy of the first."""
        if self._clean:
            return self._clean.pop()
        await asyncio.to_thread(self._make_template)
        url = await self._create(_TEMPLATE)
        self._migrated.add(url)
        return url

    async def release(self, url: str) -> None:
        """It is cleaned for whoever asks next, which costs a thirtieth of a new one; dropped when it has no tables."""
        if url in self._migrated:
            await self._execute(_CLEAN, database=_get_database_name(url))
            self._clean.append(url)
        else:
            await self._execute(f"DROP DATABASE {_get_database_name(url)} WITH (FORCE)")

    def _make_template(self) -> None:
        """By whichever process comes first."""
        with _lock_folder(self._home):
            asyncio.run(self._migrate_template())

    async def _migrate_template(self) -> None:
        if not await self._execute("SELECT FROM pg_database WHERE datname = $1", _TEMPLATE):
            await self._execute(f"CREATE DATABASE {_TEMPLATE}")
            await upgrade(self.url(_TEMPLATE))

    async def _create(self, template: str) -> str:
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        await self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    async def _execute(self, statement: str, *arguments: str, database: str = "postgres") -> list[Any]:
        connection = await asyncpg.connect(user="postgres", host=str(self._home), database=database)
        try:
            return list(await connection.fetch(statement, *arguments))
        finally:
            await connection.close()

    def _run(self, program: str, *arguments: str) -> None:
        """As an unprivileged user when we are root: PostgreSQL refuses to run as root."""
        subprocess.run(
            [self._binaries / program, *arguments],
            cwd=self._home,
            env=_ENVIRONMENT,
            user=self._user,
            group=pwd.getpwnam(self._user).pw_gid if self._user else None,
            extra_groups=[] if self._user else None,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )


def _find_unprivileged_user() -> str | None:
    """Whom to become, or None when we are nobody special already."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


def _find_binaries() -> Path | None:
    """Where initdb, pg_ctl and postgres are: as told, as Debian has it (the newest), or on the PATH."""
    told = os.environ.get("CIRCLEBOT_POSTGRES_BIN")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    candidates = [*([Path(told)] if told else debian), *([Path(on_path).resolve().parent] if on_path else [])]
    return next((path for path in candidates if (path / "initdb").exists() and (path / "pg_ctl").exists()), None)


def create_home() -> Path:
    """A folder for a server. Not below pytest's tmp_path: the path of a socket must be short."""
    return Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))


def _get_database_name(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


@contextlib.contextmanager
def _lock_folder(folder: Path) -> Iterator[None]:
    """Of all the processes and threads that have something to do there."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def pytest_configure(config: pytest.Config) -> None:
    """One server for all processes of a run: the first says where it will live, and stops it in the end."""
    told = getattr(config, "workerinput", {}).get("postgres_home")
    config.stash[_HOME] = Path(told) if told else create_home()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["postgres_home"] = str(node.config.stash[_HOME])


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    home, binaries = config.stash[_HOME], _find_binaries()
    if binaries and (server := PostgresServer(binaries, home)).is_started:
        server.stop()
    else:
        home.rmdir()


def _get_binaries() -> Path:
    """Where its programs are; skips where there is no PostgreSQL, unless CI is set: there it must be."""
    if binaries := _find_binaries():
        return binaries
    reason = "PostgreSQL's initdb was not found: install postgresql, or set CIRCLEBOT_POSTGRES_BIN"
    raise (pytest.fail if os.environ.get("CI") == "true" else pytest.skip).Exception(reason)


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> PostgresServer:
    """The server of this run."""
    server = PostgresServer(_get_binaries(), pytestconfig.stash[_HOME])
    server.start_unless_started()
    return server


@pytest.fixture
def postgres_of_its_own() -> Iterator[PostgresServer]:
    """A server that a test may restart, since nobody else is on it."""
    server = PostgresServer(_get_binaries())
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def empty_postgres_url(postgres: PostgresServer) -> AsyncIterator[str]:
    """A database of one's own without a table."""
    url = await postgres.create_empty()
    yield url
    await postgres.release(url)


@pytest.fixture
async def postgres_url(postgres: PostgresServer) -> AsyncIterator[str]:
    """A database of one's own at head."""
    url = await postgres.create_migrated()
    yield url
    await postgres.release(url)
