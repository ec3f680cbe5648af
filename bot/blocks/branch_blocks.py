"""One branch in a sentence: green or red, since when, by whom, and what can be done about it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.blocks import kit, status_blocks
from bot.circleci.branch_history import LOOKS, BranchHistory
from bot.circleci.links import Links
from bot.circleci.models import Project
from bot.circleci.snapshot import Snapshot
from bot.command import format_line
from bot.messages import Message
from bot.mrkdwn import as_code, as_link, cut, escape


def render(history: BranchHistory, project: Project, branch: str, *, breaker: str | None, links: Links) -> Message:
    """`breaker` is the Slack id of the person who pushed the first red pipeline, where we know it."""
    text = "\n".join(_format_lines(history, project, branch, breaker=breaker, links=links))
    return Message(text, [kit.section(text), kit.actions(list(_build_buttons(history, project, branch)))])


def _format_lines(
    history: BranchHistory, project: Project, branch: str, *, breaker: str | None, links: Links
) -> Iterator[str]:
    name = f"{as_code(branch, 120)} of {escape(project.full_name)}"
    first = history.breaker
    if first:
        streak = f" ({len(history.red)} in a row)" if len(history.red) > 1 else ""
        yield f":x: {name} is *red* since {_format_pipeline(first, links, breaker)}{streak}"
        yield _format_last_green(history, links)
    elif history.green:
        yield f":white_check_mark: {name} is *green*: {_format_pipeline(history.green, links, None)}"
    else:
        yield f":grey_question: {name} is neither green nor red: none of its pipelines has ended lately."
    if not history.last_end or history.newest.pipeline.id != history.last_end.pipeline.id:
        status = status_blocks.get_label(history.newest.status)
        yield f"The newest, {_format_number(history.newest, links)}, is *{status}*."


def _format_last_green(history: BranchHistory, links: Links) -> str:
    if history.green is None:
        return f"None of its last {LOOKS} pipelines was green."
    return f"The last green one is {_format_pipeline(history.green, links, None)}."


def _format_number(snapshot: Snapshot, links: Links) -> str:
    pipeline = snapshot.pipeline
    return as_link(links.pipeline_url(pipeline.project, pipeline.number), f"#{pipeline.number}")


def _format_pipeline(snapshot: Snapshot, links: Links, person: str | None) -> str:
    pipeline = snapshot.pipeline
    who = f"<@{person}>" if person else cut(escape(pipeline.author or pipeline.actor_login or ""), 80)
    subject = f"“{cut(escape(pipeline.subject), 120)}”" if pipeline.subject else ""
    when = status_blocks.format_ago(pipeline.created_at) if pipeline.created_at else ""
    return " · ".join(filter(None, [_format_number(snapshot, links), subject, who and f"by {who}", when]))


def _build_buttons(history: BranchHistory, project: Project, branch: str) -> Iterator[kit.Pressable]:
    slug = str(project.project)
    if history.red:
        yield kit.button("Why Did It Fail", format_line("why", history.red[0].pipeline.id), style="primary")
    yield kit.button("Show Pipeline", format_line("pipeline", history.newest.pipeline.id))
    yield kit.button("Show Recent", format_line("recent", slug, branch=branch))
