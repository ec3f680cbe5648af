"""What Prometheus may know of us: counts that this process keeps, and readings taken when somebody scrapes.

Nothing here is global: a process has one Metrics, made in bot/app/core.py and passed to what counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

CONTENT_TYPE = CONTENT_TYPE_LATEST


@dataclass(frozen=True, slots=True)
class HourlyUsage:
    """What tokens of a workspace asked of CircleCI in the last hour, what they may, and the part of the busiest one."""

    requests: int
    limit: int
    busiest: float


@dataclass(frozen=True, slots=True)
class Readings:
    """What is so at the moment of a scrape.

    `outbox_backlog` counts notices that Slack does not have yet, `poll_lag_s` is how late the most overdue project is,
    `hours` are by workspace.
    """

    outbox_backlog: int = 0
    poll_lag_s: float = 0.0
    slack_connected: bool = False
    webhooks_trusted: int = 0
    webhooks_untrusted: int = 0
    hours: Mapping[str, HourlyUsage] = field(default_factory=dict)


_HOUR = {
    "requests": "Requests to CircleCI in the last hour with a workspace's tokens that poll (`service`: CIRCLECI_TOKEN)",
    "limit": "How many these tokens may make in an hour: what CircleCI says, else 5000 each",
    "busiest": "The part of its hour that the busiest of these tokens has used, 1 is all of it",
}


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._commands = Counter(
            "circlebot_commands",
            "Requests of people, by command and outcome (done, refused, crashed)",
            ["command", "outcome"],
            registry=self.registry,
        )
        self._circleci = Counter(
            "circlebot_circleci_requests",
            "Requests to CircleCI by HTTP status; 0 is one without an answer",
            ["status"],
            registry=self.registry,
        )
        self._left_out = Counter(
            "circlebot_circleci_left_out",
            "Members of CircleCI's lists that could not be read; the log says once which fields were odd",
            registry=self.registry,
        )
        self._slack = Counter(
            "circlebot_slack_messages",
            "Posts and updates of delivery by result (sent, retry, lost, gone)",
            ["result"],
            registry=self.registry,
        )
        self._backlog = self._add_gauge("circlebot_outbox_backlog", "Notices that Slack does not have yet")
        self._lag = self._add_gauge("circlebot_poll_lag_seconds", "How late the most overdue project is looked at")
        self._webhooks = Gauge(
            "circlebot_webhooks",
            "Webhooks that we installed: trusted tell all that polling finds, the others not (yet, or any more)",
            ["state"],
            registry=self.registry,
        )
        self._hour = {
            name: Gauge(f"circlebot_circleci_hour_{name}", text, ["workspace"], registry=self.registry)
            for name, text in _HOUR.items()
        }
        self._connected = self._add_gauge("circlebot_slack_connected", "1 while Slack can reach this process")

    def count_command(self, command: str, outcome: str) -> None:
        self._commands.labels(command, outcome).inc()

    def count_circleci_answer(self, status: int) -> None:
        self._circleci.labels(str(status)).inc()

    def count_left_out(self, count: int) -> None:
        self._left_out.inc(count)

    def count_slack_answer(self, result: str) -> None:
        self._slack.labels(result).inc()

    def render(self, readings: Readings) -> bytes:
        """The page in Prometheus' text format."""
        self._backlog.set(readings.outbox_backlog)
        self._lag.set(readings.poll_lag_s)
        self._connected.set(readings.slack_connected)
        self._webhooks.labels("trusted").set(readings.webhooks_trusted)
        self._webhooks.labels("untrusted").set(readings.webhooks_untrusted)
        for name, gauge in self._hour.items():
            gauge.clear()
            for workspace, hour in readings.hours.items():
                gauge.labels(workspace).set(getattr(hour, name))
        return generate_latest(self.registry)

    def _add_gauge(self, name: str, text: str) -> Gauge:
        return Gauge(name, text, registry=self.registry)
