"""People in Slack: they press what is shown to them, and type. Slack brings it to whichever process listens."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

from slack_bolt.request.async_request import AsyncBoltRequest

from tests.simulation.askings import Asking, ask
from tests.simulation.circleci_api import PEOPLE, WEB
from tests.simulation.plan import Deed
from tests.simulation.shown_messages import Shown
from tests.simulation.simulated_bot import SimulatedBot, Surroundings
from tests.simulation.simulated_slack import TEAM, Json
from tests.simulation.virtual_loop import Process

_FOUND_WITHIN_S = 30
_FORM_WITHIN_S = 10
_DONE_WITHIN_S = 60.0
_USERS = tuple(PEOPLE)


@dataclass(frozen=True)
class Taken:
    """What was asked, and the process that heard it."""

    asking: Asking
    process: Process


@dataclass
class People:
    """`bots` are those that run, by number; what they `took` is what they have to answer."""

    around: Surroundings
    bots: list[SimulatedBot]
    tell: Callable[[str], None]
    took: list[Taken] = field(default_factory=list)
    begun: dict[int, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))

    async def wait_for_deed(self, number: int) -> None:
        """Half a minute at most after the last one was due: somebody may find no button."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_DONE_WITHIN_S):
                await self.begun[number].wait()

    async def do(self, deed: Deed) -> None:
        """Press or type it, and perhaps again: the same button, by the same person or another."""
        await asyncio.sleep(deed.at_s)
        body = _type(deed) if deed.word == "trigger" else await self._find_button(deed)
        self.begun[deed.number].set()
        if body is None:
            return
        presses = [self._press(deed, deed.user, deed.process, body=body)]
        for press in deed.again:
            await asyncio.sleep(press.after_s)
            presses.append(self._press(deed, press.user, press.process, body=body))
        await asyncio.gather(*presses)

    def _press(self, deed: Deed, user: int, process: int, *, body: Json) -> asyncio.Task[None]:
        trigger = f"{self.around.loop.time()} {deed.number} {len(self.took)}"
        url = f"https://hooks.slack.com/{trigger.replace(' ', '/')}"
        self._send(user, process, body | {"trigger_id": trigger, "response_url": url})
        return self.around.loop.create_task(self._hand_in(deed, user, process, trigger=trigger))

    async def _hand_in(self, deed: Deed, user: int, process: int, *, trigger: str) -> None:
        """The form, once it is there: twice, where somebody is impatient."""
        for _ in range(_FORM_WITHIN_S if deed.word == "decline" else 0):
            if form := self.around.slack.views.find_form(trigger):
                for _ in range(1 + bool(deed.again)):
                    self._send(user, process, _submit(form))
                return
            await asyncio.sleep(1)

    async def _find_button(self, deed: Deed) -> Json | None:
        """As a payload, once somebody sees one."""
        chance = Random(deed.at_s)
        for _ in range(_FOUND_WITHIN_S):
            if found := list(self._list_buttons(deed.word)):
                return chance.choice(found)
            await asyncio.sleep(1)
        return None

    def _list_buttons(self, word: str) -> Iterator[Json]:
        for channel, there in self.around.slack.channels.items():
            for shown in there:
                yield from (_press(channel, shown, line) for line in list_lines(shown.blocks) if is_about(line, word))

    def _send(self, user: int, number: int, body: Json) -> None:
        """To the process that they reach, or to another that listens."""
        asking = self._build_asking(_USERS[user], body)
        if (bot := self._find_listener(number)) is None or bot.app is None:
            self.tell(f"nobody hears {asking.user}: {asking.line}")
            return
        self.tell(f"{asking.user} asks process {bot.process.name}: {asking.line}")
        self.took.append(Taken(asking, bot.process))
        who = {"user_id": asking.user} if "command" in body else {"user": {"id": asking.user, "team_id": TEAM}}
        self.around.loop.start(bot.process, self._handle(bot, asking, body | who))

    def _find_listener(self, number: int) -> SimulatedBot | None:
        return next((one for one in (self.bots[number], *self.bots) if one.listens), None)

    def _build_asking(self, user: str, body: Json) -> Asking:
        """A hold is approved once by each person; all else happens once, whoever presses it first."""
        if "view" in body:
            line = json.loads(body["view"]["private_metadata"])["line"]
            return Asking(len(self.took), user, line, f"{body['view']['id']}:{line}", self.around.loop.time())
        if "command" in body:
            return Asking(len(self.took), user, body["text"], f"{len(self.took)}", self.around.loop.time())
        line = body["actions"][0]["value"]
        key = f"{body['channel']['id']}:{body['message']['ts']}:{line}" + (user if is_about(line, "approve") else "")
        return Asking(len(self.took), user, line, key, self.around.loop.time())

    async def _handle(self, bot: SimulatedBot, asking: Asking, body: Json) -> None:
        assert bot.app
        with ask(asking):
            await bot.app.bolt.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))


def is_about(line: str, word: str) -> bool:
    """A button that says this, and does it at once; to decline opens a form."""
    if word == "decline":
        return line.split()[:1] == ["cancel"] and "--form" in line
    return line.split()[:1] == [word] and "--form" not in line and "--ssh" not in line


def list_lines(block: Any) -> Iterator[str]:
    """What the buttons and menus of these blocks say."""
    if isinstance(block, list):
        for one in block:
            yield from list_lines(one)
    elif isinstance(block, dict):
        if isinstance(block.get("value"), str):
            yield block["value"]
        for one in block.values():
            yield from list_lines(one)


def _press(channel: str, shown: Shown, line: str) -> Json:
    return {
        "type": "block_actions",
        "team": {"id": TEAM},
        "channel": {"id": channel, "name": channel.lower()},
        "container": {"message_ts": shown.ts},
        "message": {"ts": shown.ts, "thread_ts": shown.thread_ts},
        "actions": [{"type": "button", "action_id": "do", "block_id": "b", "value": line}],
    }


def _submit(form: Json) -> Json:
    state = {"values": {"reason": {"reason": {"type": "plain_text_input", "value": "Not today."}}}}
    return {"type": "view_submission", "team": {"id": TEAM}, "view": form | {"state": state}}


def _type(deed: Deed) -> Json:
    return {
        "command": "/circle",
        "team_id": TEAM,
        "channel_id": "C0ALL",
        "channel_name": "c0all",
        "text": f"trigger {WEB} --branch of-{deed.at_s:.2f}",
    }
