"""One branch in a sentence: green or red, since when, by whom, and what can be done about it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.blocks import kit, person_blocks, status_blocks
from bot.circleci.branch_history import LOOKS, BranchHistory
from bot.circleci.links import Links
from bot.circleci.models import Project
from bot.circleci.snapshot import Snapshot
from bot.command import format_line
from bot.language import _, ngettext
from bot.messages import Message
from bot.mrkdwn import as_code, as_link, cut, escape


def render(history: BranchHistory, project: Project, branch: str, *, links: Links) -> Message:
    text = "\n".join(_format_lines(history, project, branch, links=links))
    return Message(text, [kit.section(text), kit.actions(list(_build_buttons(history, project, branch)))])


def _format_lines(history: BranchHistory, project: Project, branch: str, *, links: Links) -> Iterator[str]:
    names = {"branch": as_code(branch, 120), "project": escape(project.full_name)}
    if first := history.breaker:
        red = _(
            ":x: {branch} of {project} is *red* since {pipeline}",
            **names,
            pipeline=_format_pipeline(first, links),
        )
        yield f"{red}{_format_streak(history)}"
        yield _format_last_green(history, links)
    elif history.green:
        pipeline = _format_pipeline(history.green, links)
        yield _(":white_check_mark: {branch} of {project} is *green*: {pipeline}", **names, pipeline=pipeline)
    else:
        yield _(
            ":grey_question: {branch} of {project} is neither green nor red: none of its pipelines has ended lately.",
            **names,
        )
    if not history.last_end or history.newest.pipeline.id != history.last_end.pipeline.id:
        status = status_blocks.get_label(history.newest.status)
        yield _(
            "Status of the newest, {number}: *{status}*.", number=_format_number(history.newest, links), status=status
        )


def _format_streak(history: BranchHistory) -> str:
    count = len(history.red)
    streak = ngettext("{count} pipeline in a row", "{count} pipelines in a row", count)
    return f" ({streak})" if count > 1 else ""


def _format_last_green(history: BranchHistory, links: Links) -> str:
    if history.green is None:
        return _("None of its last {count} pipelines was green.", count=LOOKS)
    return _("The last green one is {pipeline}.", pipeline=_format_pipeline(history.green, links))


def _format_number(snapshot: Snapshot, links: Links) -> str:
    pipeline = snapshot.pipeline
    return as_link(links.pipeline_url(pipeline.project, pipeline.number), f"#{pipeline.number}")


def _format_pipeline(snapshot: Snapshot, links: Links) -> str:
    pipeline = snapshot.pipeline
    who = person_blocks.format_starter(pipeline)
    subject = _("“{subject}”", subject=cut(escape(pipeline.subject), 120)) if pipeline.subject else ""
    when = status_blocks.format_ago(pipeline.created_at) if pipeline.created_at else ""
    return " · ".join(filter(None, [_format_number(snapshot, links), subject, who and _("by {who}", who=who), when]))


def _build_buttons(history: BranchHistory, project: Project, branch: str) -> Iterator[kit.Pressable]:
    slug = str(project.project)
    if history.red:
        yield kit.button(_("Why Did It Fail"), format_line("why", history.red[0].pipeline.id), style="primary")
    yield kit.button(_("Show Pipeline"), format_line("pipeline", history.newest.pipeline.id))
    yield kit.button(_("Show Recent"), format_line("recent", slug, branch=branch))
