"""Runs, as API v3 calls pipelines, read as the pipelines of v2 that they are."""

from __future__ import annotations

from bot.circleci.models.model import Many, Model, When, Word
from bot.circleci.models.pipeline_models import Actor, Author, Commit, Pipeline, PipelineError, Trigger, Vcs
from bot.circleci.models.v3_models import Reference


class RunCommit(Model):
    subject: Word = ""
    author: Author | None = None


class RunVcs(Model):
    branch: Word = ""
    tag: Word = ""
    revision: Word = ""
    origin_repository_url: Word = ""
    commit: RunCommit | None = None


class EventAttributes(Model):
    vcs: RunVcs | None = None


class RunEvent(Model):
    attributes: EventAttributes = EventAttributes()


class EventSource(Model):
    type: Word = ""


class SourceAttributes(Model):
    event_source: EventSource = EventSource()


class RunTrigger(Model):
    attributes: SourceAttributes = SourceAttributes()


class RunUser(Model):
    attributes: Actor = Actor()


class RunAttributes(Model):
    number: int
    created_at: When = None
    errors: Many[PipelineError] = ()


class RunReferences(Model):
    project: Reference
    event: RunEvent = RunEvent()
    trigger: RunTrigger = RunTrigger()
    user: RunUser = RunUser()


class RunEntity(Model):
    """A run. Without its number and its project it is none that could be shown."""

    id: str
    attributes: RunAttributes
    references: RunReferences

    def to_pipeline(self, project_slug: str) -> Pipeline:
        """The pipeline that it is, as v2 tells it."""
        said, of = self.attributes, self.references
        vcs, login = of.event.attributes.vcs, of.user.attributes.login
        return Pipeline(
            id=self.id,
            number=said.number,
            project_slug=project_slug,
            state="errored" if said.errors else "created",
            created_at=said.created_at,
            errors=said.errors,
            trigger=Trigger(type=of.trigger.attributes.event_source.type, actor=Actor(login=login) if login else None),
            vcs=_to_vcs(vcs) if vcs else None,
        )


def _to_vcs(vcs: RunVcs) -> Vcs:
    commit = Commit(subject=vcs.commit.subject, author=vcs.commit.author) if vcs.commit else None
    return Vcs(
        origin_repository_url=vcs.origin_repository_url,
        revision=vcs.revision,
        branch=vcs.branch,
        tag=vcs.tag,
        commit=commit,
    )
