from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.circleci.v3_host import ASIDE_FOR, NO_FOR, SILENT_FOR, SLOW, V3Choice, V3Gone, V3Host, V3State
from bot.errors import CircleCIError, NotFound, RateLimited, Rejected, Unavailable
from tests.circleci.conftest import StandingClock

CLOUD = "https://circleci.com"
SERVER = "https://circleci.acme.test"
ADA, GRACE = b"ada", b"grace"


_SAYS = {"yes": True, "no": False, "nothing": None}


class Probe:
    """Says what it is told, and counts how often it was asked."""

    def __init__(self, says: str) -> None:
        self.says = [_SAYS[word] for word in says.split()]
        self.asked = 0

    async def __call__(self) -> bool | None:
        self.asked += 1
        await asyncio.sleep(0)
        return self.says.pop(0)


def build(clock: StandingClock, choice: V3Choice = "auto", url: str = CLOUD) -> V3Host:
    return V3Host(url, choice=choice, clock=clock)


@pytest.mark.parametrize(
    ("choice", "url", "asked"),
    [
        ("auto", CLOUD, 1),
        ("auto", SERVER, 0),
        ("auto", "https://circleci.com.acme.test", 0),
        ("on", SERVER, 1),
        ("off", CLOUD, 0),
    ],
)
async def test_only_the_cloud_is_asked_unless_somebody_says_otherwise(
    clock: StandingClock, choice: V3Choice, url: str, asked: int
) -> None:
    probe = Probe("yes")
    assert await build(clock, choice, url).serves("tests", ADA, probe) is bool(asked)
    assert probe.asked == asked


async def test_a_yes_is_for_the_life_of_the_process_and_everybody_waits_for_the_one_probe(clock: StandingClock) -> None:
    host, probe = build(clock), Probe("yes")
    assert await asyncio.gather(*(host.serves(str(number), ADA, probe) for number in range(5))) == [True] * 5
    clock.at += timedelta(days=30)
    assert await host.serves("tests", GRACE, probe)
    assert probe.asked == 1


async def test_a_no_holds_for_an_hour(clock: StandingClock) -> None:
    host, probe = build(clock), Probe("no yes")
    assert not await host.serves("tests", ADA, probe)
    clock.at += NO_FOR - timedelta(seconds=1)
    assert not await host.serves("tests", GRACE, probe)
    assert probe.asked == 1
    clock.at += timedelta(seconds=1)
    assert await host.serves("tests", GRACE, probe)


async def test_a_token_that_cannot_tell_is_asked_again_later_and_another_at_once(clock: StandingClock) -> None:
    host, probe = build(clock), Probe("nothing nothing yes")
    assert not await host.serves("tests", ADA, probe)
    assert not await host.serves("tests", ADA, probe)
    assert probe.asked == 1
    assert not await host.serves("tests", GRACE, probe)
    clock.at += SILENT_FOR
    assert await host.serves("tests", ADA, probe)


async def test_a_410_or_a_page_takes_the_yes_back_for_an_hour(clock: StandingClock) -> None:
    host, probe = build(clock), Probe("yes yes")
    assert await host.serves("tests", ADA, probe)
    assert host.judge("tests", V3Gone("gone", status=410)) == "gone"
    assert not await host.serves("output", ADA, probe)
    clock.at += NO_FOR
    assert await host.serves("output", ADA, probe)


@pytest.mark.parametrize(
    ("error", "reason", "aside_for"),
    [
        (Unavailable("slow"), "unavailable", ASIDE_FOR),
        (Unavailable("no JSON", status=200), "unreadable", ASIDE_FOR),
        (Rejected("bad filter", status=400), "refused", ASIDE_FOR),
        (RateLimited("wait", retry_after_s=90), "limited", timedelta(seconds=90)),
        (RateLimited("wait", retry_after_s=1e9), "limited", NO_FOR),
        (Rejected("forbidden", status=403), "refused", timedelta()),
        (NotFound("nothing", status=404), "missing", timedelta()),
    ],
)
async def test_what_was_no_use_is_left_to_v2_for_a_while_and_the_rest_is_not(
    clock: StandingClock, error: CircleCIError, reason: str, aside_for: timedelta
) -> None:
    host, probe = build(clock), Probe("yes")
    await host.serves("tests", ADA, probe)
    assert host.judge("tests", error) == reason
    assert await host.serves("tests", ADA, probe) is (not aside_for)
    assert await host.serves("output", ADA, probe)
    clock.at += aside_for
    assert await host.serves("tests", ADA, probe)


async def test_trouble_upon_trouble_is_left_alone_for_twice_as_long_until_it_is_quick_again(
    clock: StandingClock,
) -> None:
    host, probe = build(clock), Probe("yes")

    async def measure() -> int:
        """For how many minutes it is left alone after one more trouble."""
        host.judge("output", Unavailable("slow"))
        host.judge("output", Unavailable("slow too, asked at the same time"))
        minutes = 0
        while not await host.serves("output", ADA, probe):
            clock.at += ASIDE_FOR
            minutes += 1
        return minutes

    assert [await measure() for _time in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert await host.ask("output", Probe("yes")) is True
    assert await measure() == 1


async def test_a_question_that_was_given_up_for_its_slowness_is_not_asked_again_at_once(clock: StandingClock) -> None:
    host, probe = build(clock), Probe("yes")
    assert await host.serves("output", ADA, probe)

    async def be_given_up() -> None:
        clock.at += SLOW
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await host.ask("output", be_given_up)
    assert not await host.serves("output", ADA, probe)


async def test_an_outcome_waits_for_v3_only_so_long_and_what_v2_tells_worse_longer(clock: StandingClock) -> None:
    host = build(clock)
    host.patience_s = 0

    async def answer_in_a_while() -> str:
        for _turn in range(10):
            await asyncio.sleep(0)
        return "found"

    assert await host.ask("runs", answer_in_a_while) == "found"
    with pytest.raises(Unavailable):
        await host.ask("output", answer_in_a_while)


async def test_it_is_known_since_when_something_is_left_to_v2(clock: StandingClock) -> None:
    host = build(clock)
    assert host.get_state() == V3State(is_asked=True, has_it=None, aside={})
    assert await host.serves("output", ADA, Probe("yes"))
    began = clock.now()
    for error in (Unavailable("Down", status=503), RateLimited("Slow", retry_after_s=90)):
        host.judge("output", error)
        assert host.get_state() == V3State(is_asked=True, has_it=True, aside={"output": began})
        clock.at += ASIDE_FOR + timedelta(seconds=1)
    clock.at += NO_FOR
    assert not host.get_state().aside

    async def answer() -> None:
        return None

    await host.ask("output", answer)
    host.judge("output", Unavailable("Down", status=503))
    assert host.get_state().aside == {"output": clock.now()}
    assert not build(clock, "off").get_state().is_asked
