from __future__ import annotations

from pydantic import Field

from bot.circleci.models.model import Model, When, Word
from bot.domain import ProjectSlug


class User(Model):
    id: str
    login: Word = ""
    name: Word = ""


class Me(User):
    """Whose token it is."""


class RegisteredClient(Model):
    """What we are to CircleCI where people let us act for them."""

    client_id: str


class Granted(Model):
    """What came of a code. CircleCI documents no `scope`; OAuth does."""

    access_token: str = Field(repr=False)
    expires_in: int | None = None
    scope: Word = ""


class Collaboration(Model):
    """An organisation (not a project) that the person belongs to. `slug` is `gh/acme` or `circleci/<org-id>`."""

    id: str | None = None
    name: Word = ""
    slug: Word = ""
    vcs_type: Word = ""

    @property
    def display_name(self) -> str:
        """`gh/acme`; an opaque slug gives way to the name."""
        return self.name if self.slug.startswith("circleci/") and self.name else self.slug or self.name

    def is_called(self, *names: str) -> bool:
        """Whether one of these is its slug or its name, in capitals or not."""
        return not {self.slug.casefold(), self.name.casefold()}.isdisjoint(one.casefold() for one in names)


class VcsInfo(Model):
    vcs_url: Word = ""
    provider: Word = ""
    default_branch: Word = ""


class Project(Model):
    """`slug` may be opaque; `name` and `organization_name` are for people. `id` is "" where it was not asked for."""

    slug: str
    name: Word = ""
    id: Word = ""
    organization_name: Word = ""
    organization_slug: Word = ""
    organization_id: Word = ""
    vcs_info: VcsInfo | None = None

    @property
    def project(self) -> ProjectSlug:
        return ProjectSlug.parse(self.slug)

    @property
    def default_branch(self) -> str | None:
        return (self.vcs_info and self.vcs_info.default_branch) or None

    @property
    def full_name(self) -> str:
        """What people call it: an opaque slug gives way to the readable name."""
        if self.project.vcs != "circleci":
            return self.project.name
        return "/".join(part for part in (self.organization_name, self.name) if part) or self.slug


class PipelineDefinition(Model):
    """A pipeline definition of a project (API v2, pipeline-definitions)."""

    class DefinitionSource(Model):
        class Repo(Model):
            full_name: Word = ""

        provider: Word = ""
        repo: Repo | None = None
        file_path: Word = ""

    id: str
    name: Word = ""
    description: Word = ""
    created_at: When = None
    config_source: DefinitionSource | None = None
    checkout_source: DefinitionSource | None = None
