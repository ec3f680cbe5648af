"""The store: transactions, and in each of them one attribute per noun.

async with store.begin() as tx:      # one write transaction: all of it, or nothing
    await tx.cards.want(...)
    await tx.outbox.add(...)
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext, suppress
from datetime import datetime
from functools import cached_property

from bot.clock import SystemClock
from bot.domain.arrivals import Listener
from bot.domain.audit_records import AuditRecord
from bot.store.accounts import AccountRepository
from bot.store.admin_readings import AdministrationRepository
from bot.store.approvals import ApprovalRepository
from bot.store.audit_channels import AuditChannelRepository
from bot.store.audit_checks import AuditCheckRepository
from bot.store.audit_outlet import AuditOutlet
from bot.store.audit_rows import AuditRepository
from bot.store.backlog import BacklogRepository
from bot.store.backups import BackupRepository
from bot.store.boards import BoardRepository
from bot.store.cards import CardRepository
from bot.store.channel_hours import ChannelHoursRepository
from bot.store.channel_subscriptions import SubscriptionRepository
from bot.store.channels import ChannelRepository
from bot.store.confirmed_channels import SharedChannelRepository
from bot.store.covered_projects import CoverageRepository
from bot.store.deploy_looks import DeployLookRepository
from bot.store.digest_queue import DigestQueue
from bot.store.dm_preferences import DmPreferenceRepository
from bot.store.due_messages import DueMessageRepository
from bot.store.engine.adapters import DatabaseConnection
from bot.store.engine.engines import Engines, build_engines
from bot.store.engine.migrate import find_revision, get_head, is_of_later_release
from bot.store.engine.moment import read_now
from bot.store.failed_tests import FailedTestRepository
from bot.store.freezes import FreezeRepository
from bot.store.greetings import GreetingRepository
from bot.store.idempotency_keys import IdempotencyKeyRepository
from bot.store.installations import InstallationRepository
from bot.store.installed_webhooks import HookRepository
from bot.store.known_askers import AskerRepository
from bot.store.languages import LanguageRepository
from bot.store.leases import LeaseRepository
from bot.store.listening_processes import PROBE, ListenerRepository
from bot.store.logins import LoginRepository
from bot.store.long_values import LongValueRepository
from bot.store.lookers import LookerRepository
from bot.store.marked_projects import ProjectMarkRepository
from bot.store.mentions import MentionRepository
from bot.store.mutes import MuteRepository
from bot.store.org_polls import OrgPollRepository
from bot.store.org_teams import OrgTeamRepository
from bot.store.outbox import Outbox
from bot.store.outcomes import OutcomeRepository
from bot.store.pending_commands import PendingCommandRepository
from bot.store.people_directory import MOST_WORKSPACES, PeopleCache, PeopleRepository
from bot.store.personal_data import PersonalDataRepository
from bot.store.pipelines import PipelineRepository
from bot.store.policy_readers import HoldReaderRepository
from bot.store.policy_versions import PolicyVersionRepository
from bot.store.polled_projects import PolledProjectRepository
from bot.store.presets import PresetRepository
from bot.store.processed_events import ProcessedEventRepository
from bot.store.rate_limiter import RateLimiter
from bot.store.refused_channels import RefusedChannelRepository
from bot.store.reminders import ReminderRepository
from bot.store.replays import ReplayRepository
from bot.store.revisions import RevisionRepository
from bot.store.rule_problems import RuleProblemRepository
from bot.store.running_deploys import RunningDeployRepository
from bot.store.sealed_columns import SealedColumnRepository
from bot.store.shipped_pushes import ShippedPushes
from bot.store.sign_ins import SignInRepository
from bot.store.start_requests import StartRequestRepository
from bot.store.threads import ThreadRepository
from bot.store.token_usage import TokenUsageRepository
from bot.store.trigger_choices import TriggerChoiceRepository
from bot.store.undelivered_messages import UndeliveredRepository
from bot.store.undoable_changes import UndoableChangeRepository
from bot.store.uninstalls import UninstallRepository
from bot.store.user_groups import UserGroupRepository
from bot.store.vault import Vault
from bot.store.workspace_admins import WorkspaceAdminRepository
from bot.store.wrong_clock import WrongClockRepository


class Tx:
    """One transaction, with a repository for each noun. They share the connection: all of it is committed, or nothing.

    A repository is made when it is first used: there are many, and most transactions use two or three.
    """

    def __init__(self, connection: DatabaseConnection, vault: Vault, people: PeopleCache) -> None:
        self._connection = connection
        self._vault = vault
        self._people = people
        self.renamed: set[str] = set()
        """Workspaces in which people are no longer called what they were."""
        self.recorded: list[AuditRecord] = []
        self.called: list[Callable[[], None]] = []

    def record(self, record: AuditRecord) -> None:
        """Write this down with all that the transaction does, as its last row: nobody waits for us any longer."""
        self.recorded.append(record)

    def call_on_commit(self, wake: Callable[[], None]) -> None:
        """Others see what is written by then. It may not be on the disk: who writes after it waits for both."""
        self.called.append(wake)

    installations = cached_property(lambda self: InstallationRepository(self._connection, self._vault))
    org_teams = cached_property(lambda self: OrgTeamRepository(self._connection))
    uninstalls = cached_property(lambda self: UninstallRepository(self._connection))
    accounts = cached_property(lambda self: AccountRepository(self._connection, self._vault, self.renamed))
    askers = cached_property(lambda self: AskerRepository(self._connection, self.accounts))
    sign_ins = cached_property(lambda self: SignInRepository(self._connection, self._vault))
    logins = cached_property(lambda self: LoginRepository(self._connection, self.renamed))
    people = cached_property(lambda self: PeopleRepository(self._connection, self._people))
    personal_data = cached_property(lambda self: PersonalDataRepository(self._connection, self.renamed))
    dm_preferences = cached_property(lambda self: DmPreferenceRepository(self._connection))
    languages = cached_property(lambda self: LanguageRepository(self._connection, self.people))
    greetings = cached_property(lambda self: GreetingRepository(self._connection))
    channels = cached_property(lambda self: ChannelRepository(self._connection))
    long_values = cached_property(lambda self: LongValueRepository(self._connection, self._vault))
    pending_commands = cached_property(lambda self: PendingCommandRepository(self._connection, self._vault))
    idempotency_keys = cached_property(lambda self: IdempotencyKeyRepository(self._connection))
    audit_channels = cached_property(lambda self: AuditChannelRepository(self._connection))
    audit_checks = cached_property(lambda self: AuditCheckRepository(self._connection))
    audit = cached_property(lambda self: AuditRepository(self._connection))
    subscriptions = cached_property(lambda self: SubscriptionRepository(self._connection))
    coverage = cached_property(lambda self: CoverageRepository(self._connection))
    rule_problems = cached_property(lambda self: RuleProblemRepository(self._connection))
    hours = cached_property(lambda self: ChannelHoursRepository(self._connection))
    freezes = cached_property(lambda self: FreezeRepository(self._connection))
    mutes = cached_property(lambda self: MuteRepository(self._connection))
    undoable_changes = cached_property(lambda self: UndoableChangeRepository(self._connection))
    polled_projects = cached_property(lambda self: PolledProjectRepository(self._connection))
    token_usage = cached_property(lambda self: TokenUsageRepository(self._connection))
    replays = cached_property(lambda self: ReplayRepository(self._connection))
    deploy_looks = cached_property(lambda self: DeployLookRepository(self._connection))
    org_polls = cached_property(lambda self: OrgPollRepository(self._connection))
    hooks = cached_property(lambda self: HookRepository(self._connection, self._vault))
    pipelines = cached_property(lambda self: PipelineRepository(self._connection))
    outcomes = cached_property(lambda self: OutcomeRepository(self._connection))
    running_deploys = cached_property(lambda self: RunningDeployRepository(self._connection))
    shipped_pushes = cached_property(lambda self: ShippedPushes(self._connection))
    digest_queue = cached_property(lambda self: DigestQueue(self._connection))
    failed_tests = cached_property(lambda self: FailedTestRepository(self._connection))
    lookers = cached_property(lambda self: LookerRepository(self._connection))
    mentions = cached_property(lambda self: MentionRepository(self._connection))
    cards = cached_property(lambda self: CardRepository(self._connection))
    boards = cached_property(lambda self: BoardRepository(self._connection))
    due_messages = cached_property(lambda self: DueMessageRepository(self._connection))
    backlog = cached_property(lambda self: BacklogRepository(self._connection))
    outbox = cached_property(lambda self: Outbox(self._connection, self.languages))
    revisions = cached_property(lambda self: RevisionRepository(self._connection, self.languages))
    administration = cached_property(lambda self: AdministrationRepository(self._connection))
    undelivered = cached_property(lambda self: UndeliveredRepository(self._connection))
    reminders = cached_property(lambda self: ReminderRepository(self._connection))
    shared_channels = cached_property(lambda self: SharedChannelRepository(self._connection))
    threads = cached_property(lambda self: ThreadRepository(self._connection))
    rate_limiter = cached_property(lambda self: RateLimiter(self._connection))
    processed_events = cached_property(lambda self: ProcessedEventRepository(self._connection))
    admins = cached_property(lambda self: WorkspaceAdminRepository(self._connection))
    user_groups = cached_property(lambda self: UserGroupRepository(self._connection))
    approvals = cached_property(lambda self: ApprovalRepository(self._connection))
    hold_readers = cached_property(lambda self: HoldReaderRepository(self._connection))
    policy_versions = cached_property(lambda self: PolicyVersionRepository(self._connection))
    project_marks = cached_property(lambda self: ProjectMarkRepository(self._connection))
    presets = cached_property(lambda self: PresetRepository(self._connection))
    start_requests = cached_property(lambda self: StartRequestRepository(self._connection, self._vault))
    trigger_choices = cached_property(lambda self: TriggerChoiceRepository(self._connection, self._vault))
    backups = cached_property(lambda self: BackupRepository(self._connection))
    wrong_clock = cached_property(lambda self: WrongClockRepository(self._connection))
    leases = cached_property(lambda self: LeaseRepository(self._connection))
    listeners = cached_property(lambda self: ListenerRepository(self._connection))
    refused_channels = cached_property(lambda self: RefusedChannelRepository(self._connection))
    sealed_columns = cached_property(lambda self: SealedColumnRepository(self._connection, self._vault))


class _NothingKept(Exception):
    """Ends a transaction of which nothing is kept."""


class Store:
    """The database behind everything. `url` as DATABASE_URL gives it; nothing is opened before the first use.

    `engines` take the place of those of the `url`. Each transaction that reads or writes is inside `measure`, from its
    wait for a connection to its commit.
    """

    def __init__(
        self,
        url: str,
        vault: Vault,
        *,
        measure: Callable[[str], AbstractContextManager[object]] = nullcontext,
        outlet: AuditOutlet | None = None,
        engines: Engines | None = None,
    ) -> None:
        self._measure = measure
        self._outlet = outlet
        self._engines = engines or build_engines(url)
        self._vault = vault
        self._people: PeopleCache = PeopleCache(MOST_WORKSPACES, SystemClock().now)

    def build_tx(self, connection: DatabaseConnection) -> Tx:
        return Tx(connection, self._vault, self._people)

    @asynccontextmanager
    async def begin(self, *, lasting: bool = True) -> AsyncIterator[Tx]:
        """A write transaction: committed at the end of the block, rolled back when it raises.

        It is on the disk then, where it is `lasting`. What a power cut may take back is what a start finds out anew:
        who has claimed what, what was listed, and when it is looked at next.
        """
        with self._measure("write"):
            async with self._engines.writer.begin() as connection:
                yield (tx := self.build_tx(connection))
                rows = await tx.audit.insert_chained(tx.recorded) if tx.recorded else []
                if rows and self._outlet:
                    await self._outlet.publish(tx, rows)
            for wake in tx.called:
                wake()
            if lasting:
                await self.wait_for_disk()
        if rows and self._outlet:
            await self._outlet.export(rows)
        for workspace in tx.renamed:
            self._people.drop(workspace)

    async def wait_for_disk(self) -> None:
        """Returns once all that was committed before is on the disk, also what is not `lasting`. Raises OSError."""
        await self._engines.wait_for_disk()

    @asynccontextmanager
    async def begin_trial(self) -> AsyncIterator[Tx]:
        """A write transaction of which nothing is kept: to find out what would be written."""
        with suppress(_NothingKept):
            async with self._engines.writer.begin() as connection:
                yield self.build_tx(connection)
                raise _NothingKept

    @asynccontextmanager
    async def begin_read(self) -> AsyncIterator[Tx]:
        """A transaction that only reads: it sees one moment, cannot write, and on SQLite waits for nobody."""
        with self._measure("read"):
            async with self._engines.reader.begin() as connection:
                yield self.build_tx(connection)

    @property
    def is_shared(self) -> bool:
        """Whether other machines may work on it too."""
        return self._engines.writer.dialect.name != "sqlite"

    async def now(self) -> datetime:
        """What time it is for the database."""
        async with self._engines.reader.begin() as connection:
            return await read_now(connection)

    async def is_at_head(self) -> bool:
        """Whether the database has every migration of this release; those of the next one do no harm."""
        async with self._engines.reader.begin() as connection:
            found = await find_revision(connection)
        return found == get_head() or is_of_later_release(found)

    async def check_writing(self) -> None:
        """Commit something, and take it away again. Raises what the database says to that."""
        async with self.begin() as tx:
            await tx.listeners.upsert(Listener(PROBE, SystemClock().now()))
        async with self.begin() as tx:
            await tx.listeners.delete(PROBE)

    async def is_catching_up(self) -> bool:
        """Whether the database was put back from a backup, or what was lost was replayed, lately."""
        async with self.begin_read() as tx:
            return await tx.backups.is_catching_up() or await tx.replays.has_any()

    async def release_all_leases(self, *, shown_at: datetime) -> None:
        """Frees all leases; for a process that knows that it is the only worker alive.

        What the last one was sending to Slack stands there at `shown_at`, or never: nobody looks for it before.
        """
        async with self.begin() as tx:
            await tx.cards.release_all(not_before=shown_at)
            await tx.outbox.release_all(not_before=shown_at)
            await tx.polled_projects.release_all()
            await tx.replays.release_all()
            await tx.deploy_looks.release_all()

    async def close(self) -> None:
        await self._engines.dispose()
