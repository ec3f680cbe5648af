"""When the jobs of a workflow waited and ran, in numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.blocks import kit, status_blocks
from bot.blocks.measure import format_seconds
from bot.blocks.table import MOST_ROWS, build_table
from bot.circleci.job_timeline import Bar, Timeline
from bot.language import _
from bot.mrkdwn import as_bold, as_code, format_leftover, join_first


def render_timeline(title: str, timeline: Timeline) -> list[kit.Block]:
    """The chain that decided how long it took, and every job."""
    return [
        kit.section(f":bar_chart: {as_bold(title)}: {format_seconds(timeline.length_s)}\n{_chain(timeline)}"),
        build_table(
            (_("Job"), _("Status"), _("Began after"), _("Queued"), _("Ran")), [_row(bar) for bar in timeline.bars]
        ),
        kit.context(
            _(
                "Critical: on the path that decides how long it takes. Queued: from the end of the last job it "
                "waits for."
            ),
            *_list_notes(timeline),
        ),
    ]


def _list_notes(timeline: Timeline) -> Iterator[str]:
    if timeline.reused_jobs:
        yield _("Done by an earlier run, not repeated: {jobs}.", jobs=_format_names(timeline.reused_jobs))
    if timeline.waiting:
        yield _("Never began: {jobs}.", jobs=_format_names(timeline.waiting))
    yield format_leftover(len(timeline.bars) - MOST_ROWS)


def _chain(timeline: Timeline) -> str:
    told = " → ".join(f"{as_code(bar.name, 60)} {format_seconds(bar.ran_s)}" for bar in timeline.critical[:12])
    queued_s = sum(bar.queued_s for bar in timeline.critical)
    if queued_s < 1:
        return _("Critical path: {jobs}", jobs=told)
    return _("Critical path: {jobs}, of which {span} in the queue", jobs=told, span=format_seconds(queued_s))


def _row(bar: Bar) -> tuple[str, ...]:
    ran = _("{span} so far", span=format_seconds(bar.ran_s)) if bar.goes_on else format_seconds(bar.ran_s)
    queued = "" if bar.is_hold else format_seconds(bar.queued_s)
    return (
        _("{job} (critical)", job=bar.name) if bar.critical else bar.name,
        status_blocks.get_label(bar.status),
        format_seconds(bar.started_s),
        queued,
        ran,
    )


def _format_names(names: Sequence[str]) -> str:
    return join_first([as_code(name, 60) for name in names], 12)
