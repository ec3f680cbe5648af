"""All checks at once: each has its time, and one that breaks or hangs says so and stops no other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.circleci.transport import find_proxy
from bot.clock import Clock, SystemClock
from bot.diagnostics import network_checks, slack_checks
from bot.diagnostics.database_check import check_database
from bot.diagnostics.local_symptoms import CHECK_BROKE, CHECK_HUNG, DISK_NEARLY_FULL
from bot.diagnostics.slack_symptoms import BOT_TOKEN_REFUSED, INSTALLATION_REFUSED
from bot.diagnostics.stored_checks import StoredChecks
from bot.domain.people import Installation
from bot.domain.symptoms import Finding
from bot.settings import Settings
from bot.store.engine.engines import list_exposed_files
from bot.store.store import Store

log = structlog.get_logger(__name__)

WITHIN_S = 15.0

Check = tuple[str, AsyncIterator[Finding]]
"""The check's name, and its findings."""


async def run_checks(checks: Sequence[Check], within_s: float = WITHIN_S) -> list[Finding]:
    """At once, in their order."""
    found = await asyncio.gather(*(_run_check(name, check, within_s) for name, check in checks))
    return [one for findings in found for one in findings]


async def examine_tokens(settings: Settings) -> list[Finding]:
    """The tokens of the settings, for a process that starts. Socket Mode reports its own where it connects."""
    checks: list[Check] = []
    if settings.slack_bot_token:
        refused = Finding("slack", symptom=BOT_TOKEN_REFUSED)
        bot = build_client(settings, settings.slack_bot_token.get_secret_value())
        checks.append(("slack", slack_checks.check_bot(bot, refused, SystemClock())))
    if settings.circleci_token:
        checks.append(("circleci", network_checks.check_circleci(settings)))
    return await run_checks(checks)


async def _run_check(name: str, check: AsyncIterator[Finding], within_s: float) -> list[Finding]:
    found: list[Finding] = []
    try:
        async with asyncio.timeout(within_s):
            async for finding in check:
                found.append(finding)  # noqa: PERF401 - what was found before it breaks is kept
    except TimeoutError:
        found.append(Finding(name, symptom=CHECK_HUNG, values={"limit": timedelta(seconds=within_s)}))
    except Exception as error:
        log.exception("doctor.check_broke", check=name)
        found.append(Finding(name, symptom=CHECK_BROKE, values={"why": type(error).__name__}))
    return found


