"""What a pipeline and its project are called in cards, notices and reminders."""

from __future__ import annotations

from bot.circleci.models import Pipeline
from bot.circleci.snapshot import Snapshot
from bot.domain import ProjectSlug
from bot.mrkdwn import as_code, cut, escape


def get_project_name(snapshot: Snapshot, project: ProjectSlug) -> str:
    """What people call the project: an opaque circleci/… slug gives way to its readable name."""
    return snapshot.project_name or str(project)


def format_pipeline(snapshot: Snapshot, project: ProjectSlug) -> str:
    """`gh/acme/web #341 on main`, in mrkdwn."""
    pipeline = snapshot.pipeline
    return f"{escape(get_project_name(snapshot, project))} #{pipeline.number} on {as_code(pipeline.ref or '?', 120)}"


def format_commit(pipeline: Pipeline) -> str:
    """What it builds: revision, subject and author, as far as CircleCI tells."""
    if not pipeline.subject:
        return ""
    revision = f"{as_code(pipeline.revision[:7])} " if pipeline.revision else ""
    author = f" — {cut(escape(pipeline.author), 80)}" if pipeline.author else ""
    return f"{revision}{cut(escape(pipeline.subject), 200)}{author}"
