"""One person cannot use up the process: whoever asks too much waits, is told so once, and nobody else waits for them.

Acknowledging stays immediate; a form still opens for somebody else; files are in memory a few at a time; what was taken
in is done before the process stops.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from functools import partial
from pathlib import Path

from bot.command import Request, RequestSource
from bot.commands import COMMANDS
from bot.dispatch.dispatcher import MOST_FILE_REPLIES
from bot.slack.intake import PENDING_LIMITS, RUNNING_LIMITS, RequestIntake
from bot.workers.loop import BackgroundTasks
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.world import GRACE, run_world

FLOOD = 600


class BlockedWork:
    """Work that goes on until the test lets it end."""

    def __init__(self) -> None:
        self.tasks = BackgroundTasks()
        self.intake = RequestIntake(tasks=self.tasks, busy=self.busy)
        self.go = asyncio.Event()
        self.running: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        self.told: list[Request] = []

    async def busy(self, request: Request) -> None:
        self.told.append(request)

    async def work(self, user: str) -> None:
        self.running[user] += 1
        self.most[user] = max(self.most[user], self.running[user])
        self.most["all"] = max(self.most["all"], self.running.total())
        await self.go.wait()
        self.running[user] -= 1
        self.done[user] += 1

    def ask(self, user: str, workspace: str = "T1", view_id: str | None = None) -> None:
        request = Request(workspace, user, "status", RequestSource.TYPED, "k", view_id=view_id)
        self.intake.submit(workspace, user, partial(self.work, user), request)


async def turn_over(harness: BlockedWork) -> None:
    """Until nothing more begins."""
    before = -1
    while before != harness.running.total() or before < 0:
        before = harness.running.total()
        for _ in range(20):
            await asyncio.sleep(0)


async def test_of_a_flood_a_few_are_done_at_once_some_wait_and_the_rest_is_refused_once() -> None:
    harness = BlockedWork()
    for _ in range(FLOOD):
        harness.ask("U1")
    assert len(harness.tasks) <= PENDING_LIMITS.person + 1
    harness.ask("U2")
    harness.ask("U3", workspace="T2")
    await turn_over(harness)
    assert harness.running == {"U1": RUNNING_LIMITS.person, "U2": 1, "U3": 1}
    assert [one.user for one in harness.told] == ["U1"]
    harness.go.set()
    await harness.tasks.drain(30)
    assert harness.done == {"U1": PENDING_LIMITS.person, "U2": 1, "U3": 1}, (
        "what was taken in is done, also while we stop"
    )
    harness.go.clear()
    for _ in range(FLOOD):
        harness.ask("U1")
    await turn_over(harness)
    assert [one.user for one in harness.told] == ["U1", "U1"], "once for each flood"
    harness.go.set()
    await harness.tasks.drain(30)


async def test_many_people_of_one_workspace_do_not_use_it_up_either() -> None:
    harness = BlockedWork()
    for number in range(FLOOD):
        harness.ask(f"U{number}")
    assert len(harness.tasks) <= PENDING_LIMITS.workspace + 20, "those that are told are few as well"
    harness.ask("V1", workspace="T2")
    await turn_over(harness)
    assert harness.running["V1"] == 1
    assert harness.running.total() == RUNNING_LIMITS.workspace + 1
    harness.go.set()
    await harness.tasks.drain(30)
    assert harness.done.total() == PENDING_LIMITS.workspace + 1
    assert harness.most["all"] <= RUNNING_LIMITS.all


async def test_a_form_is_always_told_since_it_stands_there_and_waits() -> None:
    harness = BlockedWork()
    for _ in range(PENDING_LIMITS.person):
        harness.ask("U1")
    for number in range(3):
        harness.ask("U1", view_id=f"V{number}")
    await turn_over(harness)
    assert [one.view_id for one in harness.told] == ["V0", "V1", "V2"]
    harness.go.set()
    await harness.tasks.drain(30)


async def test_work_that_breaks_gives_its_turn_back() -> None:
    harness = BlockedWork()

    async def breaks() -> None:
        raise OSError("gone")

    for _ in range(PENDING_LIMITS.person):
        harness.intake.submit("T1", "U1", breaks, None)
    harness.go.set()
    harness.ask("U2")
    await harness.tasks.drain(30)
    harness.ask("U1")
    await harness.tasks.drain(30)
    assert harness.done == {"U1": 1, "U2": 1}


def test_what_carries_files_says_so() -> None:
    lines = {"logs 1 --full": True, "logs 1": False, "artifacts 1 --send": True, "artifacts 1": False, "config 1": True}
    lines |= {"insights web": True, "pipeline 1 --timeline": True, "pipeline 1": False, "logs 1 --here": True}
    rows = {command.name: command for command in COMMANDS}
    for line, expected in lines.items():
        name, _, rest = line.partition(" ")
        assert rows[name].sends_file(parse_args(rows[name], rest)) is expected, line
    assert MOST_FILE_REPLIES.all < RUNNING_LIMITS.person + 1


async def test_while_one_person_floods_a_form_opens_for_another(tmp_path: Path) -> None:
    async with run_world(tmp_path, socket_mode=True) as world:
        await world.connect()
        await world.connect(GRACE)
        await world.control("faults", target="circleci", match="/api/v2/project", delay_s=3, count=200)
        flood = [world.say("/circle recent gh/acme/web") for _ in range(PENDING_LIMITS.person * 2)]
        await asyncio.gather(*flood)
        await world.message("I am still busy with what you asked before")
        await world.say("/circle trigger", as_=GRACE)
        await world.form("Trigger", as_=GRACE)
        acks = (await world.fetch_state("slack.acks"))["slack"]["acks"]
        assert {one["outcome"] for one in acks} == {"acked"}
        told = [one for one in await world.list_messages() if "still busy" in get_text(one)]
        assert len(told) == 1
