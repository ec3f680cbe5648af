"""What ran where in the last two weeks, in numbers."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import kit, project_blocks
from bot.blocks.table import MOST_ROWS
from bot.circleci.deploy_timeline import LOOKS_BACK, DeployTimeline, TimelineRow
from bot.circleci.models import Project
from bot.language import _, ngettext
from bot.language.formats import format_day
from bot.messages import Message
from bot.mrkdwn import as_bold, as_code, cut, escape, format_leftover
from bot.untrusted.invisible_marks import to_one_line

_LABEL = 120
_ROOM = kit.ROOM - 2_000
"""Characters of the lines, beside buttons and notes."""


def format_title(project: Project, *, plain: bool = False) -> str:
    """As mrkdwn, or plain for a picture, which knows no markup."""
    name = project.full_name if plain else project_blocks.format_name(project)
    return _("Deploys of {project}, last {days} days", project=name, days=LOOKS_BACK.days)


def render(title: str, labels: Sequence[str], timeline: DeployTimeline, *, is_cut: bool) -> Message:
    """`labels` name all the rows. They are lines, since a phone shows few columns of a table and cuts the rest."""
    rows = [_format_row(*named, timeline) for named in zip(labels, timeline.rows, strict=True)]
    cut_off = _("There were too many deploys to read them all: the oldest are missing.") if is_cut else ""
    shown = kit.take_fitting(_ROOM, rows[:MOST_ROWS])
    notes = [_("What failed, or was rolled back later, went wrong."), cut_off, format_leftover(len(rows) - len(shown))]
    lines = kit.build_sections(shown)
    return Message(title, [kit.section(f":bar_chart: {as_bold(title)}"), *lines, kit.context(*notes)])


def render_nothing(title: str) -> Message:
    said = _("Nothing was deployed: {title}.", title=title)
    return Message(said, [kit.section(said)])


def _format_row(label: str, row: TimelineRow, timeline: DeployTimeline) -> str:
    live = next((one for one in reversed(row.spans) if one.ended_at is None), None)
    place, bad = as_bold(escape(cut(to_one_line(label), _LABEL))), row.count_bad(timeline.begins_at)
    runs = (
        _(
            "{place} runs {version} since {day}",
            place=place,
            version=as_code(live.version or "?", 40),
            day=format_day(live.began_at.date()),
        )
        if live
        else _("{place}: I know of nothing that runs there", place=place)
    )
    tried = ngettext("{count} deploy", "{count} deploys", row.count(timeline.begins_at))
    wrong = ngettext("{count} went wrong", "{count} went wrong", bad) if bad else ""
    return " · ".join(filter(None, [runs, tried, wrong]))
