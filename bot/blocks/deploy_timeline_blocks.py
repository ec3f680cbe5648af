"""What ran where in the last two weeks, in numbers."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import kit, project_blocks
from bot.blocks.measure import UNKNOWN
from bot.blocks.table import MOST_ROWS, build_table
from bot.circleci.deploy_timeline import LOOKS_BACK, DeployTimeline, TimelineRow
from bot.circleci.models import Project
from bot.language import _
from bot.language.formats import format_day, format_number
from bot.messages import Message
from bot.mrkdwn import as_bold, cut, format_leftover


def format_title(project: Project, *, plain: bool = False) -> str:
    """As mrkdwn, or plain for a picture, which knows no markup."""
    name = project.full_name if plain else project_blocks.format_name(project)
    return _("Deploys of {project}, last {days} days", project=name, days=LOOKS_BACK.days)


def render(title: str, labels: Sequence[str], timeline: DeployTimeline, *, is_cut: bool) -> Message:
    """`labels` name all the rows."""
    rows = [_build_row(*named, timeline) for named in zip(labels, timeline.rows, strict=True)]
    head = (_("Where"), _("Runs"), _("Since"), _("Deploys"), _("Went wrong"))
    cut_off = _("There were too many deploys to read them all: the oldest are missing.") if is_cut else ""
    notes = [_("What failed, or was rolled back later, went wrong."), cut_off, format_leftover(len(rows) - MOST_ROWS)]
    return Message(title, [kit.section(f":bar_chart: {as_bold(title)}"), build_table(head, rows), kit.context(*notes)])


def render_nothing(title: str) -> Message:
    said = _("Nothing was deployed: {title}.", title=title)
    return Message(said, [kit.section(said)])


def _build_row(label: str, row: TimelineRow, timeline: DeployTimeline) -> tuple[str, ...]:
    live = next((one for one in reversed(row.spans) if one.ended_at is None), None)
    counts = row.count(timeline.begins_at), row.count_bad(timeline.begins_at)
    return (
        label,
        cut(live.version or "?", 40) if live else UNKNOWN,
        format_day(live.began_at.date()) if live else UNKNOWN,
        *map(format_number, counts),
    )
