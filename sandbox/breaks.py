"""What the page can break and mend: each of it stays broken until it is mended, and an incident counts meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sandbox.changes import Changes
from sandbox.circleci import FakeCircleci
from sandbox.faults import Fault, Faults
from sandbox.incident import Incident
from sandbox.incident_words import describe_incident
from sandbox.slack import FakeSlack

BOT = "bot"


class BotSwitch(Protocol):
    """The bot, where the sandbox runs beside it. `start` returns when Slack can reach it."""

    @property
    def is_running(self) -> bool: ...

    @property
    def pid(self) -> int | None: ...

    async def start(self) -> None: ...

    async def kill(self) -> None: ...

    async def copy_database(self) -> None:
        """`circlebot backup`, while it runs."""
        ...

    async def restore(self) -> None:
        """Delete its database, and `circlebot restore` what was backed up. It does not run."""
        ...


@dataclass(frozen=True)
class Break:
    """`now` says that it is broken, `meanwhile` ends a sentence about then; {app} is the app's name."""

    label: str
    about: str
    now: str
    meanwhile: str
    faults: tuple[Mapping[str, Any], ...] = ()
    drops_socket: bool = False
    acts: tuple[str, str] = ("Break it", "Mend it")


BREAKS = {
    BOT: Break(
        "{app} is killed",
        "Its process ends without a word, as in a power cut.",
        "{app} is killed: commands and buttons fail.",
        "while {app} was away",
        acts=("Kill it", "Start it again"),
    ),
    "slack-limit": Break(
        "Slack says 429",
        "Slack refuses every message: too many requests.",
        "Slack refuses messages (429).",
        "while Slack refused messages",
        ({"target": "slack", "match": "chat.", "status": 429, "retry_after": 2, "count": 0},),
    ),
    "slack-outage": Break(
        "Slack is down",
        "Every call answers 503, and the connection is cut.",
        "Slack is down: commands and buttons fail.",
        "while Slack was down",
        ({"target": "slack", "match": "", "status": 503, "count": 0},),
        drops_socket=True,
    ),
    "circleci-outage": Break(
        "CircleCI is down",
        "Its API answers 503. Pipelines go on.",
        "CircleCI's API is down.",
        "while CircleCI was down",
        ({"target": "circleci", "match": "", "status": 503, "count": 0},),
    ),
}


class Breaks:
    """What is broken now, and the incident since the first of it. `bot` is set by whoever runs one."""

    def __init__(self, slack: FakeSlack, circleci: FakeCircleci, faults: Faults, changes: Changes) -> None:
        self.bot: BotSwitch | None = None
        self._slack, self._circleci, self._faults, self.changes = slack, circleci, faults, changes
        self._broken: dict[str, list[Fault]] = {}
        self._incident: Incident | None = None
        self._in_turn = asyncio.Lock()

    async def switch(self, name: str, *, broken: bool) -> None:
        """Break this, or mend it. Raises ValueError for what is not there."""
        if name not in self._list_names():
            raise ValueError(f"name must be one of {', '.join(self._list_names())}, not {name!r}")
        async with self._in_turn:
            if broken and name not in self._broken:
                await self._break(name)
            elif not broken and name in self._broken:
                await self._mend(name)
        self.changes.bump()

    async def _break(self, name: str) -> None:
        if not self._broken:
            self.forget()
            self._incident = Incident(self._slack, self._circleci)
            self.changes.watchers.append(self._incident.note)
        self._broken[name] = [self._faults.add(spec) for spec in BREAKS[name].faults]
        if self._incident:
            self._incident.causes.append(name)
        if BREAKS[name].drops_socket:
            self._slack.drop_socket()
        if name == BOT and self.bot:
            await self.bot.kill()

    async def _mend(self, name: str) -> None:
        if name == BOT and self.bot:
            await self.bot.start()
        for fault in self._broken.pop(name):
            self._faults.remove(fault)
        if self._incident and not self._broken:
            self._incident.end()

    def clear(self) -> None:
        """The world begins anew: nothing is broken, and nothing was."""
        self._broken.clear()
        self.forget()

    def forget(self) -> None:
        """Drop the last incident."""
        if self._incident and self._incident.note in self.changes.watchers:
            self.changes.watchers.remove(self._incident.note)
        self._incident = None

    def _list_names(self) -> list[str]:
        return [name for name in BREAKS if name != BOT or self.bot]

    def as_page(self) -> dict[str, Any]:
        """The switches, and what is to be said of the incident."""
        app = self._slack.manifest.name
        switches = [
            {
                "name": name,
                "label": BREAKS[name].label.format(app=app),
                "about": BREAKS[name].about,
                "on": name in self._broken,
                "act": BREAKS[name].acts[name in self._broken],
            }
            for name in self._list_names()
        ]
        return {"switches": switches, "runs_bot": self.bot is not None, "incident": self._describe()}

    def _describe(self) -> dict[str, Any] | None:
        if self._incident is None:
            return None
        app = self._slack.manifest.name
        causes = {BREAKS[name].meanwhile.format(app=app) for name in self._incident.causes}
        return describe_incident(
            self._incident.count(),
            app=app,
            now=[BREAKS[name].now.format(app=app) for name in self._broken],
            meanwhile=causes.pop() if len(causes) == 1 else "while things were broken",
            is_connected=self._slack.deliveries.is_connected,
        )
