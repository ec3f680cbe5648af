"""Who may run what: the workspace's policy first, then the command's own access."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from bot.circleci.client import CircleCI, CircleCIPool, WritePermit
from bot.clock import Clock
from bot.command import Access, Command, Request
from bot.dispatch.askers import AskerDirectory
from bot.dispatch.project_homes import ProjectHomes
from bot.dispatch.registry import Registry
from bot.dispatch.rights import GrantedRights, check_connected
from bot.dispatch.whom_to_ask import AdminRoster, Admins
from bot.domain.audit_records import AuditTrail
from bot.domain.people import Account
from bot.domain.project_marks import ProjectMarks
from bot.errors import NotAllowed
from bot.language import _
from bot.permissions import format_whom_to_ask
from bot.rules.hold_readers import HoldReaders, set_readers
from bot.rules.policy_line import PolicyLine, list_groups
from bot.rules.policy_rank import Act
from bot.rules.project_freeze import Freeze, list_exempt_groups
from bot.store.store import Store, Tx


@dataclass(frozen=True, slots=True)
class WorkspaceRules:
    """What admins of a workspace said: its policy, who they are, marks of projects and freezes."""

    lines: Sequence[PolicyLine] = ()
    roster: AdminRoster = field(default_factory=lambda: AdminRoster(frozenset()))
    marks: ProjectMarks = field(default_factory=ProjectMarks)
    freezes: Sequence[Freeze] = ()


@dataclass(frozen=True, kw_only=True)
class RightsBuilder:
    """What a person may do by one request, and the client that does it: it changes nothing before it is allowed to.

    `sign` is the vault's: of an owner and a text.

    From then on what is drawn is for this person to read.
    """

    store: Store
    clock: Clock
    circleci: CircleCIPool
    registry: Registry
    askers: AskerDirectory
    admins: Admins
    sign: Callable[[str, str], Sequence[str]]

    async def load_rules(self, tx: Tx, workspace: str) -> WorkspaceRules:
        return WorkspaceRules(
            await tx.policy_versions.load_lines(workspace),
            await self.admins.load(tx, workspace),
            await tx.project_marks.load(workspace),
            await tx.freezes.list_standing(workspace, self.clock.now()),
        )

    async def build(
        self,
        command: Command[Any],
        request: Request,
        account: Account | None,
        rules: WorkspaceRules,
        *,
        changes: bool,
        trail: AuditTrail | None = None,
    ) -> tuple[CircleCI, GrantedRights]:
        lines, roster, freezes = rules.lines, rules.roster, rules.freezes
        groups = list_groups(lines) | list_exempt_groups(freezes) | roster.groups
        asker = await self.askers.find_for_request(request, groups)
        set_readers(HoldReaders(lines, channel=request.place.channel, reader=asker))
        permit = WritePermit()
        circleci = self.circleci.bind(account.token if account else "", permit=permit)
        circleci.marks = rules.marks
        if command.always_allowed:
            permit.allow()
        return circleci, GrantedRights(
            act=Act(name=command.name, at=self.clock.now(), changes=changes),
            title=command.title,
            request=request,
            account=account,
            lines=self._name_acts(lines),
            always_allowed=command.always_allowed,
            asker=asker,
            freezes=freezes,
            askers=self.askers,
            homes=ProjectHomes(self.store, request.workspace, circleci if account else None),
            clock=self.clock,
            sign=partial(self.sign, f"start:{request.workspace}"),
            permit=permit,
            trail=trail or AuditTrail(),
            admins=roster.whom,
            fixed_admins=sorted(roster.fixed),
            is_admin=roster.has(asker),
            load_roster=self.admins.load,
        )

    def _name_acts(self, lines: Sequence[PolicyLine]) -> list[PolicyLine]:
        """As commands are called today."""
        names = [self.registry.get_name(one.scope.act) for one in lines]
        return [
            one if one.scope.act == name else replace(one, scope=replace(one.scope, act=name))
            for one, name in zip(lines, names, strict=True)
        ]


async def authorise(command: Command[Any], granted: GrantedRights) -> None:
    """Pass, or raise NotConnected or NotAllowed with a sentence that says what would help.

    Of what is acted on nothing is known yet: the command asks again as soon as it knows.
    """
    await granted.check_act(final=False)
    if command.access is Access.ADMIN and not granted.is_admin:
        nobody = _("Nobody is an admin yet: set `ADMIN_USERS` where circlebot runs.")
        raise NotAllowed(_("Only a circlebot admin may do that."), format_whom_to_ask(granted.admins, nobody))
    if command.access is Access.CONNECTED:
        check_connected(granted.account)
