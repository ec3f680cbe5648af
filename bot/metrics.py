"""What Prometheus may know of us: counts that this process keeps, and readings taken when somebody scrapes.

Nothing here is global: a process has one Metrics, made in bot/app/core.py and passed to what counts. No label names a
person, a channel, a project or a token, and each has a limited number of values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cache
from typing import TypeAlias

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot import __version__

CONTENT_TYPE = CONTENT_TYPE_LATEST

Values: TypeAlias = tuple[str, ...]

_ANY: Values = ()
"""Of a label whose values are not listed here."""


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A metric that we expose: the `question` it answers, and each label with its values.

    Series whose values are known are there from the start, so that a query has an answer before anything happened.
    """

    kind: type[Counter | Gauge | Histogram]
    name: str
    question: str
    labels: Mapping[str, Values] = field(default_factory=dict)
    buckets: tuple[float, ...] = ()

    def build(self, registry: CollectorRegistry) -> Counter | Gauge | Histogram:
        metric: Counter | Gauge | Histogram
        if self.kind is Histogram:
            metric = Histogram(self.name, self.question, list(self.labels), registry=registry, buckets=self.buckets)
        else:
            metric = self.kind(self.name, self.question, list(self.labels), registry=registry)
        for series in self._list_known_series():
            metric.labels(*series)
        return metric

    def _list_known_series(self) -> Iterator[Values]:
        """None where a label may have any value."""
        series: list[Values] = [()] if self.labels else []
        for values in self.labels.values():
            series = [(*one, value) for one in series for value in values]
        return iter(series)


_LATE_S = (1.0, 2.0, 3.0, 5.0, 7.5, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 120.0, 300.0, 900.0, 3600.0)
_ACK_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0)
"""Slack waits 3 seconds."""
_SHORT_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

ROWS = (
    MetricRow(
        Histogram,
        "circlebot_outcome_to_post_seconds",
        "How long after a workflow's end, as CircleCI dates it, does Slack have each message about it?"
        " `webhook`: one had told of the end before it was read",
        {"found_by": ("polling", "webhook")},
        _LATE_S,
    ),
    MetricRow(
        Histogram,
        "circlebot_slack_ack_seconds",
        "How long does Slack wait for our acknowledgement? A form may take two seconds on purpose",
        {"kind": ("command", "action", "view", "event", "shortcut", "options")},
        _ACK_S,
    ),
    MetricRow(
        Counter,
        "circlebot_slack_messages_total",
        "How does Slack answer posts and updates? `lost`: nobody knows whether it arrived; `gone`: never",
        {"result": ("sent", "retry", "lost", "gone")},
    ),
    MetricRow(Gauge, "circlebot_outbox_backlog", "How many notices does Slack not have yet, those for later too?"),
    MetricRow(
        Gauge,
        "circlebot_outbox_oldest_seconds",
        "How old is the oldest notice that is due and not sent?",
    ),
    MetricRow(Gauge, "circlebot_cards_outdated", "How many cards does Slack show in an old state, or not at all?"),
    MetricRow(Gauge, "circlebot_cards_oldest_seconds", "How old is the oldest card that is due and was never posted?"),
    MetricRow(
        Counter,
        "circlebot_polls_total",
        "What do looks at CircleCI find? `refused`: hidden, or no token may; `limited`: we are to wait",
        {
            "of": ("project", "organisation"),
            "result": ("changed", "unchanged", "failed", "refused", "limited"),
        },
    ),
    MetricRow(Gauge, "circlebot_poll_lag_seconds", "How late is the most overdue project looked at?"),
    MetricRow(
        Counter, "circlebot_circleci_requests_total", "How does CircleCI answer? 0: it does not", {"status": _ANY}
    ),
    MetricRow(
        Counter,
        "circlebot_circleci_left_out_total",
        "How many members of CircleCI's lists could not be read? The log says once which fields were odd",
    ),
    MetricRow(
        Counter,
        "circlebot_circleci_v3_fallbacks_total",
        "What did API v2 answer, because v3 could not? `missing`: v3 knows nothing of it",
        {"family": _ANY, "reason": ("gone", "missing", "refused", "limited", "unreadable", "unavailable")},
    ),
    MetricRow(
        Gauge,
        "circlebot_circleci_hour_requests",
        "How often did a workspace's tokens poll in the last hour? `service`: CIRCLECI_TOKEN",
        {"workspace": _ANY},
    ),
    MetricRow(
        Gauge,
        "circlebot_circleci_hour_limit",
        "How often may they in an hour? What CircleCI says, else 5000 each",
        {"workspace": _ANY},
    ),
    MetricRow(
        Gauge,
        "circlebot_circleci_hour_busiest",
        "What part of its hour has the busiest of them used? 1 is all of it",
        {"workspace": _ANY},
    ),
    MetricRow(
        Gauge,
        "circlebot_webhooks",
        "Do the webhooks that we installed tell all that polling finds? Then they are trusted",
        {"state": ("trusted", "untrusted")},
    ),
    MetricRow(Gauge, "circlebot_slack_connected", "Can Slack reach this process? 1 or 0; over HTTP always 1"),
    MetricRow(
        Counter,
        "circlebot_commands_total",
        "What do people ask for, and does it work (`done`, `refused`, `crashed`)?",
        {"command": _ANY, "outcome": _ANY},
    ),
    MetricRow(
        Gauge,
        "circlebot_loop_age_seconds",
        "How long ago did each loop of this process last turn well, or begin?",
        {"loop": _ANY},
    ),
    MetricRow(
        Gauge,
        "circlebot_loop_rest_seconds",
        "How long may it rest after that turn, if nothing wakes it?",
        {"loop": _ANY},
    ),
    MetricRow(
        Histogram,
        "circlebot_transaction_seconds",
        "How long do transactions of the database take, the wait for a connection and for the lock included?",
        {"kind": ("read", "write")},
        _SHORT_S,
    ),
    MetricRow(
        Histogram,
        "circlebot_event_loop_lag_seconds",
        "How much later than asked does the event loop come back to what sleeps?",
        buckets=_SHORT_S,
    ),
    MetricRow(
        Gauge,
        "circlebot_secrets_under_later_key",
        "How many secrets does only a later one of ENCRYPTION_KEYS open? Counted once an hour, if there is one",
    ),
    MetricRow(Gauge, "circlebot_build_info", "Which release runs? Always 1", {"version": (__version__,)}),
)


