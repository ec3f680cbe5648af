"""`circlebot run`, `web` and `worker`: a process that works until it is asked to stop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from collections.abc import Set as AbstractSet
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager

import structlog

from bot.operating import doctor
from bot.operating.process import Ended, serving, serving_admin, stopping
from bot.settings import Settings
from bot.store.engine.database_errors import CannotOpen
from bot.store.engine.migrate import upgrade
from bot.store.engine.sqlite_lock import sole_worker
from bot.store.store import Store
from bot.store.vault import Vault

log = structlog.get_logger("circlebot")

EVERYTHING = frozenset({"slack", "http", "poller", "delivery"})
WEB = frozenset({"slack", "http"})
WORKER = frozenset({"poller", "delivery"})


async def until_stopped(settings: Settings, roles: AbstractSet[str]) -> None:
    from bot.app.composition import build  # noqa: PLC0415 - no other command should pay for what it imports
    from bot.web import routes  # noqa: PLC0415 - as above

    with stopping() as stop, ExitStack() as held:
        if roles & WORKER and settings.on_sqlite:
            with _openable():
                held.enter_context(sole_worker(settings.database_url.get_secret_value()))
        await _check_database(settings, alone=bool(roles & WORKER))
        built = build(settings)
        async with built.running(roles), AsyncExitStack() as stack:
            health = built.health(roles)
            if "http" in roles:
                host = settings.listens_at(apart=not roles & WORKER)
                http = serving(built.web(health), host=host, port=settings.port)
                log.info("http.up", host=host, port=await stack.enter_async_context(http))
            if settings.admin_port:
                admin = routes.create_admin(health)
                await stack.enter_async_context(
                    serving_admin(admin, host=settings.admin_host, port=settings.admin_port)
                )
            log.info("circlebot.up", roles=sorted(roles))
            built.core.tasks.start(_tell_refusals(settings))
            await stop.wait()
            log.info("circlebot.stopping")


async def _check_database(settings: Settings, *, alone: bool) -> None:
    """SQLite is brought up to date, and its only worker begins at once with what the last one held."""
    if settings.on_sqlite:
        await migrate(settings)
    async with store(settings) as opened:
        if alone and settings.on_sqlite:
            await opened.free_all()


async def _tell_refusals(settings: Settings) -> None:
    """Whose tokens are refused should not have to guess it from what does not happen."""
    async for finding in doctor.tokens(settings):
        if finding.mend:
            log.error("token.refused", by=finding.name, why=finding.what, mend=finding.mend)


async def migrate(settings: Settings) -> None:
    """Bring the database to this release. Raises Ended for one that cannot be opened."""
    with _openable():
        await upgrade(settings.database_url.get_secret_value())


@contextmanager
def _openable() -> Iterator[None]:
    try:
        yield
    except CannotOpen as error:
        raise _ended(doctor.unopened(str(error))) from None


@asynccontextmanager
async def store(settings: Settings) -> AsyncIterator[Store]:
    """Open until the end of the block. A shared database is migrated by `circlebot migrate`: raises Ended before."""
    opened = Store(
        settings.database_url.get_secret_value(), Vault([key.get_secret_value() for key in settings.encryption_keys])
    )
    try:
        await doctor.opened(opened)
        yield opened
    except doctor.Sick as sick:
        raise _ended(sick) from None
    finally:
        await opened.close()


def _ended(sick: doctor.Sick) -> Ended:
    return Ended(f"the database {sick.what}; mend: {sick.mend}.")
