"""Webhook bodies, read for what they are good for: to know what to look at. What happened is asked of the API.

Both payload families (GitHub OAuth and Bitbucket; GitHub App, GitLab and the rest) name these parts alike; a
job-completed of the second family may lack its workflow, and a ping has neither project nor pipeline.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.circleci.models import Model
from bot.circleci.models.lenient_reading import parse_lenient
from bot.circleci.models.model import When, Word
from bot.domain import ProjectSlug
from bot.errors import UsageError


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """`type` is workflow-completed, job-completed, ping, or a word that CircleCI invents. Duplicates share `id`."""

    id: str
    type: str
    project: ProjectSlug | None
    project_id: str | None
    pipeline_id: str | None
    pipeline_number: int | None
    workflow_id: str | None
    happened_at: datetime | None


def parse_webhook(body: bytes) -> WebhookEvent | None:
    """None when the body is not a webhook of CircleCI at all. Verify its signature first."""
    try:
        said, _odd = parse_lenient(_Body, body)
    except ValueError:
        return None
    return WebhookEvent(
        id=said.id,
        type=said.type,
        project=_parse_slug(said.project.slug) if said.project else None,
        project_id=said.project.id if said.project else None,
        pipeline_id=said.pipeline.id if said.pipeline else None,
        pipeline_number=said.pipeline.number if said.pipeline else None,
        workflow_id=said.workflow.id if said.workflow else None,
        happened_at=said.happened_at,
    )


def _parse_slug(slug: str) -> ProjectSlug | None:
    """Webhooks write `github/acme/web` where the API writes `gh/acme/web`."""
    try:
        return ProjectSlug.parse(slug)
    except UsageError:
        return None


class _Reference(Model):
    id: str | None = None
    slug: Word = ""
    number: int | None = None


class _Body(Model):
    id: str
    type: str
    happened_at: When = None
    project: _Reference | None = None
    pipeline: _Reference | None = None
    workflow: _Reference | None = None
