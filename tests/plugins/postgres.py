"""A PostgreSQL server of our own: started once in a test process from binaries at hand, one database for each test."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from bot.store.migrate import upgrade

_ENVIRONMENT = {"TZ": "UTC", "LC_ALL": "C", "PATH": "/usr/bin:/bin"}
_TEMPLATE = "migrated"
_QUICK = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "listen_addresses=",
    "max_connections=60",
    "shared_buffers=16MB",
    "timezone=UTC",
)


class Postgres:
    """A server on a Unix socket in a directory of its own; nothing of it outlives `stop`."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self._user = _unprivileged()
        # Not below pytest's tmp_path: the path of a socket must be short.
        self._home = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        self._numbers = itertools.count(1)
        self._has_template = False

    def start(self) -> None:
        """Ready to be connected to when this returns."""
        if self._user:
            shutil.chown(self._home, self._user)
        self._run("initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        settings = " ".join(f"-c {setting}" for setting in (*_QUICK, f"unix_socket_directories={self._home}"))
        self._run("pg_ctl", "start", "-w", "-D", "data", "-l", "log", "-o", settings)

    def restart(self) -> None:
        """Cut every connection, as for an upgrade; ready again when this returns."""
        self._run("pg_ctl", "restart", "-w", "-D", "data", "-m", "fast", "-l", "log")

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "-w", "-D", "data", "-m", "immediate")
        shutil.rmtree(self._home)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self._home}"

    async def empty(self) -> str:
        """The URL of a new database without any table."""
        return await self._create("template0")

    async def migrated(self) -> str:
        """The URL of a new database at head: a copy, which is quicker than to migrate each."""
        if not self._has_template:
            await self._execute(f"CREATE DATABASE {_TEMPLATE}")
            await upgrade(self.url(_TEMPLATE))
            self._has_template = True
        return await self._create(_TEMPLATE)

    async def drop(self, url: str) -> None:
        name = url.partition("@/")[2].partition("?")[0]
        await self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    async def _create(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        await self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(user="postgres", host=str(self._home), database="postgres")
        try:
            await connection.execute(statement)
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


def _unprivileged() -> str | None:
    """Whom to become, or None when we are nobody special already."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


def _binaries() -> Path | None:
    """Where initdb, pg_ctl and postgres are: as told, as Debian has it (the newest), or on the PATH."""
    told = os.environ.get("CIRCLEBOT_POSTGRES_BIN")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    candidates = [*([Path(told)] if told else debian), *([Path(on_path).resolve().parent] if on_path else [])]
    return next((path for path in candidates if (path / "initdb").exists() and (path / "pg_ctl").exists()), None)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server; skipped where there is no PostgreSQL, unless CI is set: there it must be."""
    binaries = _binaries()
    if binaries is None:
        reason = "PostgreSQL's initdb was not found: install postgresql, or set CIRCLEBOT_POSTGRES_BIN"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    server = Postgres(binaries)
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def postgres_url(postgres: Postgres) -> AsyncIterator[str]:
    """A database of one's own at head."""
    url = await postgres.migrated()
    yield url
    await postgres.drop(url)
