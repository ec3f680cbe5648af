"""The first release and this one work side by side while pipelines end: nothing is lost, and nothing said twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from tests.plugins.block_reader import is_card
from tests.plugins.chaos_harness import ChaosHarness, count_duplicates, run_chaos_harness
from tests.plugins.older_release import OlderRelease
from tests.plugins.process_harness import ProcessHarness, build_environment
from tests.plugins.programs import run_circlebot
from tests.plugins.slack_users import Json
from tests.plugins.world import build_connected_check, run_sandbox


@asynccontextmanager
async def _run_upgradable(release: OlderRelease, url: str, folder: Path) -> AsyncIterator[ChaosHarness]:
    """Over a database that this release has made."""
    await release.run("migrate", env={"DATABASE_URL": url}, cwd=folder)
    async with run_chaos_harness(url, folder) as harness:
        yield harness


async def _migrate(harness: ChaosHarness) -> None:
    done = await run_circlebot("migrate", env=harness.environment, cwd=harness.cwd)
    assert done.code == 0, done.out


async def test_workers_are_replaced_one_by_one_under_load_and_the_older_release_comes_back(
    first_release: OlderRelease, empty_postgres_url: str, tmp_path: Path
) -> None:
    async with _run_upgradable(first_release, empty_postgres_url, tmp_path) as harness:
        async with AsyncExitStack() as newer:
            async with harness.run_bot("worker", release=first_release):
                async with harness.run_bot("worker", release=first_release):
                    await harness.push(*["broken"] * 5)
                    await _migrate(harness)
                    await harness.enqueue_outcomes(30, pushes=5)
                    await newer.enter_async_context(harness.run_bot("worker"))
                    await harness.enqueue_outcomes(30, pushes=5)
                await newer.enter_async_context(harness.run_bot("worker"))
                await harness.enqueue_outcomes(30, pushes=5)
            await harness.wait_until_delivered()
            await harness.enqueue_outcomes(10, pushes=5)
        async with harness.run_bot("worker", release=first_release):
            said = await harness.wait_until_delivered()
    assert harness.outcomes == 125
    assert count_duplicates(said) == 0, said.most_common(5)
    assert {key.removeprefix("card:").isdecimal() for key in said if key.startswith("card:")} == {True, False}, (
        "each release posted cards: the first one called them by their rows"
    )


async def test_what_the_first_release_left_on_sqlite_is_told_once_and_its_buttons_work(
    first_release: OlderRelease, tmp_path: Path
) -> None:
    async with _run_people(tmp_path) as people:
        async with people.run_bot("run", release=first_release):
            await people.wait_until(build_connected_check(people), "the bot to be connected")
            held = await _leave_much_behind(people)
        await people.push("broken")
        await people.control("break", name="slack-outage", on=False)
        async with people.run_bot("run"):
            await people.wait_until(build_connected_check(people), "the bot to be connected")
            await people.press(held, "Approve staging")
            await people.card("Approve production", number=held["number"])
            await people.wait_until(lambda: _find_cards(people, 4), "every pipeline to be told")
            await people.say("/circle subscriptions")
            await people.reply("failures and holds")
        doctor = await run_circlebot("doctor", env=people.environment, cwd=tmp_path)
    assert "FAIL" not in doctor.out, doctor.out


@asynccontextmanager
async def _run_people(folder: Path) -> AsyncIterator[ProcessHarness]:
    """With an SQLite file that nobody has made yet."""
    async with run_sandbox(speed=60) as http:
        url = str(http.base_url).rstrip("/")
        environment = build_environment(url, f"sqlite:///{folder}/circlebot.db")
        yield ProcessHarness(url, http, environment=environment, cwd=folder, within_s=60)


async def _leave_much_behind(people: ProcessHarness) -> Json:
    """Somebody connected, a rule, a failure that was told, one that waits since Slack is down, and a card on hold."""
    await people.connect()
    await people.say("/circle subscribe gh/acme/web --only failed,on-hold")
    await people.message("<@U0ADA>")
    await people.push("broken", "release")
    await people.wait_until(lambda: _find_cards(people, 2), "two pipelines to be told")
    held = await people.card("Approve staging")
    await people.control("break", name="slack-outage")
    before = await people.count_calls("chat.postMessage")
    await people.push("broken")

    async def is_refused() -> bool | None:
        return await people.count_calls("chat.postMessage") > before or None

    await people.wait_until(is_refused, "Slack to refuse a message")
    return {**held, "number": next(number for number, branch in people.pushed.items() if branch == "release")}


async def _find_cards(people: ProcessHarness, count: int) -> list[Json] | None:
    """Once there are so many, and nothing was said twice."""
    told = [one for one in await people.list_messages() if one.get("metadata")]
    keys = Counter(one["metadata"]["event_payload"]["key"] for one in told)
    assert set(keys.values()) <= {1}, keys
    found = [one for one in told if is_card(one)]
    return found if len(found) == count else None
