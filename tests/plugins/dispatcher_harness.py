"""A real dispatcher and store with one invented command; Slack and CircleCI are fakes that answer at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import httpx

from bot.circleci.client import CircleCIPool
from bot.circleci.links import Links
from bot.clock import SystemClock
from bot.command import Access, Choice, Command, Context, Group, Modal, ParsedLine, Reply, Request, RequestSource
from bot.conversation import PlaceKind
from bot.dispatch.access import RightsBuilder
from bot.dispatch.admission import Admission, Member, Membership
from bot.dispatch.askers import AskerDirectory
from bot.dispatch.dispatcher import Dispatcher
from bot.dispatch.registry import Registry
from bot.dispatch.whom_to_ask import Admins, WhomToAsk
from bot.domain.people import Account, SlackProfile
from bot.domain.slack_groups import UserGroup
from bot.messages import Message
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.block_reader import get_text

TEAM, ADA, EVE = "T1", "UADA", "UEVE"
_ADMINS = Admins(frozenset({EVE}), single_workspace=True)
ACCOUNT = Account(TEAM, ADA, "id", "ada", "Ada", "active", datetime(2026, 11, 1, tzinfo=UTC), "CCIPAT_ada")


@dataclass
class RecordingResponder:
    """Keeps what a person would read."""

    shown: list[tuple[Request, Reply]] = field(default_factory=list)
    opened: list[Modal] = field(default_factory=list)

    async def open_modal(self, _request: Request, view: Modal) -> str | None:
        self.opened.append(view)
        return f"V{len(self.opened)}"

    async def show(self, request: Request, reply: Reply) -> None:
        self.shown.append((request, reply))

    async def show_progress(self, request: Request, line: str) -> None: ...

    async def find_profile(self, _request: Request) -> SlackProfile:
        return SlackProfile()

    def get_text(self) -> str:
        """All of the last answer."""
        _, reply = self.shown[-1]
        content = reply.message or reply.view
        assert content
        return f"{getattr(content, 'text', '')}\n{get_text({'blocks': content.blocks})}"


class BrokenResponder(RecordingResponder):
    async def show(self, request: Request, reply: Reply) -> None:
        raise RuntimeError("Slack is gone")


class FakeMembers:
    def __init__(self, membership: Membership = Membership.MEMBER) -> None:
        self.membership = membership
        self.locale: str | None = None

    async def fetch_member(self, _workspace: str, _user: str) -> Member:
        return Member(self.membership, self.locale)


class FakeGroups:
    async def load_groups(self, _workspace: str, _named: AbstractSet[str]) -> Sequence[UserGroup]:
        return ()


class FakePlaces:
    async def find(self, _request: Request) -> PlaceKind | None:
        return None

    async def is_external(self, _workspace: str, _channel: str) -> bool | None:
        return False


@dataclass
class DispatcherHarness:
    """A dispatcher with one command, `cook`, that does what `act` says; `runs` are the contexts that it was given."""

    store: Store
    responder: RecordingResponder = field(default_factory=RecordingResponder)
    members: FakeMembers = field(default_factory=FakeMembers)
    runs: list[Context] = field(default_factory=list)
    counted: list[tuple[str, str]] = field(default_factory=list)
    act: Callable[[Context], Reply] = lambda _context: Reply(Message("Cooked."))
    suggestions: Callable[[], Sequence[Choice]] = lambda: [Choice("Soup", "soup")]
    changes: dict[str, Any] = field(default_factory=dict)

    async def say(self, line: str = "cook", user: str = ADA, key: str = "k1", **more: Any) -> str:
        request = Request(TEAM, user, line, RequestSource.TYPED, key, channel="C1")
        await self.build().dispatch(replace(request, **more))
        return self.responder.get_text()

    def build(self) -> Dispatcher:
        connect = replace(self._command, name="connect", usage="connect", access=Access.ANYONE, run=_connect)
        registry = Registry([replace(self._command, **self.changes), connect])
        return Dispatcher(
            registry=registry,
            store=self.store,
            rights=RightsBuilder(
                store=self.store,
                clock=SystemClock(),
                circleci=CircleCIPool("https://circleci.example", transport=httpx.MockTransport(_refuse_request)),
                registry=registry,
                askers=AskerDirectory(self.members, FakeGroups(), SystemClock()),
                admins=_ADMINS,
                sign=Vault([generate_key()]).compute_signatures,
            ),
            responder=self.responder,
            place_directory=FakePlaces(),
            admission=Admission(people=self.members, contacts=WhomToAsk(self.store, _ADMINS)),
            clock=SystemClock(),
            links=Links(),
            wake=lambda: None,
            count=lambda name, outcome: self.counted.append((name, outcome)),
        )

    @property
    def _command(self) -> Command[Any]:
        return Command(
            name="cook",
            summary="Cooks",
            usage="cook [dish] [--hot]",
            example="cook soup",
            parse=lambda said: said,
            run=self._run,
            group=Group.ACTS,
            suggest=self._suggest,
        )

    async def _run(self, context: Context, _args: ParsedLine) -> Reply:
        self.runs.append(context)
        return self.act(context)

    async def _suggest(self, _context: Context, _line: ParsedLine, _action: str, _typed: str) -> Sequence[Choice]:
        return self.suggestions()


async def _connect(_context: Context, _args: ParsedLine) -> Reply:
    return Reply(view=Modal("Connect", []))


def _refuse_request(request: httpx.Request) -> httpx.Response:
    raise AssertionError(request.url)
