"""What a pipeline and its project are called in cards, notices and reminders."""

from __future__ import annotations

from bot.blocks.person_blocks import format_author
from bot.circleci.links import build_commit_url
from bot.circleci.models import Pipeline
from bot.circleci.snapshot import Snapshot
from bot.domain import ProjectSlug
from bot.language import _
from bot.mrkdwn import as_code, as_link, cut, cut_middle, escape
from bot.naming import replace_mentions


def get_project_name(snapshot: Snapshot, project: ProjectSlug) -> str:
    """What people call the project: an opaque circleci/… slug gives way to its readable name."""
    return snapshot.project_name or project.name


def format_pipeline(snapshot: Snapshot, project: ProjectSlug) -> str:
    """`acme/web #341 on main`, in mrkdwn."""
    pipeline = snapshot.pipeline
    return _(
        "{project} #{number} on {branch}",
        project=escape(get_project_name(snapshot, project)),
        number=pipeline.number,
        branch=as_code(pipeline.ref or "?", 120),
    )


def format_commit(pipeline: Pipeline, *, with_author: bool = True) -> str:
    """What it builds: the commit with its link, and its author, as far as CircleCI tells."""
    revision = (pipeline.revision or "")[:7]
    subject = cut_middle(pipeline.subject or "", 150)
    url = build_commit_url(pipeline.repository_url, pipeline.revision)
    if url:
        told = as_link(url, f"{revision} {subject}".strip(), 160)
    else:
        told = " ".join(filter(None, [as_code(revision) if revision and subject else "", cut(escape(subject), 200)]))
    author = f" — {format_author(pipeline)}" if told and pipeline.author and with_author else ""
    return f"{told}{author}"


def format_facts(snapshot: Snapshot) -> str:
    """What a dialog says of what is decided about, short: the pipeline, and its commit with its author."""
    pipeline = snapshot.pipeline
    name = cut_middle(get_project_name(snapshot, pipeline.project), 40)
    where = _(
        "*{project} #{number}* on {branch}",
        project=escape(name),
        number=pipeline.number,
        branch=as_code(cut_middle(pipeline.ref or "?", 40)),
    )
    revision = as_code(pipeline.revision[:7]) if pipeline.revision else ""
    subject = cut(escape(pipeline.subject or ""), 50)
    with replace_mentions():
        author = format_author(pipeline, 30)
    commit = " ".join(filter(None, [revision, subject]))
    return "\n".join(filter(None, [where, " — ".join(filter(None, [commit, author]))]))