@dataclass(frozen=True, kw_only=True)
class Examination:
    """`store` is None where the settings say no database that could be opened."""

    settings: Settings
    store: Store | None
    machine: Clock
    within_s: float = WITHIN_S

    @classmethod
    def build(cls, settings: Settings, store: Store | None) -> Examination:
        return cls(settings=settings, store=store, machine=SystemClock())

    async def examine(self, workspace: str | None = None) -> list[Finding]:
        """What concerns this workspace, or all. What the database tells is left out while it does not work."""
        if self.store is None:
            return await run_checks([*self._list_slack([]), *self._list_outside(None)], self.within_s)
        url = self.settings.database_url.get_secret_value()
        exposed = list_exposed_files(url)
        stored = StoredChecks(settings=self.settings, store=self.store, workspace=workspace, exposed_files=exposed)
        database = await run_checks([("database", check_database(self.store, url))], self.within_s)
        usable = all(one.symptom in {None, DISK_NEARLY_FULL} for one in database)
        installed: list[Installation] = []
        loading = [("installs", _load_installations(self.settings, self.store, workspace, installed))] if usable else []
        loaded = await run_checks(loading, self.within_s)
        checks = [
            *(self._list_stored(stored) if usable else ()),
            *self._list_slack(installed),
            *self._list_outside(stored if usable else None),
        ]
        return [*database, *loaded, *await run_checks(checks, self.within_s)]

    def _list_stored(self, stored: StoredChecks) -> Iterator[Check]:
        yield "files", stored.check_files()
        yield "keys", stored.check_keys()
        yield "listener", stored.check_listener()
        if not stored.workspace:
            yield "policy", stored.check_policies()
        yield "webhooks", stored.check_webhooks()
        yield "limit", stored.check_limits()
        yield "rules", stored.check_rules()
        yield "outbox", stored.check_outbox()
        yield "record", stored.check_record()
        yield "clock", slack_checks.check_database_clock(stored.store, self.machine)

    def _list_slack(self, installed: Sequence[Installation]) -> Iterator[Check]:
        settings = self.settings
        if settings.slack_bot_token:
            own = self._build_client(settings.slack_bot_token.get_secret_value())
            yield "slack", slack_checks.check_bot(own, Finding("slack", symptom=BOT_TOKEN_REFUSED), self.machine)
        for one in installed:
            if one.token and not settings.slack_bot_token:
                values = {"team": one.name, "url": settings.public_url or "PUBLIC_URL"}
                refused = Finding("slack", symptom=INSTALLATION_REFUSED, values=values)
                yield "slack", slack_checks.check_bot(self._build_client(one.token), refused, self.machine)
                yield "rotation", slack_checks.check_rotation(one, values, self.machine)

    def _list_outside(self, stored: StoredChecks | None) -> Iterator[Check]:
        settings = self.settings
        slack = self._build_client("")
        yield "proxy", network_checks.check_proxy(str(slack.base_url), slack.proxy)
        yield "proxy", network_checks.check_proxy(settings.circleci_url, find_proxy(settings.circleci_url))
        if stored:
            yield "channels", self._check_channels(stored)
        if settings.slack_app_token:
            yield "socket", self._check_socket(settings.slack_app_token.get_secret_value(), stored)
        yield "circleci", network_checks.check_circleci(settings)

    async def _check_socket(self, token: str, stored: StoredChecks | None) -> AsyncIterator[Finding]:
        ours = await stored.list_fresh_listeners() if stored else None
        async for finding in slack_checks.check_socket(self._build_client(token), ours):
            yield finding

    async def _check_channels(self, stored: StoredChecks) -> AsyncIterator[Finding]:
        own = self.settings.slack_bot_token
        async with stored.store.begin_read() as tx:
            refused = await tx.refused_channels.list_all()
            theirs = [one for one in refused if stored.workspace in {None, one.workspace}]
            found = {one.workspace: await tx.installations.find(one.workspace) for one in theirs}
        of_each = {workspace: one.token for workspace, one in found.items() if one and one.token}
        tokens = {"": own.get_secret_value()} if own else of_each
        clients = {workspace: self._build_client(token) for workspace, token in tokens.items()}
        async for finding in slack_checks.check_channels(theirs, clients):
            yield finding

    def _build_client(self, token: str) -> AsyncWebClient:
        return build_client(self.settings, token)


def build_client(settings: Settings, token: str | None) -> AsyncWebClient:
    """A client that tries once."""
    return AsyncWebClient(token=token, base_url=settings.slack_api_url, retry_handlers=[])


async def _load_installations(
    settings: Settings, store: Store, workspace: str | None, found: list[Installation]
) -> AsyncIterator[Finding]:
    """Into `found`. The operator also reads who may install it."""
    async with store.begin_read() as tx:
        own = await tx.installations.find(workspace) if workspace else None
        found += [own] if own else [] if workspace else await tx.installations.list_all()
    if workspace or not settings.oauth:
        return
    if not found:
        yield Finding("slack", f"no workspace yet: open {settings.public_url}/slack/install")
    if not settings.allowed_workspaces:
        yield Finding("installs", "any workspace may install it: name those that may in ALLOWED_WORKSPACES")
    else:
        yield Finding("installs", f"only by {', '.join(sorted(settings.allowed_workspaces))} (ALLOWED_WORKSPACES)")
