"""The load: signed requests as Slack sends them, over so many connections; a process of its own.

A Volley in as one line of JSON, a Hit out as another.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from bench.timing import percentile_ms
from bot.operating.process import run_async

SECRET = "bench-signing-secret"  # noqa: S105 - it opens nothing
WORKSPACE = "T1"
PEOPLE = 10_000

Signed = tuple[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Volley:
    """`payload` is what follows `/circle`, or `press` (a link button: it wants nothing but the acknowledgement).

    A `patient` one sends nothing before the last command is also answered, with its acknowledgement or at its
    response_url; one that waits for `all` is over when all are. `person` begins the names of the `people` who type, by
    turns.
    """

    url: str
    slack_url: str
    payload: str
    connections: int
    requests: int
    patient: bool
    all: bool = False
    person: str = "U"
    people: int = PEOPLE


@dataclass(frozen=True, slots=True)
class Hit:
    """How long until the acknowledgement, and how many a second; how many took the answer with them (`answered`)."""

    p50_ms: float
    p99_ms: float
    per_s: float
    most_ms: float
    answered: int


def hit(took_s: Sequence[float], lasted_s: float, answered: int = 0) -> Hit:
    p50, p99, most = (percentile_ms(took_s, part) for part in (0.5, 0.99, 1.0))
    return Hit(p50, p99, len(took_s) / lasted_s, most, answered)


STRANGER = "X"
"""Begins the name of somebody who is not connected."""


def person(number: int, begins: str = "U") -> str:
    return f"{begins}{number % PEOPLE}"


async def fire(volley: Volley) -> Hit:
    """Everything is signed before the clock starts."""
    calls = iter([_signed(_content(volley, number)) for number in range(volley.requests)])
    took_s: list[float] = []
    texts: list[str] = []
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        answers = await _answers(session, volley, "") if volley.all else 0
        began_s = time.perf_counter()
        await asyncio.gather(*(_knock(session, volley, calls, took_s, texts=texts) for _ in range(volley.connections)))
        lasted_s = time.perf_counter() - began_s
        if volley.all:
            await _answers(session, volley, f"/{answers + texts.count('')}")
    return hit(took_s, lasted_s, sum(map(bool, texts)))


async def _knock(
    session: aiohttp.ClientSession, volley: Volley, calls: Iterator[Signed], took_s: list[float], *, texts: list[str]
) -> None:
    answers = await _answers(session, volley, "") if volley.patient else 0
    for content, headers in calls:
        began_s = time.perf_counter()
        async with session.post(volley.url, data=content, headers=headers) as answer:
            text = await answer.text()
        took_s.append(time.perf_counter() - began_s)
        if answer.status != 200:
            raise RuntimeError(f"{volley.url} answered {answer.status}: {text[:200]}")
        texts.append(text)
        if volley.patient and not text:
            answers = await _answers(session, volley, f"/{answers + 1}")


async def _answers(session: aiohttp.ClientSession, volley: Volley, at_least: str) -> int:
    async with session.get(f"{volley.slack_url}/answered{at_least}") as answer:
        return int(await answer.text())


def _content(volley: Volley, number: int) -> str:
    if volley.payload == "press":
        return urlencode({"payload": pressed(number)})
    return urlencode(
        typed(volley.slack_url, volley.payload, number) | {"user_id": person(number % volley.people, volley.person)}
    )


def typed(slack_url: str, text: str, number: int) -> dict[str, str]:
    """What Slack sends of a slash command."""
    return {
        "token": "old",
        "team_id": WORKSPACE,
        "team_domain": "bench",
        "channel_id": "C1",
        "channel_name": "general",
        "user_id": person(number),
        "user_name": "somebody",
        "command": "/circle",
        "text": text,
        "api_app_id": "A1",
        "is_enterprise_install": "false",
        "response_url": f"{slack_url}/respond",
        "trigger_id": f"{number}.{time.time_ns()}",
    }


def pressed(number: int) -> str:
    """What Slack sends when a button is pressed, as JSON."""
    payload: dict[str, Any] = {
        "type": "block_actions",
        "user": {"id": person(number), "username": "somebody", "team_id": WORKSPACE},
        "api_app_id": "A1",
        "token": "old",
        "container": {"type": "message", "message_ts": "1.2", "channel_id": "C1", "is_ephemeral": False},
        "trigger_id": f"{number}.{time.time_ns()}",
        "team": {"id": WORKSPACE, "domain": "bench"},
        "channel": {"id": "C1", "name": "general"},
        "actions": [{"type": "button", "action_id": "open", "block_id": "b", "action_ts": "1.3"}],
    }
    return json.dumps(payload)


def _signed(content: str) -> Signed:
    stamp = str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=content)
    return content, {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": str(signature),
    }


if __name__ == "__main__":
    for said in sys.stdin:
        print(json.dumps(asdict(run_async(fire(Volley(**json.loads(said)))))), flush=True)
