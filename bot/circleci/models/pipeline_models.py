from __future__ import annotations

from typing import Any

from bot.circleci.models.model import Many, Model, Text, When, Word
from bot.domain import ProjectSlug
from bot.errors import UsageError
from bot.language import _


class PipelineError(Model):
    """Why no workflow came of it. `type`: config, config-fetch, permission, plan, timeout, trigger-rule, other …"""

    type: Word = ""
    message: Word = ""


class Actor(Model):
    login: Word = ""


class Trigger(Model):
    type: Word = ""
    actor: Actor | None = None


class Author(Model):
    name: Word = ""


class Commit(Model):
    subject: Word = ""
    body: Word = ""
    author: Author | None = None


class Vcs(Model):
    provider_name: Word = ""
    origin_repository_url: Word = ""
    revision: Word = ""
    branch: Word = ""
    tag: Word = ""
    commit: Commit | None = None


class Pipeline(Model):
    """A pipeline; it has no success or failure of its own (see Snapshot.status).

    GitHub App, GitLab and Bitbucket Data Center pipelines have no `vcs`; the properties then read
    `trigger_parameters` instead (`git`, and one family named after the provider).
    """

    id: str
    number: int = 0
    project_slug: Word = ""
    state: Word = ""
    created_at: When = None
    updated_at: When = None
    errors: Many[PipelineError] = ()
    trigger: Trigger | None = None
    trigger_parameters: dict[str, Any] | None = None
    vcs: Vcs | None = None

    @property
    def project(self) -> ProjectSlug:
        """Raises UsageError when CircleCI sent no slug that we know."""
        if not self.project_slug:
            raise UsageError(_("CircleCI does not say which project pipeline #{number} is of.", number=self.number))
        return ProjectSlug.parse(self.project_slug)

    @property
    def branch(self) -> str | None:
        return (self.vcs and self.vcs.branch) or self._find_trigger_text("branch") or self._ref_under("refs/heads/")

    @property
    def tag(self) -> str | None:
        return (self.vcs and self.vcs.tag) or self._find_trigger_text("tag") or self._ref_under("refs/tags/")

    @property
    def ref(self) -> str | None:
        """The tag or the branch it ran on."""
        return self.tag or self.branch

    @property
    def revision(self) -> str | None:
        return (self.vcs and self.vcs.revision) or self._find_trigger_text("checkout_sha", "commit_sha")

    @property
    def repository_url(self) -> str | None:
        """Where its commits are on the web: for a pull request from a fork that is the fork."""
        url = (self.vcs and self.vcs.origin_repository_url) or self._find_trigger_text(
            "web_url", "repo_url", "checkout_url"
        )
        return url.removesuffix(".git") if url else None

    @property
    def subject(self) -> str | None:
        """The first line of the commit message."""
        subject = (self._commit and self._commit.subject) or self._find_trigger_text("commit_title", "commit_message")
        return subject.splitlines()[0] if subject else None

    @property
    def author(self) -> str | None:
        """Who wrote the commit, by name. API v2 tells it for GitHub App and GitLab pipelines only."""
        named = self._commit and self._commit.author and self._commit.author.name
        return named or self._find_trigger_text("commit_author_name", "commit_author")

    @property
    def actor_login(self) -> str | None:
        """Who triggered it, by VCS login."""
        login = self.trigger and self.trigger.actor and self.trigger.actor.login
        return login or self._find_trigger_text("user_username", "user_name")

    @property
    def trigger_type(self) -> str:
        """CircleCI's word: webhook, api, gitlab …; where it says none, or `unknown`, that for the event, if it has one.

        "" when it said neither. bot/rules/trigger_types.py knows what they mean.
        """
        said = self.trigger.type if self.trigger else ""
        return said if said not in {"", "unknown"} else self._event_type or said

    @property
    def trigger_words(self) -> frozenset[str]:
        """All that CircleCI says of what started it."""
        return frozenset(filter(None, [self.trigger.type if self.trigger else "", self._event_type]))

    @property
    def _event_type(self) -> str:
        circleci = (self.trigger_parameters or {}).get("circleci")
        told = circleci.get("event_type") if isinstance(circleci, dict) else None
        return told[:100] if isinstance(told, str) else ""

    @property
    def _commit(self) -> Commit | None:
        return self.vcs.commit if self.vcs else None

    def _ref_under(self, prefix: str) -> str | None:
        ref = self._find_trigger_text("ref") or ""
        return ref.removeprefix(prefix) if ref.startswith(prefix) else None

    def _find_trigger_text(self, *names: str) -> str | None:
        """The first of these names that has text in trigger_parameters, `git` before the provider's own family."""
        families = [family for family in (self.trigger_parameters or {}).values() if isinstance(family, dict)]
        git = (self.trigger_parameters or {}).get("git")
        families.sort(key=lambda family: family is not git)
        found = (family.get(name) for name in names for family in families)
        return next((value for value in found if isinstance(value, str) and value), None)


class TriggeredPipeline(Model):
    """A pipeline that a trigger made. It has no workflows yet."""

    id: str
    number: int = 0
    state: Word = ""
    created_at: When = None


class NotTriggered(Model):
    """CircleCI understood and started nothing; `message` is its own sentence (200 from pipeline/run)."""

    message: Word = ""


class Config(Model):
    """The YAML of a pipeline. With dynamic config `setup_config` is what ran first, and `source` what it made."""

    source: Text = ""
    compiled: Text = ""
    setup_config: str | None = None
    compiled_setup_config: str | None = None
