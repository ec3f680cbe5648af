"""What a person may do: the workspace's policy, applied to the place where they ask and to what they act on.

A policy line for a channel also counts elsewhere: for commands on the projects that the channel uses or subscribes to
(`/circle cancel gh/acme/web` typed in #general, where #deploys has a line), and for the rules of the channel.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from bot.blocks import freeze_words
from bot.blocks.decision_form_blocks import MOST
from bot.blocks.policy_words import format_policy_line, format_unasked
from bot.blocks.protected_blocks import format_protected
from bot.circleci.client import WritePermit
from bot.clock import Clock
from bot.command import Request, format_line
from bot.conversation import is_direct
from bot.dispatch.askers import AskerDirectory
from bot.dispatch.project_homes import ProjectHomes
from bot.dispatch.whom_to_ask import AdminRoster
from bot.domain.audit_records import AuditTrail
from bot.domain.people import Account
from bot.domain.slack_groups import UserGroup
from bot.errors import NextStep, NotAllowed, NotConnected, Unconfirmed
from bot.language import _
from bot.line import Written, extend_line
from bot.permissions import NOTHING_KNOWN, ActTarget, Unapproved, format_whom_to_ask
from bot.rules.asked_demands import APPROVED, CONFIRMED, STARTS, WHY, find_unasked, format_exactly, has_to_wait
from bot.rules.policy_decision import Asker, PolicyVerdict, decide, find_demands, is_concerned, list_demanding
from bot.rules.policy_line import EXTERNAL, GUESTS, LISTEN, Demands, PolicyLine, list_groups
from bot.rules.policy_plain import format_plain
from bot.rules.policy_rank import Act
from bot.rules.project_freeze import Freeze, choose_longest, is_stopped, list_exempt_groups
from bot.store.store import Tx


def build_connect_step() -> NextStep:
    return NextStep(_("Connect CircleCI"), format_line("connect"))


@dataclass(frozen=True, kw_only=True)
class GrantedRights:
    """What one person may do by one request; how it is asked: bot.permissions.Rights. `title` is its name in Slack.

    `permit` opens CircleCI for changes as soon as an act is allowed with all that is known of it. What is
    `always_allowed` no line refuses; of other acts it may ask. `sign` makes the marks of what somebody says yes to.
    """

    act: Act
    title: str
    request: Request
    account: Account | None
    lines: Sequence[PolicyLine]
    freezes: Sequence[Freeze]
    asker: Asker
    askers: AskerDirectory
    homes: ProjectHomes
    clock: Clock
    sign: Callable[[str], Sequence[str]]
    permit: WritePermit
    trail: AuditTrail
    admins: Sequence[str] = ()
    fixed_admins: Sequence[str] = ()
    is_admin: bool = False
    always_allowed: bool = False
    load_roster: Callable[[Tx, str], Awaitable[AdminRoster]] | None = None

    async def is_admin_in(self, tx: Tx, workspace: str) -> bool:
        return self.load_roster is not None and (await self.load_roster(tx, workspace)).has(self.asker)

    @property
    def parameter_names(self) -> frozenset[str]:
        return frozenset(name for line in self.lines for name, _value in line.scope.parameters)

    async def check_act(
        self,
        target: ActTarget = NOTHING_KNOWN,
        name: str | None = None,
        *,
        final: bool = True,
        line: Written | None = None,
    ) -> Demands:
        self._note_target(target)
        acts = await self._list_acts(target, name)
        if acts[0].family == LISTEN:
            self._check_may_silence(acts[0].channel or "")
        if freeze := self._find_freeze(acts, self.asker, final=final):
            self.trail.add(decided_by=f"freeze {freeze.id}")
            raise self._build_frozen(freeze)
        verdict = self._decide(acts, self.asker, final=final)
        if verdict.line:
            self.trail.add(decided_by=format_plain(verdict.line))
        if verdict.unasked != Demands():
            raise self._build_unasked(verdict.unasked, name, target)
        if not verdict.allowed:
            raise self._build_refusal(verdict, name, target)
        if final:
            self._check_protected(acts[0], target, verdict.demands, line=line)
            self.permit.allow()
        return verdict.demands

    def _build_unasked(self, demands: Demands, name: str | None, target: ActTarget) -> NotAllowed:
        """What nobody asks for is refused, and not forgotten."""
        return NotAllowed(*format_unasked(demands), *self._build_steps((), name, target))

    def _check_protected(self, act: Act, target: ActTarget, demands: Demands, *, line: Written | None) -> None:
        """Raises Unconfirmed or Unapproved, unless they said yes to just this, and why, and others approved it."""
        if act.name not in STARTS:
            return
        chosen = self.request.chosen
        marks = self.sign(format_exactly(act, self.parameter_names, user=self.asker.user, line=line))
        why = target.why or self._get_why()
        unmet = {
            "confirm": demands.confirm and set(marks).isdisjoint(chosen.get(CONFIRMED, ())),
            "reason": demands.reason and not why,
        }
        if any(unmet.values()):
            said = format_protected(act, self.parameter_names, self._number_demanding(act, unmet), target.what)
            raise Unconfirmed(said, mark=marks[0], asks_yes=unmet["confirm"], asks_why=unmet["reason"])
        detail: dict[str, object] = {"why": why} if why else {}
        if has_to_wait(demands):
            approved = chosen.get(APPROVED, ())
            if set(marks).isdisjoint(approved[:1]):
                raise Unapproved(target, act.name, demands=demands, mark=marks[0], line=line, why=why)
            detail["approved_by"] = [*approved[1:]]
        if detail:
            self.trail.add(detail=detail)

    def _get_why(self) -> str:
        """As a form asked for it, or as it was said before."""
        said = [self.request.fields.get(WHY, ""), *self.request.chosen.get(WHY, ())]
        return next((one.strip()[:MOST] for one in said if one.strip()), "")

    def _number_demanding(self, act: Act, unmet: Mapping[str, bool]) -> list[tuple[int, PolicyLine]]:
        """The lines that ask for what is not there yet, as the table numbers them."""
        asked = [demand for demand, is_unmet in unmet.items() if is_unmet]
        found = [one for demand in asked for one in list_demanding(self.lines, self.asker, act, demand=demand)]
        return [(number, line) for number, line in enumerate(self.lines, start=1) if line in found]

    def _note_target(self, target: ActTarget) -> None:
        known = {"project": target.project, "branch": target.branch or target.tag}
        self.trail.add(**{name: str(value) for name, value in known.items() if value})

    async def find_demands(self, target: ActTarget, name: str, *, user: str | None = None) -> Demands:
        return find_demands(self.lines, await self._find_asker(user), (await self._list_acts(target, name))[0])

    async def _find_asker(self, user: str | None) -> Asker:
        return self.asker if user is None else await self.askers.find(self.request.workspace, user, self._groups)

    async def find_verdict(
        self, target: ActTarget = NOTHING_KNOWN, name: str | None = None, *, user: str | None = None, final: bool = True
    ) -> PolicyVerdict:
        asker = await self._find_asker(user)
        acts = await self._list_acts(target, name)
        if freeze := self._find_freeze(acts, asker, final=final):
            return PolicyVerdict(allowed=False, askable=freeze.exempt, freeze=freeze)
        return self._decide(acts, asker, final=final)

    @property
    def _groups(self) -> set[str]:
        return list_groups(self.lines) | list_exempt_groups(self.freezes)

    def _find_freeze(self, acts: Sequence[Act], asker: Asker, *, final: bool) -> Freeze | None:
        standing = [one for one in self.freezes if any(one.is_in_the_way(act, asker, final=final) for act in acts)]
        return choose_longest(standing)

    async def is_among(self, who: Collection[str], user: str | None = None) -> bool:
        asker = await self._find_asker(user)
        return not {*who}.isdisjoint({asker.user, *asker.groups})

    async def load_groups(self, named: AbstractSet[str]) -> Sequence[UserGroup]:
        return await self.askers.groups.load_groups(self.request.workspace, named) if named else ()

    async def list_unknown(self, named: AbstractSet[str]) -> Sequence[str]:
        return await self.askers.list_unknown(self.request.workspace, named)

    def _decide(self, acts: Sequence[Act], asker: Asker, *, final: bool) -> PolicyVerdict:
        """Each has to be allowed."""
        lines = () if self.always_allowed and acts[0].name == self.act.name else self.lines
        if not lines:
            return decide(lines, asker, acts[0], final=final)
        verdicts = [decide(lines, asker, act, final=final) for act in acts]
        first = next((one for one in verdicts if not one.allowed), verdicts[0])
        demands = find_demands(lines, asker, acts[0], final=final)
        may_wait = has_to_wait(demands if final else find_demands(lines, asker, acts[0]))
        unasked = find_unasked(acts[0], demands, may_wait=may_wait) if first.allowed else Demands()
        return replace(first, allowed=first.allowed and unasked == Demands(), demands=demands, unasked=unasked)

    async def _list_acts(self, target: ActTarget, name: str | None) -> list[Act]:
        """One for each project. What is done to a channel's rules has no other home than that channel."""
        act = replace(
            self.act if name is None else replace(self.act, name=name, changes=True),
            at=self.clock.now(),
            channel=target.channel or self.request.place.channel,
            branch=_get_plain_ref(target.branch, "refs/heads/"),
            tag=_get_plain_ref(target.tag, "refs/tags/"),
            workflow=target.workflow,
            hold=target.hold,
            parameters=target.parameters,
            forward=target.forward,
        )
        listens = act.family == LISTEN
        if listens:
            act = replace(act, homes=frozenset(), branch="", tag="", workflow="", hold="", parameters={})
        if target.project is None:
            return [act]
        about = [line for line in self.lines if is_concerned(line, act)]
        frozen = [one.about for one in self.freezes] if is_stopped(act) else []
        found = await self.homes.find(target.project, about, act.channel, frozen=frozen)
        return [replace(act, projects=one.names, homes=frozenset() if listens else one.channels) for one in found]

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

    def _build_refusal(self, verdict: PolicyVerdict, name: str | None, target: ActTarget) -> NotAllowed:
        said = _(
            "Your workspace's policy does not let you use `{command}` for this. {line}.",
            command=name or self.title,
            line=format_policy_line(verdict.line) if verdict.line else "",
        )
        return NotAllowed(said, *self._build_steps(verdict.askable, name, target))

    def _build_steps(self, askable: Sequence[str], name: str | None, target: ActTarget) -> list[str | NextStep]:
        own = _build_admin_steps(name or self.act.name, target)
        return self._build_ask_steps(askable, _("Ask an admin of circlebot to change it."), *own)

    def _build_frozen(self, freeze: Freeze) -> NotAllowed:
        thaw = NextStep(_("Thaw"), format_line("freeze", "end", str(freeze.id)))
        steps = self._build_ask_steps(freeze.exempt, _("Ask an admin of circlebot to end it."), thaw)
        show = NextStep(_("Show Freezes"), format_line("freeze"))
        return NotAllowed(freeze_words.format_freeze(freeze), *steps, show)

    def _build_ask_steps(self, askable: Sequence[str], otherwise: str, *own: NextStep) -> list[str | NextStep]:
        """Nobody is told to ask themselves: an admin has what they can do about it as their `own` steps."""
        asker = {self.asker.user, *self.asker.groups, GUESTS, EXTERNAL}
        whom, admins = ([who for who in some if who not in asker] for some in (askable, self.admins))
        asked = [format_whom_to_ask(whom or admins, otherwise)] if whom or admins or not self.is_admin else []
        return [*asked, *(own if self.is_admin else ())]


def _get_plain_ref(ref: str | None, prefix: str) -> str | None:
    """As lines name it: CircleCI may read it with blanks around it, or spelt as git does in full."""
    return ref and ref.strip().removeprefix(prefix)


def _build_admin_steps(act: str, target: ActTarget) -> tuple[NextStep, ...]:
    """An admin may look why, and change it."""
    globs = {"branch": target.branch, "tag": target.tag, "workflow": target.workflow, "hold": target.hold}
    words = [act, *([str(target.project)] if target.project else [])]
    known = {name: value for name, value in globs.items() if value}
    explain = extend_line(
        format_line("policy", "explain", *words, **known),
        {name: value for name, value in (target.parameters or {}).items() if value},
    )
    return NextStep(_("Explain"), explain), NextStep(_("Show Policy"), format_line("policy"))


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
