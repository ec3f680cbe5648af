"""What a picture shows, as plain values, and in words for those who do not see it. Nothing here draws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.blocks import status_blocks
from bot.blocks.deploy_report_blocks import format_ran
from bot.blocks.measure import format_credits, format_percent, format_rate, format_seconds
from bot.circleci.daily_runs import DailyStats
from bot.circleci.deploy_metrics import DeployMetrics
from bot.circleci.deploy_timeline import DeployTimeline, TimelineRow
from bot.circleci.deploy_verdicts import DeployVerdict
from bot.circleci.job_timeline import Bar, Timeline
from bot.circleci.models import RunMetrics
from bot.language import N_, _, ngettext
from bot.language.formats import format_day
from bot.mrkdwn import cut


@dataclass(frozen=True, slots=True)
class HealthChart:
    """How a workflow fared, day by day, below the numbers that CircleCI made of it."""

    title: str
    days: DailyStats
    metrics: RunMetrics

    @property
    def alt(self) -> str:
        first, last = self.days.days[0].date, self.days.days[-1].date
        return _(
            "Bar charts by day, {first_day} to {last_day}: {title}. {runs}. {durations}. {recovery_and_credits}.",
            first_day=format_day(first),
            last_day=format_day(last, year=True),
            title=self.title,
            runs=format_passed(self.metrics),
            durations=format_durations(self.metrics),
            recovery_and_credits=format_recovery_and_credits(self.metrics),
        )


def format_passed(metrics: RunMetrics) -> str:
    share = format_percent(metrics.success_rate)
    told = [
        ngettext("{share} of {count} run passed", "{share} of {count} runs passed", metrics.total_runs, share=share)
    ]
    if metrics.throughput is not None:
        told.append(_("{runs} a day", runs=format_rate(metrics.throughput)))
    return ", ".join(told)


def format_durations(metrics: RunMetrics) -> str:
    took = metrics.duration_metrics
    if metrics.total_runs == 1:
        return _("It took {duration}", duration=format_seconds(took.median))
    return _("Median {median}, p95 {p95}", median=format_seconds(took.median), p95=format_seconds(took.p95))


def format_recovery_and_credits(metrics: RunMetrics) -> str:
    recovery = (
        _("No recovery")
        if metrics.mttr is None
        else _("Time to recovery {duration}", duration=format_seconds(metrics.mttr))
    )
    return f"{recovery}, {format_credits(metrics.total_credits_used)}"


@dataclass(frozen=True, slots=True)
class RankingRow:
    """One workflow or job: its share of success and what it took, in seconds."""

    name: str
    success_rate: float | None
    runs: int
    median_s: float | None
    p95_s: float | None


@dataclass(frozen=True, slots=True)
class RankingChart:
    """Several workflows or jobs side by side: how reliable, and how slow."""

    title: str
    rows: tuple[RankingRow, ...]

    @property
    def alt(self) -> str:
        return _(
            "Bars of success and duration: {title}. {rows}.",
            title=self.title,
            rows="; ".join(map(_format_row, self.rows)),
        )


def _format_row(row: RankingRow) -> str:
    if not row.runs:
        return _("{name}: no runs", name=row.name)
    return ngettext(
        "{name}: {share} of {count} run passed, median {duration}",
        "{name}: {share} of {count} runs passed, median {duration}",
        row.runs,
        name=row.name,
        share=format_percent(row.success_rate),
        duration=format_seconds(row.median_s),
    )


@dataclass(frozen=True, slots=True)
class GanttChart:
    """The jobs of one workflow over time."""

    title: str
    timeline: Timeline

    @property
    def alt(self) -> str:
        chain = " → ".join(f"{bar.name} {format_seconds(bar.ran_s)}" for bar in self.timeline.critical)
        bars = "; ".join(_format_bar(bar) for bar in self.timeline.bars)
        return _(
            "Timeline of {title}, {duration} long. Critical path: {jobs_of_it}. Jobs: {jobs}.",
            title=self.title,
            duration=format_seconds(self.timeline.length_s),
            jobs_of_it=chain,
            jobs=bars,
        )


def _format_bar(bar: Bar) -> str:
    ran = format_seconds(bar.ran_s)
    facts = [
        status_blocks.get_label(bar.status),
        _("{duration} so far", duration=ran) if bar.goes_on else _("took {duration}", duration=ran),
    ]
    facts += [_("{duration} in the queue", duration=format_seconds(bar.queued_s))] if bar.queued_s >= 1 else []
    return f"{bar.name}: {', '.join(facts)}"


@dataclass(frozen=True, slots=True)
class DeployChart:
    """How the deploys to one environment fared, week by week."""

    title: str
    metrics: DeployMetrics

    @property
    def alt(self) -> str:
        return _(
            "Charts by week, {first_day} to {last_day}: {title}. {frequency}. {failures}. {lead_time}. {restored}.",
            first_day=format_day(self.metrics.weeks[0].begins_at.date()),
            last_day=format_day(self.metrics.ends_at.date(), year=True),
            title=self.title,
            frequency=format_frequency(self.metrics),
            failures=format_failures(self.metrics),
            lead_time=format_lead_time(self.metrics),
            restored=format_restored(self.metrics),
        )


def format_frequency(metrics: DeployMetrics) -> str:
    told = [format_ran(metrics.ran)]
    if metrics.a_week is not None:
        told.append(_("{deploys} a week", deploys=format_rate(metrics.a_week)))
    return ", ".join(told)


def format_failures(metrics: DeployMetrics) -> str:
    share = format_percent(metrics.failure_share)
    return ngettext(
        "{share} of {count} attempt went wrong", "{share} of {count} attempts went wrong", metrics.deploys, share=share
    )


def format_lead_time(metrics: DeployMetrics) -> str:
    if not metrics.lead.count:
        return _("No lead time is known")
    return ngettext(
        "Lead time: median {median}, p90 {p90}, of {count} commit",
        "Lead time: median {median}, p90 {p90}, of {count} commits",
        metrics.lead.count,
        median=format_seconds(metrics.lead.median),
        p90=format_seconds(metrics.lead.p90),
    )


def format_restored(metrics: DeployMetrics) -> str:
    if not metrics.outages:
        return _("Nothing to restore")
    if not metrics.restore.count:
        return _("Not restored yet")
    return ngettext(
        "Time to restore: median {median}, p90 {p90}, of {count} time",
        "Time to restore: median {median}, p90 {p90}, of {count} times",
        metrics.restore.count,
        median=format_seconds(metrics.restore.median),
        p90=format_seconds(metrics.restore.p90),
    )


@dataclass(frozen=True, slots=True)
class DeployTimelineChart:
    """What ran where lately; `labels` name the first rows, as many as are drawn."""

    title: str
    labels: Sequence[str]
    timeline: DeployTimeline

    @property
    def alt(self) -> str:
        rows = zip(self.labels, self.timeline.rows, strict=False)
        return _(
            "Timeline of deploys, {first_day} to {last_day}: {title}. {rows}.",
            first_day=format_day(self.timeline.begins_at.date()),
            last_day=format_day(self.timeline.ends_at.date(), year=True),
            title=self.title,
            rows="; ".join(f"{label}: {', '.join(list(_list_events(row))[-_MOST_EVENTS:])}" for label, row in rows),
        )


_MOST_EVENTS = 6
"""Of one place that are read out, the newest ones."""


def _list_events(row: TimelineRow) -> Iterator[str]:
    spans = [(one.began_at, _SPAN_WORDS[one.verdict], one.version) for one in row.spans]
    marks = [(one.at, _MARK_WORDS.get(one.state, _UNDER_WAY), one.version) for one in row.marks]
    for at, word, version in sorted([*spans, *marks]):
        yield _(word, version=cut(version or "?", 40), day=format_day(at.date()))


_SPAN_WORDS = {
    DeployVerdict.DEPLOYED: N_("{version} deployed on {day}"),
    DeployVerdict.ROLLED_BACK: N_("{version} deployed on {day} and rolled back"),
    DeployVerdict.RETURNED: N_("{version} brought back on {day}"),
}
_MARK_WORDS = {"failed": N_("{version} failed on {day}"), "canceled": N_("{version} canceled on {day}")}
_UNDER_WAY = N_("{version} under way since {day}")
