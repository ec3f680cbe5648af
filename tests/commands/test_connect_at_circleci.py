"""A person lets us act at CircleCI's own page, and brings back the address at which their browser ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.circleci.sign_in_api import RETURN_URL
from bot.domain.people import Account
from tests.plugins.block_reader import find_field, get_text
from tests.plugins.circleci_page import allow, open_form, read_page_url, submit
from tests.plugins.world import ADA, EVE, GRACE, World, run_world

TEAM = "T0SANDBOX"
DAYS_90 = timedelta(days=90)


async def _account(world: World, user: str = ADA) -> Account | None:
    async with world.app.core.store.begin_read() as tx:
        return await tx.accounts.find(TEAM, user)


async def test_a_person_connects_by_the_address_at_which_the_browser_ends(world: World) -> None:
    form = await open_form(world)
    assert "does not load" in get_text(form)
    await submit(world, form, await allow(world, form))
    connected = await world.answer("Connected as *Ada (ada)*")
    assert "I tell you a week before" in get_text(connected)
    account = await _account(world)
    assert account
    assert (account.login, account.is_pasted, account.scope) == ("ada", False, "")
    assert account.expires_at
    assert abs(account.expires_at - account.connected_at - DAYS_90) < timedelta(minutes=1)
    assert account.token.startswith("ccipat_")
    async with world.app.core.store.begin_read() as tx:
        assert await tx.sign_ins.find(TEAM, ADA) is None, "code and verifier are forgotten"


async def test_a_command_that_waited_goes_on(socket_world: World) -> None:
    await socket_world.say("/circle use gh/acme/web")
    await socket_world.press(await socket_world.reply("Connect your CircleCI account first"), "Connect CircleCI")
    form = await socket_world.form("Authorize at CircleCI")
    await submit(socket_world, form, await allow(socket_world, form))
    await socket_world.message("made `acme/web` this channel's default project")


async def test_what_a_page_asks_for_is_what_circleci_documents(socket_world: World) -> None:
    asked = {
        name: one for name, (one,) in parse_qs(urlsplit(read_page_url(await open_form(socket_world))).query).items()
    }
    assert asked.keys() == {
        *("response_type", "client_id", "redirect_uri"),
        *("code_challenge", "code_challenge_method", "state"),
    }
    assert (asked["redirect_uri"], asked["code_challenge_method"]) == (RETURN_URL, "S256")


async def test_we_register_once_and_everybody_is_asked_by_their_own_state(socket_world: World) -> None:
    asked = [parse_qs(urlsplit(read_page_url(await open_form(socket_world, as_))).query) for as_ in (ADA, GRACE, ADA)]
    assert len({one["client_id"][0] for one in asked}) == 1
    states = [one["state"][0] for one in asked]
    assert states[0] == states[2] != states[1], "what is open in another window stays good"


async def _break(world: World, ended: str, how: str) -> str:
    """The address of a browser, as somebody may get it wrong."""
    if how == "older":
        async with world.app.core.store.begin() as tx:
            attempt = await tx.sign_ins.find(TEAM, ADA)
            assert attempt
            await tx.sign_ins.upsert(replace(attempt, began_at=attempt.began_at - timedelta(minutes=11)))
    return {
        "older": ended,
        "host": ended.replace("127.0.0.1", "circlebot.example.com"),
        "port": ended.replace("53117", "53118"),
        "path": ended.replace("/circlebot?", "/?"),
        "cut": ended.partition("&state")[0],
        "other": f"{ended}x",
        "twice": f"{ended}&state=x",
        "page": _page_of(world),
        "denied": f"{RETURN_URL}?error=access_denied&state=x",
        "error": f"{RETURN_URL}?error=server_%3Cb%3Eerror&state=x",
    }[how]


def _page_of(world: World) -> str:
    return f"{world.settings.circleci_url}/oauth/authorize?client_id=x"


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("older", "older than ten minutes"),
        ("host", "That is another address"),
        ("port", "That is another address"),
        ("path", "That is another address"),
        ("cut", "Part of the address is missing"),
        ("other", "of another attempt"),
        ("twice", "That is another address"),
        ("page", "That is another address"),
        ("denied", "You did not allow it at CircleCI"),
        ("error", "CircleCI did not allow it: “server_"),
    ],
)
async def test_an_address_that_is_not_the_one_is_refused_and_says_why(
    socket_world: World, how: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    form = await open_form(socket_world)
    ended = await allow(socket_world, form)
    pasted = await _break(socket_world, ended, how)
    await submit(socket_world, form, pasted)
    again = await socket_world.form(says)
    assert await _account(socket_world) is None
    code, state = (parse_qs(urlsplit(ended).query)[name][0] for name in ("code", "state"))
    shown = get_text({**again, "state": None}) + capsys.readouterr().err
    assert code not in shown.replace(read_page_url(again), "")
    assert state not in shown.replace(read_page_url(again), "")
    await submit(socket_world, again, await allow(socket_world, again))
    await socket_world.answer("Connected as *Ada (ada)*")


async def test_the_query_alone_will_do(socket_world: World) -> None:
    form = await open_form(socket_world)
    await submit(socket_world, form, (await allow(socket_world, form)).partition("?")[2])
    await socket_world.answer("Connected as *Ada (ada)*")


async def test_who_denies_is_told_so_and_may_choose_again(socket_world: World) -> None:
    form = await open_form(socket_world)
    await submit(socket_world, form, await allow(socket_world, form, decision="deny"))
    again = await socket_world.form("You did not allow it at CircleCI")
    assert find_field(again, "token")
    await submit(socket_world, again, await allow(socket_world, again))
    await socket_world.answer("Connected as *Ada (ada)*")


async def test_an_address_is_good_for_whoever_began_it_and_once(socket_world: World) -> None:
    form = await open_form(socket_world)
    ended = await allow(socket_world, form)
    graces = await open_form(socket_world, GRACE)
    await submit(socket_world, graces, ended, GRACE)
    await socket_world.form("of another attempt", as_=GRACE)
    await submit(socket_world, form, ended)
    await socket_world.answer("Connected as *Ada (ada)*")
    again = await open_form(socket_world)
    await submit(socket_world, again, ended)
    await socket_world.form("of another attempt")
    assert await _account(socket_world, GRACE) is None


async def test_a_code_that_circleci_no_longer_takes_leads_to_a_new_page(socket_world: World) -> None:
    form = await open_form(socket_world)
    ended = await allow(socket_world, form)
    wrong = ended.replace("code=", "code=x")
    await submit(socket_world, form, wrong)
    again = await socket_world.form("does not take this address")
    assert read_page_url(again) != read_page_url(form)
    await submit(socket_world, again, await allow(socket_world, again))
    await socket_world.answer("Connected as *Ada (ada)*")


async def test_while_circleci_is_away_the_address_stays_good(socket_world: World) -> None:
    form = await open_form(socket_world)
    ended = await allow(socket_world, form)
    await socket_world.control("faults", target="circleci", match="oauth/token", status=503, count=1)
    await submit(socket_world, form, ended)
    await submit(socket_world, await socket_world.form(":warning:"), ended)
    await socket_world.answer("Connected as *Ada (ada)*")


async def test_connecting_again_ends_the_older_token_and_the_new_one_works(socket_world: World) -> None:
    form = await open_form(socket_world)
    await submit(socket_world, form, await allow(socket_world, form))
    await socket_world.answer("Connected as")
    before = await _account(socket_world)
    form = await open_form(socket_world)
    await submit(socket_world, form, await allow(socket_world, form))

    async def look() -> Account | None:
        now = await _account(socket_world)
        return now if now and before and now.token != before.token else None

    account = await socket_world.wait_until(look, "another token")
    await socket_world.say("/circle me")
    await socket_world.answer("You are *Ada (ada)* at CircleCI")
    assert account.is_active


async def test_without_circlecis_page_a_token_is_pasted(socket_world: World) -> None:
    await socket_world.control("faults", target="circleci", match="oauth/register", status=503, count=10)
    await socket_world.say("/circle connect")
    form = await socket_world.form("Personal API token")
    assert "Authorize at CircleCI" not in get_text(form)
    await socket_world.submit(form, token="CCIPAT_ada")
    await socket_world.answer("Connected as")
    account = await _account(socket_world)
    assert account
    assert (account.is_pasted, account.expires_at) == (True, None)


@pytest.fixture
async def strict_world(tmp_path: Path) -> AsyncIterator[World]:
    """No token may be pasted."""
    more: dict[str, Any] = {"allow_pasted_tokens": False}
    async with run_world(tmp_path, socket_mode=True, **more) as one:
        yield one


async def test_where_pasted_tokens_are_not_allowed_none_is_taken(strict_world: World) -> None:
    form = await open_form(strict_world)
    assert "Personal API token" not in get_text(form)
    await submit(strict_world, form, "CCIPAT_ada")
    form = await strict_world.form("Pasted tokens are not allowed here")
    assert await _account(strict_world) is None
    await submit(strict_world, form, await allow(strict_world, form))
    await strict_world.answer("Connected as *Ada (ada)*")


async def test_where_nothing_else_is_allowed_an_unreachable_page_is_said(strict_world: World) -> None:
    await strict_world.control("faults", target="circleci", match="oauth/register", status=503, count=10)
    await strict_world.say("/circle connect")
    await strict_world.form("CircleCI")
    modal = await strict_world.form(":warning:")
    assert "Personal API token" not in get_text(modal)


async def test_a_viewer_is_connected_too(socket_world: World) -> None:
    form = await open_form(socket_world, EVE)
    await submit(socket_world, form, await allow(socket_world, form, "eve"), EVE)
    await socket_world.answer("Connected as *Eve (eve)*", as_=EVE)
