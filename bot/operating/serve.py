"""`circlebot run`, `web` and `worker`: a process that works until it is asked to stop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from collections.abc import Set as AbstractSet
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from datetime import timedelta

import structlog

from bot.actions.known_heads import build_known_heads
from bot.actions.put_back import record_put_back
from bot.diagnostics.database_check import build_failure
from bot.diagnostics.examination import examine_tokens
from bot.diagnostics.local_symptoms import DATABASE_BEHIND, DATABASE_UNREACHABLE
from bot.domain.symptoms import Finding
from bot.operating.findings import format_wrong
from bot.operating.process import CommandFailed, catch_stop_signals, serve_admin, serve_http
from bot.settings import Settings
from bot.store.engine.database_errors import CannotOpenDatabase
from bot.store.engine.engines import find_sqlite_file
from bot.store.engine.migrate import upgrade
from bot.store.engine.sqlite_lock import hold_sqlite_lock
from bot.store.store import Store
from bot.store.vault import Vault
from bot.tracing import export_traces
from bot.workers.lease import SHOWN_WITHIN_S

log = structlog.get_logger("circlebot")

WEB = frozenset({"slack", "http"})
WORKER = frozenset({"poller", "delivery", "upkeep"})
EVERYTHING = WEB | WORKER


async def run_until_stopped(settings: Settings, roles: AbstractSet[str]) -> None:
    from bot.app.composition import build_app  # noqa: PLC0415 - no other command should pay for what it imports
    from bot.web import routes  # noqa: PLC0415 - as above

    with catch_stop_signals() as stop, ExitStack() as held:
        if roles & WORKER and settings.on_sqlite:
            with _translate_open_error():
                held.enter_context(hold_sqlite_lock(settings.database_url.get_secret_value()))
        await _check_database(settings, alone=bool(roles & WORKER))
        built = build_app(settings)
        if settings.otel_exporter_otlp_endpoint:
            held.enter_context(export_traces(settings.otel_exporter_otlp_endpoint))
        async with built.running(roles), AsyncExitStack() as stack:
            health = built.build_health(roles)
            if "http" in roles:
                host = settings.get_listen_host(apart=not roles & WORKER)
                http = serve_http(built.build_web_app(health), host=host, port=settings.port)
                log.info("http.up", host=host, port=await stack.enter_async_context(http))
            if settings.admin_port:
                admin = routes.build_admin_app(health)
                await stack.enter_async_context(serve_admin(admin, host=settings.admin_host, port=settings.admin_port))
            log.info("circlebot.up", roles=sorted(roles))
            built.core.tasks.start(_log_refused_tokens(settings))
            await stop.wait()
            log.info("circlebot.stopping")


async def _check_database(settings: Settings, *, alone: bool) -> None:
    """SQLite is migrated, and its only worker takes over at once what the last one had claimed."""
    if settings.on_sqlite:
        await migrate_database(settings)
    async with open_store(settings) as opened:
        if alone and settings.on_sqlite:
            shown_within = timedelta(seconds=SHOWN_WITHIN_S / settings.slack_pace)
            await opened.release_all_leases(shown_at=await opened.now() + shown_within)
            await _forget_wrong_times(opened)


async def _forget_wrong_times(store: Store) -> None:
    """The clock went back since: what was due soon would be due in hours."""
    now = await store.now()
    async with store.begin() as tx:
        if latest := await tx.wrong_clock.forget_future(now):
            why = f"the last process worked at {latest:%Y-%m-%d %H:%M} UTC, and it is {now:%Y-%m-%d %H:%M} now"
            log.warning("clock.went_back", why=why)


async def _log_refused_tokens(settings: Settings) -> None:
    """Log a refused token: else an operator has to guess it from what does not happen."""
    for finding in await examine_tokens(settings):
        if finding.symptom:
            log.error("symptom.found", symptom=finding.symptom.key, why=format_wrong(finding))


async def migrate_database(settings: Settings) -> None:
    """Bring the database to this release. Raises CommandFailed if it cannot be opened."""
    with _translate_open_error():
        await upgrade(settings.database_url.get_secret_value())


@contextmanager
def _translate_open_error() -> Iterator[None]:
    try:
        yield
    except CannotOpenDatabase as error:
        why = Finding("database", symptom=DATABASE_UNREACHABLE, values={"why": str(error)})
        raise CommandFailed(format_wrong(why)) from None


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[Store]:
    """The store, for the block; a database that was put back by hand says so first.

    Raises CommandFailed if `circlebot migrate` was not run on a shared database.
    """
    from bot.actions.audit_feed import AuditFeed  # noqa: PLC0415 - it draws messages

    heads = build_known_heads(settings)
    opened = Store(
        settings.database_url.get_secret_value(),
        Vault([key.get_secret_value() for key in settings.encryption_keys]),
        outlet=AuditFeed(settings.audit_log, heads),
    )
    try:
        await _check_usable(opened, settings)
        await record_put_back(opened, heads)
        yield opened
    finally:
        await opened.close()


async def _check_usable(opened: Store, settings: Settings) -> None:
    try:
        at_head = await opened.is_at_head()
    except Exception as error:  # noqa: BLE001 - every driver has its own, and their texts may quote a password
        place = find_sqlite_file(settings.database_url.get_secret_value())
        raise CommandFailed(format_wrong(build_failure(error, place))) from None
    if not at_head:
        raise CommandFailed(format_wrong(Finding("database", symptom=DATABASE_BEHIND)))
