"""Delivers payloads by socket or HTTP, records each delivery, and redelivers events."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from sandbox.slack.delivery.ack import Ack, PayloadKind, Retry
from sandbox.slack.delivery.signed_http import SignedHttp
from sandbox.slack.delivery.sockets import AppSockets
from sandbox.virtual_clock import SandboxClock

MOST_RECORDED = 2000


class AppDeliveries:
    """`records` lists the deliveries, each with the time to its ack; for the state and for tests."""

    def __init__(
        self,
        clock: SandboxClock,
        sockets: AppSockets,
        http: SignedHttp | None,
        *,
        retry_delays_s: Sequence[float],
        on_change: Callable[[], None],
        mark: Callable[[PayloadKind, dict[str, Any]], dict[str, Any]],
    ) -> None:
        self._clock = clock
        self._sockets = sockets
        self._http = http
        self._retry_delays_s = retry_delays_s
        self._on_change = on_change
        self._mark = mark
        self.records: deque[dict[str, Any]] = deque(maxlen=MOST_RECORDED)

    @property
    def is_connected(self) -> bool:
        """Whether there is any way to the app."""
        return self._http is not None or self._sockets.is_ready

    async def deliver(self, kind: PayloadKind, payload: dict[str, Any], retry: Retry | None = None) -> Ack:
        """Send one payload: over a socket where one is open, else to the events URL. Events are marked already."""
        began_s = self._clock.monotonic()
        payload = payload if kind == "events_api" else self._mark(kind, payload)
        way = self._sockets if self._http is None or self._sockets.is_ready else self._http
        ack = await way.deliver(kind, payload, retry)
        self._record(kind, payload, retry, ack, self._clock.monotonic() - began_s)
        return ack

    async def deliver_event(self, payload: dict[str, Any]) -> Ack:
        """Send an event, and again after each delay as long as it was not acknowledged in time."""
        ack = await self.deliver("events_api", payload)
        for number, delay_s in enumerate(self._retry_delays_s, start=1):
            if ack.ok or ack.no_retry:
                break
            await self._clock.sleep_s(delay_s)
            ack = await self.deliver("events_api", payload, Retry(number, ack.reason))
        return ack

    def _record(self, kind: PayloadKind, payload: dict[str, Any], retry: Retry | None, ack: Ack, took_s: float) -> None:
        self.records.append(
            {
                "kind": kind,
                "type": _what(kind, payload),
                "outcome": ack.outcome,
                "reason": ack.reason,
                "retry": retry.number if retry else 0,
                "ack_s": round(took_s, 4),
                "at": self._clock.now().isoformat(),
                "body": ack.body,
            },
        )
        self._on_change()


def _what(kind: PayloadKind, payload: dict[str, Any]) -> str:
    if kind == "slash_commands":
        return f"{payload['command']} {payload['text']}".strip()
    return str(payload["event"]["type"] if kind == "events_api" else payload["type"])
