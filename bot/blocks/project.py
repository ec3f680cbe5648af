"""Projects: how one is called, and the list of those that a person can see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.blocks import kit
from bot.blocks.pager import pager
from bot.circleci.models import Project
from bot.command import line
from bot.domain import ProjectSlug
from bot.mrkdwn import code, cut, escape

PAGE = 8


def named(project: Project) -> str:
    """`gh/acme/web` as code; an opaque slug gives way to its readable name."""
    if project.project.vcs != "circleci":
        return code(str(project.project))
    return f"*{cut(escape(project.full_name), 150)}*"


def listed(projects: Sequence[Project], page: int, here: ProjectSlug | None) -> list[kit.Block]:
    """One page, each project with what can be done with it; `here` is the channel's own."""
    shown = projects[(page - 1) * PAGE : page * PAGE]
    return [
        kit.section(f"*Projects that you follow and that built lately* ({len(projects)})"),
        *[block for project in shown for block in _row(project, project.project == here)],
        *pager(page, "projects", more=page * PAGE < len(projects)),
    ]


def _row(project: Project, is_here: bool) -> Iterator[kit.Block]:
    slug = str(project.project)
    note = " — :pushpin: this channel's project" if is_here else ""
    yield kit.section(f"{named(project)}{note}")
    use = [] if is_here else [kit.button("Use here", line("use", slug))]
    trigger, subscribe = kit.button("Trigger…", line("trigger", slug)), kit.button("Subscribe", line("subscribe", slug))
    yield kit.actions([*use, trigger, subscribe, kit.button("Status", line("status", slug))])
