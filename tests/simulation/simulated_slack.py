"""Slack's workspace, and each process's way to it: requests that travel, are refused, lost, or answered to nobody."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import aiohttp

from bot.workers.lease import LEASE_S, SHOWN_WITHIN_S
from tests.simulation.askings import Asking, find_asking
from tests.simulation.secrecy import check
from tests.simulation.shown_messages import Shown, Whisper
from tests.simulation.simulated_views import Views, read_sections
from tests.simulation.virtual_loop import STARTED_AT, WORLD, Process, VirtualLoop, find_process

Json = dict[str, Any]

TEAM = "T0SANDBOX"

_USES = 5
"""Of one response_url."""

_TIMEOUT_S = 30.0
_HEARD_WITHIN_S = LEASE_S - SHOWN_WITHIN_S - 2.0
"""Later the sender has given up: it was cut off, or frozen."""

_PACE_OVER_S = 5.0
"""Slack wants a post a second in each channel, and bears it if some come together."""

_LATE_S = SHOWN_WITHIN_S
"""How long after its sender gave up Slack may still take a request (docs/delivery.md, "What it rests on")."""


@dataclass(frozen=True)
class SlackAnswer:
    status: int
    data: Json
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class _Request:
    sender: Process | None
    arrive: Callable[[], None]
    timer: asyncio.TimerHandle


@dataclass
class Weather:
    """How likely each of these is, of a request."""

    refused: float = 0.0
    lost: float = 0.0
    answer_lost: float = 0.0
    slow: float = 0.0


@dataclass
class SimulatedSlack:
    """`is_readable`: the history scope is granted."""

    loop: VirtualLoop
    chance: Random
    tell: Callable[[str], None]
    reach: Callable[[str], Awaitable[None]]
    is_readable: bool = True
    weather: Weather = field(default_factory=Weather)
    channels: dict[str, list[Shown]] = field(default_factory=dict)
    views: Views = field(default_factory=Views)
    whispers: list[Whisper] = field(default_factory=list)
    unheard_whispers: Counter[Asking | None] = field(default_factory=Counter)
    """How many of them Slack took whose sender did not hear of it."""
    answered: Counter[str] = field(default_factory=Counter)
    """How often each response_url was used."""
    refused: set[Asking | None] = field(default_factory=set)
    """For what something was said that Slack did not take, or not say so."""
    posts: int = 0
    unheard: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many posts Slack took under each key whose sender did not hear of it in time."""
    on_their_way: list[_Request] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    sent_s: dict[str, list[float]] = field(default_factory=dict)
    most_lately: int = 0
    """How many messages were sent to one channel within a few seconds, at most."""

    def take(self, method: str, said: Json) -> SlackAnswer:
        """What Slack makes of a call that has arrived."""
        check(said)
        scopes = "chat:write,channels:history" if self.is_readable else "chat:write"
        answer = _METHODS[method](self, said)
        return SlackAnswer(200, {"ok": "error" not in answer, **answer}, {"x-oauth-scopes": scopes})

    def post(self, said: Json) -> Json:
        self.posts += 1
        key = _find_key(said)
        ts = f"{self.loop.now().timestamp():.3f}{self.posts:03d}"
        now_s = self.loop.time()
        shown = Shown(ts, key, said["text"], said.get("blocks") or [], said.get("thread_ts"), now_s, now_s)
        self.channels.setdefault(said["channel"], []).append(shown)
        self.unheard[said["channel"], key] += 1
        self.tell(f"Slack shows {key or said['text']} in {said['channel']}")
        return {"ts": ts}

    def update(self, said: Json) -> Json:
        shown = next((one for one in self.channels.get(said["channel"], ()) if one.ts == said["ts"]), None)
        if shown is None:
            return {"error": "message_not_found"}
        shown.text, shown.blocks, shown.changed_s = said["text"], said.get("blocks") or [], self.loop.time()
        self.tell(f"Slack changes {shown.key} in {said['channel']}")
        return {"ts": shown.ts}

    def whisper(self, said: Json) -> Json:
        self._say_privately(said["user"], said["text"], said["asking"])
        return {"message_ts": f"{self.loop.now().timestamp():.6f}"}

    def respond(self, said: Json) -> Json:
        """By a response_url: for whoever asked, five times."""
        self.answered[said["url"]] += 1
        if self.answered[said["url"]] > _USES:
            return {"error": "used_url"}
        if said.get("text"):
            self._say_privately(said["asking"].user, said["text"], said["asking"])
        return {}

    def open_view(self, said: Json) -> Json:
        return self.views.open(said, self.loop.time())

    def update_view(self, said: Json) -> Json:
        """What it says is said to whoever asked."""
        answer = self.views.update(said)
        if "error" not in answer and said["asking"]:
            self._say_privately(said["asking"].user, read_sections(said["view"]), said["asking"])
        return answer

    def _say_privately(self, user: str, text: str, asking: Asking | None) -> None:
        self.whispers.append(Whisper(user, text, asking))
        self.unheard_whispers[asking] += 1
        self.tell(f"Slack tells {user}: {text}")

    def read(self, said: Json) -> Json:
        """A channel, or the thread `ts`."""
        if not self.is_readable:
            return {"error": "missing_scope"}
        since_s = float(said["oldest"]) - STARTED_AT.timestamp()
        found = [
            {"ts": one.ts, "metadata": _build_metadata(one.key)}
            for one in self.channels.get(said["channel"], ())
            if one.posted_s >= since_s and one.thread_ts == said.get("ts")
        ]
        self.met["looked back"] += 1
        return {"messages": found}

    def tell_person(self, said: Json) -> Json:
        return {"user": {"id": said["user"], "team_id": TEAM, "locale": "en-US", "tz": "Etc/UTC"}}

    def tell_channel(self, said: Json) -> Json:
        return {"channel": {"id": said["channel"], "is_ext_shared": False}}

    def open_direct(self, said: Json) -> Json:
        return {"channel": {"id": f"D{said['users']}"}}

    async def carry(self, method: str, said: Json) -> SlackAnswer:
        """Bring a request to Slack, and its answer back. Raises what aiohttp raises."""
        if method == "chat.postMessage":
            self._note_post(said["channel"])
        try:
            answer = await self._carry(method, said)
        except BaseException:
            self._note_refused(method)
            raise
        if not answer.data["ok"]:
            self._note_refused(method)
        elif method in _PRIVATE:
            self.unheard_whispers[find_asking()] -= 1
        return answer

    def _note_refused(self, method: str) -> None:
        """What a response_url does not take is said otherwise."""
        if method == "response_url":
            self.met["response_url that failed"] += 1
        else:
            self.refused.add(find_asking())

    def _note_post(self, channel: str) -> None:
        since_s = self.loop.time() - _PACE_OVER_S
        lately = [one for one in self.sent_s.get(channel, ()) if one > since_s]
        self.sent_s[channel] = [*lately, self.loop.time()]
        self.most_lately = max(self.most_lately, len(lately) + 1)

    async def _carry(self, method: str, said: Json) -> SlackAnswer:
        """As the weather is."""
        began_s, drawn, weather = self.loop.time(), self.chance.random(), self.weather
        await self.reach("before request")
        if (drawn := drawn - weather.refused) < 0:
            await asyncio.sleep(self._draw_way_s())
            self.met["429"] += 1
            return SlackAnswer(
                429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(self.chance.choice((1, 3, 10)))}
            )
        if (drawn := drawn - weather.lost) < 0:
            await asyncio.sleep(self._draw_way_s())
            raise aiohttp.ServerDisconnectedError
        is_slow = (drawn := drawn - weather.slow) < 0
        is_answered = drawn - weather.answer_lost >= 0
        there_s, back_s = self._draw_way_s(), self._draw_way_s()
        if is_slow:
            there_s, back_s = self.chance.choice(((self._draw_long_s(), back_s), (there_s, self._draw_long_s())))
        async with asyncio.timeout(_TIMEOUT_S):
            asking = find_asking()
            answer = await self._arrive(there_s, lambda: self.take(method, said | {"asking": asking}))
            await self.reach("after answer")
            await asyncio.sleep(back_s)
        if not is_answered:
            raise aiohttp.ServerDisconnectedError
        if method == "chat.postMessage" and self.loop.time() - began_s < _HEARD_WITHIN_S:
            self.unheard[said["channel"], _find_key(said)] -= 1
        return answer

    async def _arrive(self, there_s: float, take: Callable[[], SlackAnswer]) -> SlackAnswer:
        """The request goes its own way: its sender may die, or give up."""
        answer: asyncio.Future[SlackAnswer] = self.loop.create_future()

        def arrive() -> None:
            taken = take()
            if not answer.done():
                answer.set_result(taken)

        request = _Request(find_process(), arrive, self.loop.call_later(there_s, arrive, context=WORLD))
        self.on_their_way.append(request)
        try:
            await self.reach("while it travels")
            return await answer
        except asyncio.CancelledError:
            self._cut(request)
            raise
        finally:
            self.on_their_way.remove(request)

    def drop(self, process: Process) -> None:
        """It died, or is frozen: what it has sent arrives soon, or never."""
        for request in self.on_their_way:
            if request.sender is process:
                self._cut(request)

    def _cut(self, request: _Request) -> None:
        left_s = request.timer.when() - self.loop.time()
        if left_s > 0 and not request.timer.cancelled():
            request.timer.cancel()
            if self.chance.random() < 0.5:
                self.loop.call_later(min(left_s, self.chance.uniform(0, _LATE_S)), request.arrive, context=WORLD)

    def _draw_long_s(self) -> float:
        return self.chance.uniform(5, 40)

    def _draw_way_s(self) -> float:
        return self.chance.choice((0.01, 0.05, 0.2, 1.0)) * self.chance.random()


def _build_metadata(key: str) -> Json:
    return {"event_type": "circlebot_message", "event_payload": {"key": key}}


def _find_key(said: Json) -> str:
    return str((said.get("metadata") or {}).get("event_payload", {}).get("key", ""))


_PRIVATE = frozenset({"chat.postEphemeral", "response_url", "views.update"})
_METHODS: dict[str, Callable[[SimulatedSlack, Json], Json]] = {
    "chat.postMessage": SimulatedSlack.post,
    "chat.update": SimulatedSlack.update,
    "chat.postEphemeral": SimulatedSlack.whisper,
    "response_url": SimulatedSlack.respond,
    "views.open": SimulatedSlack.open_view,
    "views.update": SimulatedSlack.update_view,
    "conversations.history": SimulatedSlack.read,
    "conversations.replies": SimulatedSlack.read,
    "conversations.open": SimulatedSlack.open_direct,
    "conversations.info": SimulatedSlack.tell_channel,
    "users.info": SimulatedSlack.tell_person,
}
