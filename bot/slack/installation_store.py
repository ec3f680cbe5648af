"""Which workspaces may install us, and what is stored of one that does."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from slack_bolt.error import BoltError
from slack_sdk.oauth.installation_store import Installation as SlackInstallation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore

from bot.blocks import kit
from bot.clock import Clock, SystemClock
from bot.domain.audit_records import AuditKind, AuditRecord
from bot.domain.people import Installation
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.notify.upkeep.offboarding import restore_workspace
from bot.slack.clients import SlackClients
from bot.slack.organisation import fetch_teams
from bot.store.store import Store, Tx

log = structlog.get_logger(__name__)


class InstallNotAllowed(BoltError):
    """A workspace that the operator has not named."""


@dataclass(frozen=True, kw_only=True)
class InstallPolicy:
    """Which workspaces may install (none named: all of them), and which users, as `T…/U…`, are notified of it."""

    allowed: AbstractSet[str] = frozenset()
    notified_users: AbstractSet[str] = frozenset()

    def check(self, given: SlackInstallation) -> None:
        """Raises InstallNotAllowed."""
        if self.allowed and not self.allowed & {given.team_id, given.enterprise_id}:
            raise InstallNotAllowed(str(given.team_id or given.enterprise_id))

    def list_notified(self, given: SlackInstallation) -> Iterator[tuple[str, str]]:
        """Workspace and user of each, without the person who installs it."""
        for workspace, _, user in (one.partition("/") for one in sorted(self.notified_users)):
            if user and (workspace, user) != (given.team_id, given.user_id):
                yield workspace, user


class InstallationStore(AsyncInstallationStore):
    """Stores what Slack gave us. Nothing is read through it: `SlackClients` reads the store, and remembers."""

    def __init__(self, store: Store, clients: SlackClients, *, clock: Clock, policy: InstallPolicy) -> None:
        self._store = store
        self._clients = clients
        self._clock = clock
        self._policy = policy

    async def async_save(self, installation: SlackInstallation) -> None:
        """Raises BoltError for an installation without a bot token, or of nothing, and InstallNotAllowed.

        That of an organisation is for all workspaces that Slack names; those it names later are found by upkeep.
        """
        if not (_find_id(installation) and installation.bot_token):
            raise BoltError("an installation without a workspace or a bot token")
        self._policy.check(installation)
        made = _build_installation(installation, now := self._clock.now())
        teams = await fetch_teams(self._clients, made) if made.is_org_wide else None
        async with self._store.begin() as tx:
            await tx.installations.upsert(made)
            if teams is not None:
                await tx.org_teams.replace(made.workspace, teams)
            for workspace in await tx.installations.list_served(made.workspace):
                await restore_workspace(tx, workspace, now)
                self._clients.forget(workspace)
                tx.record(_build_record(installation, workspace, now))
            await self._notify_admins(tx, installation, now)
        self._clients.forget(made.workspace)
        log.info("workspace.joined", workspace=made.workspace, by=installation.user_id)

    async def _notify_admins(self, tx: Tx, given: SlackInstallation, now: datetime) -> None:
        """Delivery sends it to those whose workspace has us; the others find it in the log."""
        for workspace, user in self._policy.list_notified(given):
            if await tx.installations.find(workspace):
                key = f"joined:{given.team_id}:{now.isoformat()}:{workspace}/{user}"
                await tx.outbox.insert(key, workspace, user, message=_render_joined(given), now=now)


def _render_joined(given: SlackInstallation) -> Message:
    name, by = as_code(given.team_name or given.enterprise_name or ""), as_code(given.user_id)
    what = "workspace" if given.team_id else "organisation"
    text = f"circlebot was installed into the {what} {name} ({as_code(_find_id(given))}) by {by}."
    return Message(text, [kit.section(text)])


def _find_id(given: SlackInstallation) -> str:
    """The workspace's, or that of the organisation that installs us as a whole."""
    return str((given.enterprise_id if given.is_enterprise_install else given.team_id) or "")


def _build_record(given: SlackInstallation, workspace: str, now: datetime) -> AuditRecord:
    return AuditRecord(
        workspace=workspace,
        at=now,
        kind=AuditKind.INSTALL,
        act="install",
        user=given.user_id,
        what=given.team_name or given.enterprise_name or "",
        detail={"scopes": sorted(given.bot_scopes or ()), "enterprise": given.enterprise_id},
    )


def _build_installation(given: SlackInstallation, now: datetime) -> Installation:
    """The SDK says when a token ends by the clock of this machine."""
    ends_s = given.bot_token_expires_at
    left = datetime.fromtimestamp(ends_s, UTC) - SystemClock().now() if ends_s else None
    return Installation(
        workspace=_find_id(given),
        name=given.team_name or given.enterprise_name or "",
        bot_user=given.bot_user_id or "",
        bot_id=given.bot_id or "",
        scopes=tuple(given.bot_scopes or ()),
        installed_by=given.user_id,
        installed_at=now,
        token=str(given.bot_token),
        enterprise=given.enterprise_id,
        refresh_token=given.bot_refresh_token,
        expires_at=now + left if left else None,
    )
