"""One branch in a sentence: green or red, since when, by whom, and what can be done about it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.blocks import kit, status_blocks
from bot.circleci.branch_history import LOOKS, BranchHistory
from bot.circleci.links import Links
from bot.circleci.models import Project
from bot.circleci.snapshot import Snapshot
from bot.command import format_line
from bot.language import _
from bot.messages import Message
from bot.mrkdwn import as_code, as_link, cut, escape


def render(history: BranchHistory, project: Project, branch: str, *, breaker: str | None, links: Links) -> Message:
    """`breaker` is the Slack id of the person who pushed the first red pipeline, where we know it."""
    text = "\n".join(_format_lines(history, project, branch, breaker=breaker, links=links))
    return Message(text, [kit.section(text), kit.actions(list(_build_buttons(history, project, branch)))])


def _format_lines(
    history: BranchHistory, project: Project, branch: str, *, breaker: str | None, links: Links
) -> Iterator[str]:
    name = _("{branch} of {full_name}", branch=as_code(branch, 120), full_name=escape(project.full_name))
    first = history.breaker
    if first:
        streak = _(" ({count} in a row)", count=len(history.red)) if len(history.red) > 1 else ""
        yield _(
            ":x: {name} is *red* since {pipeline}{streak}",
            name=name,
            pipeline=_format_pipeline(first, links, breaker),
            streak=streak,
        )
        yield _format_last_green(history, links)
    elif history.green:
        yield _(
            ":white_check_mark: {name} is *green*: {pipeline}",
            name=name,
            pipeline=_format_pipeline(history.green, links, None),
        )
    else:
        yield _(":grey_question: {name} is neither green nor red: none of its pipelines has ended lately.", name=name)
    if not history.last_end or history.newest.pipeline.id != history.last_end.pipeline.id:
        status = status_blocks.get_label(history.newest.status)
        yield _("The newest, {number}, is *{status}*.", number=_format_number(history.newest, links), status=status)


def _format_last_green(history: BranchHistory, links: Links) -> str:
    if history.green is None:
        return _("None of its last {looks} pipelines was green.", looks=LOOKS)
    return _("The last green one is {pipeline}.", pipeline=_format_pipeline(history.green, links, None))


def _format_number(snapshot: Snapshot, links: Links) -> str:
    pipeline = snapshot.pipeline
    return as_link(links.pipeline_url(pipeline.project, pipeline.number), f"#{pipeline.number}")


def _format_pipeline(snapshot: Snapshot, links: Links, person: str | None) -> str:
    pipeline = snapshot.pipeline
    who = f"<@{person}>" if person else cut(escape(pipeline.author or pipeline.actor_login or ""), 80)
    subject = f"“{cut(escape(pipeline.subject), 120)}”" if pipeline.subject else ""
    when = status_blocks.format_ago(pipeline.created_at) if pipeline.created_at else ""
    return " · ".join(filter(None, [_format_number(snapshot, links), subject, who and _("by {who}", who=who), when]))


def _build_buttons(history: BranchHistory, project: Project, branch: str) -> Iterator[kit.Pressable]:
    slug = str(project.project)
    if history.red:
        yield kit.button(_("Why Did It Fail"), format_line("why", history.red[0].pipeline.id), style="primary")
    yield kit.button(_("Show Pipeline"), format_line("pipeline", history.newest.pipeline.id))
    yield kit.button(_("Show Recent"), format_line("recent", slug, branch=branch))
