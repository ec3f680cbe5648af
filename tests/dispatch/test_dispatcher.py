"""The dispatcher without Slack: rights, at most once, errors told, what waits for a connection, and typeaheads."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.clock import SystemClock
from bot.command import Access, Choice, Context, Modal, ParsedLine, Reply, Request, RequestSource
from bot.dispatch.admission import Membership
from bot.domain.audit_records import Door
from bot.errors import BotError, NotConnected, OutdatedForm, Rejected, Unauthorized, Unavailable
from bot.line import LONGEST
from bot.messages import Message
from bot.rules.asked_demands import APPROVED
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.plugins.dispatcher_harness import ACCOUNT, ADA, EVE, TEAM, BrokenResponder, DispatcherHarness
from tests.plugins.policies import only, write_policy


def _raise(error: Exception) -> Callable[..., Any]:
    def raised(*_args: object) -> Any:
        raise error

    return raised


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[DispatcherHarness]:
    store = Store(await create_database(tmp_path), Vault([generate_key()]))
    async with store.begin() as tx:
        await tx.accounts.upsert(ACCOUNT)
    yield DispatcherHarness(store)
    await store.close()


async def test_a_line_is_parsed_run_and_answered(harness: DispatcherHarness) -> None:
    assert "Cooked." in await harness.say("cook soup --hot")
    assert harness.runs[0].request.line == "cook soup --hot"
    assert harness.runs[0].account == ACCOUNT
    assert harness.counted == [("cook", "done")]


async def test_who_is_not_connected_is_asked_to_and_what_they_asked_waits(harness: DispatcherHarness) -> None:
    assert "Connect your CircleCI account first" in await harness.say("cook soup --hot", user=EVE)
    assert not harness.runs
    async with harness.store.begin() as tx:
        waiting = await tx.pending_commands.take(TEAM, EVE, SystemClock().now() - timedelta(hours=1))
    assert waiting
    assert (waiting.line, waiting.channel) == ("cook soup --hot", "C1")
    await harness.say("cook soup", user=EVE, key="k2", chosen={APPROVED: ("m1",)})
    async with harness.store.begin() as tx:
        kept = await tx.pending_commands.take(TEAM, EVE, SystemClock().now() - timedelta(hours=1))
    assert kept is None, "what others approved is not started later"


async def test_who_has_a_modal_open_and_is_not_connected_gets_the_form_for_it_there(harness: DispatcherHarness) -> None:
    await harness.say(user=EVE, view_id="V1", source=RequestSource.BUTTON)
    _, reply = harness.responder.shown[-1]
    assert reply.view
    assert reply.view.title == "Connect"


async def test_what_waited_is_run_after_the_answer_that_resumes_it(harness: DispatcherHarness) -> None:
    again = Request(TEAM, ADA, "cook soup", RequestSource.TYPED, "k2", channel="C1")
    replies = [Reply(Message("Connected."), resume=again), Reply(Message("Cooked."))]
    harness.act = lambda _context: replies.pop(0)
    await harness.say("cook")
    assert [reply.message and reply.message.text for _, reply in harness.responder.shown] == ["Connected.", "Cooked."]


async def test_a_policy_decides_before_the_command_runs(harness: DispatcherHarness) -> None:
    await write_policy(harness.store, only("cook", EVE), workspace=TEAM)
    assert "policy does not let you use `cook` for this" in await harness.say()
    assert not harness.runs
    assert harness.counted == [("cook", "refused")]


async def test_a_policy_may_name_a_command_by_any_of_its_words(harness: DispatcherHarness) -> None:
    harness.changes = {"aliases": ("stew",)}
    await write_policy(harness.store, only("stew", EVE), workspace=TEAM)
    assert "policy does not let you use `cook` for this" in await harness.say()
    assert not harness.runs


async def test_only_an_admin_runs_what_is_for_admins(harness: DispatcherHarness) -> None:
    harness.changes = {"access": Access.ADMIN}
    assert "Only a circlebot admin" in await harness.say(user=ADA)
    assert "Cooked." in await harness.say(user=EVE)


async def test_a_guest_is_let_in_nowhere(harness: DispatcherHarness) -> None:
    harness.members.membership = Membership.GUEST
    assert "you are a guest" in await harness.say()
    assert not harness.runs


async def test_a_write_happens_once_for_one_press_and_again_for_another(harness: DispatcherHarness) -> None:
    harness.changes = {"writes": True}
    assert "Cooked." in await harness.say(key="press 1")
    assert f"<@{ADA}> has done this already" in await harness.say(key="press 1")
    assert "Already" not in await harness.say(key="press 2")
    assert len(harness.runs) == 2


async def test_what_only_shows_something_may_be_asked_as_often_as_one_likes(harness: DispatcherHarness) -> None:
    await harness.say(key="press 1")
    assert "Already" not in await harness.say(key="press 1")


async def test_a_write_whose_answer_was_lost_is_unknown_and_says_what_a_second_look_found(
    harness: DispatcherHarness,
) -> None:
    async def resolve(_context: Context, _args: ParsedLine, _began_at: datetime) -> str:
        return "It is on the table."

    harness.changes = {"writes": True, "resolve_lost_answer": resolve}
    harness.act = _raise(Unavailable("The connection broke.", unknown=True))
    assert "It is on the table." in await harness.say()
    assert f"<@{ADA}> did this before" in await harness.say()


async def test_to_draw_the_form_of_a_write_is_no_write(harness: DispatcherHarness) -> None:
    harness.changes = {"writes": True, "build_first_modal": lambda _request, _line: Modal("Cook", [])}
    for _ in range(2):
        assert "Already" not in await harness.say(trigger_id="1.2")
    assert [modal.title for modal in harness.responder.opened] == ["Cook", "Cook"]
    assert harness.runs[0].request.view_id == "V1"


async def test_what_does_not_parse_is_told_with_the_nearest_word(harness: DispatcherHarness) -> None:
    wrong = await harness.say("cook --hott")
    assert "Did you mean `--hot`?" in wrong
    assert "`/circle cook --hot`" in wrong
    assert "Did you mean `cook`?" in await harness.say("coook")
    assert harness.counted == [("?", "refused"), ("?", "refused")]


@pytest.mark.parametrize("error", [Rejected("The oven is off.", "Switch it on."), BotError("The oven is off.")])
async def test_an_error_is_told_in_its_own_words(harness: DispatcherHarness, error: BotError) -> None:
    harness.act = _raise(error)
    assert "The oven is off." in await harness.say()
    assert harness.counted == [("cook", "refused")]


async def test_what_a_command_noted_is_told_with_the_error_and_with_the_answer(harness: DispatcherHarness) -> None:
    def act(context: Context) -> Reply:
        context.notes.append("It is late.")
        return Reply(Message("Cooked.", []))

    harness.act = act
    assert "It is late." in await harness.say()

    def fail(context: Context) -> Reply:
        context.notes.append("It is late.")
        raise BotError("The oven is off.")

    harness.act = fail
    assert "It is late." in await harness.say()


async def test_a_bug_is_told_by_a_word_to_find_it_by_and_nothing_of_the_inside(
    harness: DispatcherHarness, capsys: pytest.CaptureFixture[str]
) -> None:
    harness.act = _raise(RuntimeError("the inside"))
    told = await harness.say()
    assert "Something went wrong on my side" in told
    assert "the inside" not in told
    assert harness.counted == [("cook", "crashed")]
    reference = told.split("log as `")[1].split("`")[0]
    assert reference in capsys.readouterr().out


async def test_whoever_asks_while_the_database_is_away_is_told_so(harness: DispatcherHarness) -> None:
    """Found by the simulation: what is read before the command itself failed, and nobody was told anything."""
    harness.store = Store("sqlite:////nowhere/circlebot.db", Vault([generate_key()]))
    assert "Something went wrong on my side" in await harness.say()
    assert harness.counted == [("?", "crashed")]


async def test_a_token_that_circleci_refuses_is_marked_and_the_person_asked_for_a_new_one(
    harness: DispatcherHarness,
) -> None:
    harness.act = _raise(Unauthorized("no"))
    assert "CircleCI no longer accepts your token" in await harness.say()
    async with harness.store.begin_read() as tx:
        account = await tx.accounts.find(TEAM, ADA)
    assert account
    assert account.state == "expired"


async def test_a_form_that_was_outdated_is_drawn_anew_below_the_error(harness: DispatcherHarness) -> None:
    def act(context: Context) -> Reply:
        if context.request.source is RequestSource.REDRAW:
            return Reply(view=Modal("Cook", [{"type": "section", "text": {"type": "mrkdwn", "text": "anew"}}]))
        raise OutdatedForm("Somebody else has cooked meanwhile.")

    harness.act = act
    told = await harness.say(source=RequestSource.FORM, form=Modal("Cook", []), view_id="V1")
    assert "Somebody else has cooked meanwhile." in told
    assert "anew" in told


async def test_what_a_button_led_to_is_of_any_length_and_what_was_cut_is_refused(
    harness: DispatcherHarness,
) -> None:
    line = f"cook {'x' * LONGEST}"
    assert "too long for a button" in await harness.say(line, source=RequestSource.BUTTON, written=True)
    led = await harness.say(line, source=RequestSource.BUTTON, written=True, key="k2", came_by=Door.RESUMED)
    assert "Cooked." in led


async def test_a_slack_that_does_not_answer_stops_nothing(harness: DispatcherHarness) -> None:
    harness.responder = BrokenResponder()
    request = Request(TEAM, ADA, "cook", RequestSource.TYPED, "k1")
    follows = replace(request, key="k2")
    harness.act = lambda context: Reply(resume=follows if context.request.key == "k1" else None)
    await harness.build().dispatch(request)
    await harness.build().refuse_for_now(request)
    assert [one.request.key for one in harness.runs] == ["k1", "k2"], "what follows is done all the same"


async def test_who_asks_too_fast_is_told_so(harness: DispatcherHarness) -> None:
    await harness.build().refuse_for_now(Request(TEAM, ADA, "cook", RequestSource.TYPED, "k1"))
    assert "I am still busy" in harness.responder.get_text()


SUGGEST = Request(TEAM, ADA, "cook", RequestSource.FORM, "k1", written=True)


async def test_a_typeahead_offers_what_the_command_suggests(harness: DispatcherHarness) -> None:
    assert await harness.build().suggest(SUGGEST, "dish", "so") == [Choice("Soup", "soup")]


@pytest.mark.parametrize("error", [NotConnected("no"), RuntimeError("a bug"), ValueError("another")])
async def test_a_typeahead_offers_nothing_whatever_goes_wrong(harness: DispatcherHarness, error: Exception) -> None:
    harness.suggestions = _raise(error)
    assert await harness.build().suggest(SUGGEST, "dish", "so") == ()


@pytest.mark.parametrize("line", ["eat", "cook --hott", "cook 'soup"])
async def test_a_typeahead_of_a_line_that_means_nothing_offers_nothing(harness: DispatcherHarness, line: str) -> None:
    assert await harness.build().suggest(replace(SUGGEST, line=line), "dish", "so") == ()


async def test_who_may_not_run_it_is_suggested_nothing(harness: DispatcherHarness) -> None:
    assert await harness.build().suggest(replace(SUGGEST, user=EVE), "dish", "so") == ()
