"""The dispatcher without Slack: rights, at most once, errors told, what waits for a connection, and typeaheads."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.circleci.client import CircleCIPool
from bot.circleci.links import Links
from bot.clock import SystemClock
from bot.command import Access, Choice, Command, Context, Group, Modal, ParsedLine, Reply, Request, RequestSource
from bot.conversation import PlaceKind
from bot.dispatch.access import Admins
from bot.dispatch.admission import Admission, Membership
from bot.dispatch.dispatcher import Dispatcher
from bot.dispatch.registry import Registry
from bot.domain import Account
from bot.errors import BotError, NotConnected, OutdatedForm, Rejected, Unauthorized, Unavailable
from bot.messages import Message
from bot.rules.policy import Policy
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.block_reader import get_text
from tests.plugins.database import create_database

TEAM, ADA, EVE = "T1", "UADA", "UEVE"
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

    async def find_zone(self, _request: Request) -> str | None:
        return None

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

    async def fetch_membership(self, _workspace: str, _user: str) -> Membership:
        return self.membership


class FakePlaces:
    async def find(self, _request: Request) -> PlaceKind | None:
        return None


@dataclass
class Kitchen:
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
        return Dispatcher(
            registry=Registry([replace(self._command, **self.changes), connect]),
            store=self.store,
            circleci=CircleCIPool("https://circleci.example", transport=httpx.MockTransport(_refuse_request)),
            responder=self.responder,
            place_directory=FakePlaces(),
            admission=Admission(people=self.members),
            clock=SystemClock(),
            links=Links(),
            admins=Admins(frozenset({EVE}), single_workspace=True),
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


def _raise(error: Exception) -> Callable[..., Any]:
    def raised(*_args: object) -> Any:
        raise error

    return raised


@pytest.fixture
async def kitchen(tmp_path: Path) -> AsyncIterator[Kitchen]:
    store = Store(await create_database(tmp_path), Vault([generate_key()]))
    async with store.begin() as tx:
        await tx.accounts.upsert(ACCOUNT)
    yield Kitchen(store)
    await store.close()


async def test_a_line_is_parsed_run_and_answered(kitchen: Kitchen) -> None:
    assert "Cooked." in await kitchen.say("cook soup --hot")
    assert kitchen.runs[0].request.line == "cook soup --hot"
    assert kitchen.runs[0].account == ACCOUNT
    assert kitchen.counted == [("cook", "done")]


async def test_who_is_not_connected_is_asked_to_and_what_they_asked_waits(kitchen: Kitchen) -> None:
    assert "Connect your CircleCI account first" in await kitchen.say("cook soup --hot", user=EVE)
    assert not kitchen.runs
    async with kitchen.store.begin() as tx:
        waiting = await tx.pending_commands.take(TEAM, EVE, SystemClock().now() - timedelta(hours=1))
    assert waiting
    assert (waiting.line, waiting.channel) == ("cook soup --hot", "C1")


async def test_who_has_a_modal_open_and_is_not_connected_gets_the_form_for_it_there(kitchen: Kitchen) -> None:
    await kitchen.say(user=EVE, view_id="V1", source=RequestSource.BUTTON)
    _, reply = kitchen.responder.shown[-1]
    assert reply.view
    assert reply.view.title == "Connect"


async def test_what_waited_is_run_after_the_answer_that_resumes_it(kitchen: Kitchen) -> None:
    again = Request(TEAM, ADA, "cook soup", RequestSource.TYPED, "k2", channel="C1")
    replies = [Reply(Message("Connected."), resume=again), Reply(Message("Cooked."))]
    kitchen.act = lambda _context: replies.pop(0)
    await kitchen.say("cook")
    assert [reply.message and reply.message.text for _, reply in kitchen.responder.shown] == ["Connected.", "Cooked."]


async def test_a_policy_decides_before_the_command_runs(kitchen: Kitchen) -> None:
    async with kitchen.store.begin() as tx:
        await tx.policies.replace_all(TEAM, [Policy(TEAM, "cook", "*", (EVE,))])
    assert "policy lets only some people `cook` here" in await kitchen.say()
    assert not kitchen.runs
    assert kitchen.counted == [("cook", "refused")]


async def test_only_an_admin_runs_what_is_for_admins(kitchen: Kitchen) -> None:
    kitchen.changes = {"access": Access.ADMIN}
    assert "Only a circlebot admin" in await kitchen.say(user=ADA)
    assert "Cooked." in await kitchen.say(user=EVE)


async def test_a_guest_is_let_in_nowhere(kitchen: Kitchen) -> None:
    kitchen.members.membership = Membership.GUEST
    assert "you are a guest" in await kitchen.say()
    assert not kitchen.runs


async def test_a_write_happens_once_for_one_press_and_again_for_another(kitchen: Kitchen) -> None:
    kitchen.changes = {"writes": True}
    assert "Cooked." in await kitchen.say(key="press 1")
    assert f"Already done by <@{ADA}>" in await kitchen.say(key="press 1")
    assert "Already" not in await kitchen.say(key="press 2")
    assert len(kitchen.runs) == 2


async def test_what_only_shows_something_may_be_asked_as_often_as_one_likes(kitchen: Kitchen) -> None:
    await kitchen.say(key="press 1")
    assert "Already" not in await kitchen.say(key="press 1")


async def test_a_write_whose_answer_was_lost_is_unknown_and_says_what_a_second_look_found(kitchen: Kitchen) -> None:
    async def resolve(_context: Context, _args: ParsedLine, _began_at: datetime) -> str:
        return "It is on the table."

    kitchen.changes = {"writes": True, "resolve_lost_answer": resolve}
    kitchen.act = _raise(Unavailable("The connection broke.", unknown=True))
    assert "It is on the table." in await kitchen.say()
    assert f"<@{ADA}> did this before" in await kitchen.say()


async def test_to_draw_the_form_of_a_write_is_no_write(kitchen: Kitchen) -> None:
    kitchen.changes = {"writes": True, "build_first_modal": lambda _request, _line: Modal("Cook", [])}
    for _ in range(2):
        assert "Already" not in await kitchen.say(trigger_id="1.2")
    assert [modal.title for modal in kitchen.responder.opened] == ["Cook", "Cook"]
    assert kitchen.runs[0].request.view_id == "V1"


async def test_what_does_not_parse_is_told_with_the_usage_and_the_nearest_word(kitchen: Kitchen) -> None:
    wrong = await kitchen.say("cook --hott")
    assert "Did you mean `--hot`?" in wrong
    assert "/circle cook [dish] [--hot]" in wrong
    assert "Did you mean `cook`?" in await kitchen.say("coook")
    assert kitchen.counted == [("?", "refused"), ("?", "refused")]


@pytest.mark.parametrize("error", [Rejected("The oven is off.", "Switch it on."), BotError("The oven is off.")])
async def test_an_error_is_told_in_its_own_words(kitchen: Kitchen, error: BotError) -> None:
    kitchen.act = _raise(error)
    assert "The oven is off." in await kitchen.say()
    assert kitchen.counted == [("cook", "refused")]


async def test_what_a_command_noted_is_told_with_the_error_and_with_the_answer(kitchen: Kitchen) -> None:
    def act(context: Context) -> Reply:
        context.notes.append("It is late.")
        return Reply(Message("Cooked.", []))

    kitchen.act = act
    assert "It is late." in await kitchen.say()

    def fail(context: Context) -> Reply:
        context.notes.append("It is late.")
        raise BotError("The oven is off.")

    kitchen.act = fail
    assert "It is late." in await kitchen.say()


async def test_a_bug_is_told_by_a_word_to_find_it_by_and_nothing_of_the_inside(
    kitchen: Kitchen, capsys: pytest.CaptureFixture[str]
) -> None:
    kitchen.act = _raise(RuntimeError("the inside"))
    told = await kitchen.say()
    assert "Something went wrong on my side" in told
    assert "the inside" not in told
    assert kitchen.counted == [("cook", "crashed")]
    reference = told.split("log as `")[1].split("`")[0]
    assert reference in capsys.readouterr().out


async def test_a_token_that_circleci_refuses_is_marked_and_the_person_asked_for_a_new_one(kitchen: Kitchen) -> None:
    kitchen.act = _raise(Unauthorized("no"))
    assert "CircleCI no longer accepts your token" in await kitchen.say()
    async with kitchen.store.begin_read() as tx:
        account = await tx.accounts.find(TEAM, ADA)
    assert account
    assert account.state == "expired"


async def test_a_form_that_was_outdated_is_drawn_anew_below_the_error(kitchen: Kitchen) -> None:
    def act(context: Context) -> Reply:
        if context.request.source is RequestSource.REDRAW:
            return Reply(view=Modal("Cook", [{"type": "section", "text": {"type": "mrkdwn", "text": "anew"}}]))
        raise OutdatedForm("Somebody else has cooked meanwhile.")

    kitchen.act = act
    told = await kitchen.say(source=RequestSource.FORM, form=Modal("Cook", []), view_id="V1")
    assert "Somebody else has cooked meanwhile." in told
    assert "anew" in told


async def test_a_slack_that_does_not_answer_stops_nothing(kitchen: Kitchen) -> None:
    kitchen.responder = BrokenResponder()
    request = Request(TEAM, ADA, "cook", RequestSource.TYPED, "k1")
    await kitchen.build().dispatch(request)
    await kitchen.build().refuse_for_now(request)
    assert len(kitchen.runs) == 1


async def test_who_asks_too_fast_is_told_so(kitchen: Kitchen) -> None:
    await kitchen.build().refuse_for_now(Request(TEAM, ADA, "cook", RequestSource.TYPED, "k1"))
    assert "I am still busy" in kitchen.responder.get_text()


SUGGEST = Request(TEAM, ADA, "cook", RequestSource.FORM, "k1", written=True)


async def test_a_typeahead_offers_what_the_command_suggests(kitchen: Kitchen) -> None:
    assert await kitchen.build().suggest(SUGGEST, "dish", "so") == [Choice("Soup", "soup")]


@pytest.mark.parametrize("error", [NotConnected("no"), RuntimeError("a bug"), ValueError("another")])
async def test_a_typeahead_offers_nothing_whatever_goes_wrong(kitchen: Kitchen, error: Exception) -> None:
    kitchen.suggestions = _raise(error)
    assert await kitchen.build().suggest(SUGGEST, "dish", "so") == ()


@pytest.mark.parametrize("line", ["eat", "cook --hott", "cook 'soup"])
async def test_a_typeahead_of_a_line_that_means_nothing_offers_nothing(kitchen: Kitchen, line: str) -> None:
    assert await kitchen.build().suggest(replace(SUGGEST, line=line), "dish", "so") == ()


async def test_who_may_not_run_it_is_suggested_nothing(kitchen: Kitchen) -> None:
    assert await kitchen.build().suggest(replace(SUGGEST, user=EVE), "dish", "so") == ()
