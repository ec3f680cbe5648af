"""Sends webhook events to the registered URLs: signed, in no promised order, and again when one is not accepted."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp

from sandbox.circleci import api_json, payloads
from sandbox.circleci.entities import FakeJob, FakeWorkflow
from sandbox.circleci.fake_webhooks import FakeWebhook, FakeWebhooks
from sandbox.circleci.id_generator import IdGenerator
from sandbox.circleci.simulation_engine import SimulationEngine
from sandbox.virtual_clock import SandboxClock

ANSWER_WITHIN_S = 10
RETRY_AFTER_S = (5, 30)
"""CircleCI retries "at a later time"; when, is not documented."""


@dataclass(frozen=True)
class DeliveryDisorder:
    """How unreliable delivery is: each event comes `copies` times, each copy up to `late_s` seconds late by chance.

    With `replayed_days` each also comes as something new that happened so many days ago.
    """

    copies: int = 1
    late_s: float = 0.0
    replayed_days: float = 0.0


@dataclass(eq=False)
class WebhookDelivery:
    """One event for one address. `status` is the last answer: an HTTP status, or None while there was none.

    It is held back for `late_s` seconds at first.
    """

    event_id: str
    type: str
    hook: FakeWebhook
    body: bytes
    late_s: float = 0.0
    attempts: int = 0
    status: int | None = None

    @property
    def was_taken(self) -> bool:
        return self.status is not None and self.status // 100 == 2

    def build_headers(self) -> dict[str, str]:
        headers = {
            "content-type": "application/json",
            "user-agent": "CircleCI-Webhook/1.0",
            "circleci-event-type": self.type,
        }
        secret = self.hook.signing_secret
        return {**headers, "circleci-signature": payloads.sign_body(secret, self.body)} if secret else headers


class WebhookDeliveries:
    """Events queue up as things complete; `run` sends them. Times are the clock's, which the caller may scale."""

    def __init__(
        self,
        *,
        engine: SimulationEngine,
        clock: SandboxClock,
        id_generator: IdGenerator,
        hooks: FakeWebhooks,
        app_url: str,
        changed: Callable[[], None],
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._id_generator = id_generator
        self._hooks = hooks
        self._app_url = app_url
        self._changed = changed
        self._queue: asyncio.Queue[WebhookDelivery] = asyncio.Queue()
        self._all: list[WebhookDelivery] = []
        self._rng = random.Random(1)  # noqa: S311 - a story, no secret
        self.disorder = DeliveryDisorder()

    def enqueue_completed(self, workflow: FakeWorkflow, job: FakeJob | None) -> None:
        """Queue the event of a job, or of its workflow, for each webhook that wants it."""
        kind = "job-completed" if job else "workflow-completed"
        for hook in self._hooks.list_for(workflow.pipeline.project):
            if kind in hook.events:
                self._enqueue(hook, kind, workflow, job)

    def _enqueue(self, hook: FakeWebhook, kind: str, workflow: FakeWorkflow, job: FakeJob | None) -> None:
        now, disorder = self._engine.now(), self.disorder
        event = payloads.build_event(self._id_generator.generate_id(), now, hook, workflow, job, self._app_url)
        events = [event] * disorder.copies
        if disorder.replayed_days:
            long_ago = api_json.format_instant(now - timedelta(days=disorder.replayed_days))
            events.append({**event, "id": self._id_generator.generate_id(), "happened_at": long_ago})
        for sent in events:
            late_s = self._rng.uniform(0, disorder.late_s)
            delivery = WebhookDelivery(sent["id"], kind, hook, json.dumps(sent).encode(), late_s)
            self._all.append(delivery)
            self._queue.put_nowait(delivery)

    def clear(self) -> None:
        self.disorder = DeliveryDisorder()
        self._all.clear()
        while not self._queue.empty():
            self._queue.get_nowait()

    def snapshot(self) -> list[dict[str, Any]]:
        return [
            {
                "id": each.event_id,
                "type": each.type,
                "url": each.hook.url,
                "attempts": each.attempts,
                "status": each.status,
            }
            for each in self._all
        ]

    async def run(self) -> None:
        """Send what is queued, each event on its own, until cancelled."""
        timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN_S)
        async with aiohttp.ClientSession(timeout=timeout) as session, asyncio.TaskGroup() as sending:
            while True:
                sending.create_task(self._send(session, await self._queue.get()))

    async def _send(self, session: aiohttp.ClientSession, delivery: WebhookDelivery) -> None:
        for wait_s in (delivery.late_s, *RETRY_AFTER_S):
            await self._clock.sleep_s(wait_s)
            await _attempt(session, delivery)
            self._changed()
            if delivery.was_taken:
                return


async def _attempt(session: aiohttp.ClientSession, delivery: WebhookDelivery) -> None:
    delivery.attempts += 1
    hook = delivery.hook
    try:
        request = session.post(hook.url, data=delivery.body, headers=delivery.build_headers(), ssl=hook.verify_tls)
        async with request as answer:
            delivery.status = answer.status
    except (aiohttp.ClientError, TimeoutError):
        delivery.status = None