@dataclass(frozen=True, slots=True)
class HourlyUsage:
    """What tokens of a workspace asked of CircleCI in the last hour, what they may, and the part of the busiest one."""

    requests: int
    limit: int
    busiest: float


@dataclass(frozen=True, slots=True)
class LoopAge:
    """`age_s` since it last turned well; it may rest for `rest_s`."""

    age_s: float
    rest_s: float


@dataclass(frozen=True, slots=True)
class Readings:
    """What is so at the moment of a scrape, as the metrics of these names say it.

    `hours` are by workspace, `loops` by name: those that run in this process.
    """

    outbox_backlog: int = 0
    outbox_oldest_s: float = 0.0
    cards_outdated: int = 0
    cards_oldest_s: float = 0.0
    poll_lag_s: float = 0.0
    slack_connected: bool = False
    webhooks_trusted: int = 0
    webhooks_untrusted: int = 0
    hours: Mapping[str, HourlyUsage] = field(default_factory=dict)
    loops: Mapping[str, LoopAge] = field(default_factory=dict)


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        built = {row.name: row.build(self.registry) for row in ROWS}
        self._counters = {name: one for name, one in built.items() if isinstance(one, Counter)}
        self._gauges = {name: one for name, one in built.items() if isinstance(one, Gauge)}
        self._histograms = {name: one for name, one in built.items() if isinstance(one, Histogram)}
        self._timed: Callable[..., Histogram] = cache(Histogram.labels)  # which looks for them as long as they count
        self._gauges["circlebot_build_info"].labels(__version__).set(1)

    def count_command(self, command: str, outcome: str) -> None:
        self._counters["circlebot_commands_total"].labels(command, outcome).inc()

    def count_circleci_answer(self, status: int) -> None:
        self._counters["circlebot_circleci_requests_total"].labels(str(status)).inc()

    def count_left_out(self, count: int) -> None:
        self._counters["circlebot_circleci_left_out_total"].inc(count)

    def count_v3_fallback(self, family: str, reason: str) -> None:
        self._counters["circlebot_circleci_v3_fallbacks_total"].labels(family, reason).inc()

    def count_slack_answer(self, result: str) -> None:
        self._counters["circlebot_slack_messages_total"].labels(result).inc()

    def count_poll(self, of: str, result: str) -> None:
        self._counters["circlebot_polls_total"].labels(of, result).inc()

    def record_post(self, found_by: str, seconds: float) -> None:
        self._timed(self._histograms["circlebot_outcome_to_post_seconds"], found_by).observe(seconds)

    def record_event_loop_lag(self, seconds: float) -> None:
        self._histograms["circlebot_event_loop_lag_seconds"].observe(seconds)

    def record_ack(self, kind: str) -> AbstractContextManager[object]:
        """For the block in which a payload of Slack's is acknowledged."""
        return self._timed(self._histograms["circlebot_slack_ack_seconds"], kind).time()

    def record_transaction(self, kind: str) -> AbstractContextManager[object]:
        return self._timed(self._histograms["circlebot_transaction_seconds"], kind).time()

    def set_secrets_under_later_key(self, count: int) -> None:
        self._gauges["circlebot_secrets_under_later_key"].set(count)

    def render(self, readings: Readings) -> bytes:
        """The page in Prometheus' text format."""
        plain = {
            "outbox_backlog": readings.outbox_backlog,
            "outbox_oldest_seconds": readings.outbox_oldest_s,
            "cards_outdated": readings.cards_outdated,
            "cards_oldest_seconds": readings.cards_oldest_s,
            "poll_lag_seconds": readings.poll_lag_s,
            "slack_connected": readings.slack_connected,
        }
        for name, value in plain.items():
            self._gauges[f"circlebot_{name}"].set(value)
        webhooks = {"trusted": readings.webhooks_trusted, "untrusted": readings.webhooks_untrusted}
        hours, loops = readings.hours.items(), readings.loops.items()
        self._replace("webhooks", webhooks)
        self._replace("circleci_hour_requests", {workspace: hour.requests for workspace, hour in hours})
        self._replace("circleci_hour_limit", {workspace: hour.limit for workspace, hour in hours})
        self._replace("circleci_hour_busiest", {workspace: hour.busiest for workspace, hour in hours})
        self._replace("loop_age_seconds", {name: loop.age_s for name, loop in loops})
        self._replace("loop_rest_seconds", {name: loop.rest_s for name, loop in loops})
        return generate_latest(self.registry)

    def _replace(self, name: str, values: Mapping[str, float]) -> None:
        """What is not named any more has no series any more."""
        gauge = self._gauges[f"circlebot_{name}"]
        gauge.clear()
        for label, value in values.items():
            gauge.labels(label).set(value)
