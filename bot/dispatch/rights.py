"""What a person may do: the workspace's policy, applied to the place where they ask and to the project.

A policy line for a channel also counts elsewhere: for commands on the projects that the channel uses or subscribes to
(`/circle cancel gh/acme/web` typed in #general, where #deploys has a line), and for the rules of the channel.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from bot.command import Request, format_line
from bot.conversation import is_direct
from bot.domain import ProjectScope, ProjectSlug
from bot.domain.audit_records import AuditTrail
from bot.domain.people import Account
from bot.errors import NextStep, NotAllowed, NotConnected
from bot.language import N_, _
from bot.permissions import format_whom_to_ask
from bot.rules.policy import EVERYWHERE, LISTEN, Policy, PolicyAction, get_allowed_users, select_policies
from bot.store.store import Store

_HERE = N_("Your workspace's policy lets only some people use `{command}` here.")
_IN_CHANNEL = N_("Your workspace's policy lets only some people use `{command}` in <#{channel}>.")
_FOR_PROJECTS = N_("Your workspace's policy lets only some people use `{command}` for the projects of <#{channel}>.")


def build_connect_step() -> NextStep:
    return NextStep(_("Connect CircleCI"), format_line("connect"))


@dataclass(frozen=True, kw_only=True)
class GrantedRights:
    """What one person may do by one request; how it is asked: bot.permissions.Rights. `title` is its name in Slack."""

    act: PolicyAction
    title: str
    request: Request
    account: Account | None
    policies: Sequence[Policy]
    store: Store
    admins: Sequence[str] = ()
    trail: AuditTrail = field(default_factory=AuditTrail)

    @property
    def refusing_channels(self) -> list[str]:
        """The channels whose own lines would refuse this act."""
        if self.act.family == LISTEN:
            return []
        channels = {one.channel for one in self.policies} - {EVERYWHERE, self.request.channel}
        return sorted(channel for channel in channels if not self._is_allowed(self._select_bound(self.act, channel)))

    async def check_project(self, slugs: AbstractSet[ProjectSlug]) -> None:
        self.trail.add(project=min(map(str, slugs), default=""))
        for channel in self.refusing_channels:
            if await self._is_at_home(channel, slugs):
                raise self._build_refusal(self._select_bound(self.act, channel), _FOR_PROJECTS, channel)

    async def check_other_action(self, name: str, slug: ProjectSlug) -> None:
        other = replace(self, act=PolicyAction(name), title=name)
        other.check_here()
        await other.check_project({slug})

    def check_other_change(self, name: str, channel: str) -> None:
        other = replace(self, act=PolicyAction(name), title=name)
        other.check_here()
        other.check_channel(channel)

    def check_here(self) -> None:
        """Pass, or raise NotAllowed, for the place where the person asks."""
        self._check(select_policies(self.policies, self.act, self.request.channel), _HERE)
        if self.act.family == LISTEN:
            self._check_may_silence(self.request.channel or self.request.user)

    def check_channel(self, channel: str) -> None:
        if channel != (self.request.channel or self.request.user):
            self._check(select_policies(self.policies, self.act, channel), _IN_CHANNEL, channel)
            if self.act.family == LISTEN:
                self._check_may_silence(channel)

    def _check_may_silence(self, channel: str) -> None:
        """Anybody may change their own direct messages; what is posted in a channel, only people who are connected."""
        if is_direct(channel):
            return
        if self.request.away:
            raise NotAllowed(
                _("Only people of this workspace decide what is posted in its channels."),
                format_whom_to_ask(self.admins, _("Ask one of them.")),
            )
        check_connected(self.account)

    async def _is_at_home(self, channel: str, slugs: AbstractSet[ProjectSlug]) -> bool:
        """Whether the channel uses or subscribes to one of these names, ignoring case; a renamed project counts."""
        async with self.store.begin_read() as tx:
            about = await tx.channels.find_project(self.request.workspace, channel)
            rules = await tx.subscriptions.list_for_channel(self.request.workspace, channel)
            scopes = [str(scope) for scope in (*(rule.scope for rule in rules), about) if scope]
            polled = (await tx.polled_projects.list_for_projects(scopes)).values()
        wanted = [ProjectSlug.parse(str(slug).casefold()) for slug in slugs]
        named = [*scopes, *(project.called for project in polled if project.called)]
        return any(ProjectScope.parse(name.casefold()).covers(slug) for name in named for slug in wanted)

    def _select_bound(self, act: PolicyAction, channel: str) -> list[Policy]:
        return [one for one in select_policies(self.policies, act, channel) if one.channel == channel]

    def _is_allowed(self, lines: Sequence[Policy]) -> bool:
        users = get_allowed_users(lines)
        return users is None or self.request.user in users

    def _check(self, lines: Sequence[Policy], sentence: str, channel: str = "") -> None:
        if not self._is_allowed(lines):
            raise self._build_refusal(lines, sentence, channel)

    def _build_refusal(self, lines: Sequence[Policy], sentence: str, channel: str) -> NotAllowed:
        people = sorted(get_allowed_users(lines) or self.admins)
        nobody = _("Ask an admin of circlebot to change it.")
        return NotAllowed(_(sentence, command=self.title, channel=channel), format_whom_to_ask(people, nobody))


def check_connected(account: Account | None) -> None:
    if account is None:
        raise NotConnected(
            _(
                "Connect your CircleCI account first: I act with your own rights there, never with somebody else's. "
                "Then I continue with what you asked."
            ),
            build_connect_step(),
        )
    if not account.is_active:
        raise build_token_error()


def build_token_error() -> NotConnected:
    """CircleCI refuses the token that we have."""
    return NotConnected(
        _("CircleCI no longer accepts your token (it was revoked, or it expired)."), build_connect_step()
    )
