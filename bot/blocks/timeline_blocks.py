"""When the jobs of a workflow waited and ran, in numbers."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import kit, status_blocks
from bot.blocks.measure import seconds
from bot.blocks.table import MOST_ROWS, table
from bot.circleci.job_timeline import Bar, Timeline
from bot.mrkdwn import bold, code


def timeline_of(title: str, timeline: Timeline) -> list[kit.Block]:
    """The chain that decided how long it took, and every job."""
    more = f"{len(timeline.bars) - MOST_ROWS} more are left out." if len(timeline.bars) > MOST_ROWS else ""
    return [
        kit.section(f":bar_chart: {bold(title)}: {seconds(timeline.length_s)}\n{_chain(timeline)}"),
        table(("Job", "Status", "Began after", "Queued", "Ran", "Critical"), [_row(bar) for bar in timeline.bars]),
        kit.context(
            "Queued: from when nothing stood in its way any more until it started.",
            _named("Done by an earlier run, not repeated", timeline.kept),
            _named("Never began", timeline.waiting),
            more,
        ),
    ]


def _chain(timeline: Timeline) -> str:
    told = " → ".join(f"{code(bar.name, 60)} {seconds(bar.ran_s)}" for bar in timeline.critical[:12])
    queued_s = sum(bar.queued_s for bar in timeline.critical)
    waited = f", of which {seconds(queued_s)} in the queue" if queued_s >= 1 else ""
    return f"Critical path: {told}{waited}"


def _row(bar: Bar) -> tuple[str, ...]:
    ran = f"{seconds(bar.ran_s)} so far" if bar.goes_on else seconds(bar.ran_s)
    queued = "" if bar.is_hold else seconds(bar.queued_s)
    return bar.name, status_blocks.word(bar.status), seconds(bar.started_s), queued, ran, "yes" if bar.critical else ""


def _named(said: str, names: Sequence[str]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return f"{said}: {', '.join(code(name, 60) for name in names[:12])}{more}."
