"""The six projects of the fixed world, their branches and what lies on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from bot.sandbox.circleci.people import fixed_id

STORY_BRANCHES = (
    "main",
    "broken",
    "flaky",
    "release",
    "slow",
    "bad-config",
    "setup",
    "empty",
    "auto-rerun",
    "unauthorized",
    "infra",
    "ci-skip",
    "oom",
    "timeout",
    "parallel",
    "worse",
    "odd",
)
SHORT_VCS = {"github": "gh", "bitbucket": "bb"}
LONG_VCS = {short: long for long, short in SHORT_VCS.items()}
REPOSITORY_HOSTS = {
    "github_oauth": "https://github.com",
    "bitbucket_oauth": "https://bitbucket.org",
    "github_app": "https://github.com",
    "gitlab": "https://gitlab.com",
}
PROVIDERS = {"gh": "GitHub", "bb": "Bitbucket", "circleci": "CircleCI"}


@dataclass(frozen=True)
class Org:
    """`integration` is how CircleCI reaches its code; of those with the slug `circleci/…` only this tells."""

    vcs: str
    key: str
    name: str
    id: str
    integration: Literal["github_oauth", "bitbucket_oauth", "github_app", "gitlab"]

    @property
    def slug(self) -> str:
        return f"{self.vcs}/{self.key}"


@dataclass(frozen=True)
class Commit:
    """`like` names the branch whose story it has, when not its own; `config_source` is the YAML it brings, if any."""

    sha: str
    subject: str
    author: str
    committed_at: datetime
    body: str = ""
    like: str | None = None
    config_source: str | None = None


@dataclass(frozen=True)
class Definition:
    """A pipeline definition: what `pipeline/run` starts (CircleCI docs: trigger a pipeline)."""

    id: str
    name: str
    description: str
    file_path: str = ".circleci/config.yml"


@dataclass(eq=False)
class Project:
    """`key` ends the slug; `parameters` is what the config declares; `heads` are by branch.

    `seen_by` are logins; whoever sees a project follows it, but for those in `unfollowed_by`. `old_keys` still lead to
    it after it was renamed.
    """

    org: Org
    key: str
    name: str
    id: str
    seen_by: frozenset[str]
    parameters: dict[str, Any]
    definitions: tuple[Definition, ...]
    heads: dict[str, Commit] = field(default_factory=dict)
    pipelines_made: int = 0
    jobs_made: int = 0
    unfollowed_by: set[str] = field(default_factory=set)
    old_keys: set[str] = field(default_factory=set)

    @property
    def slug(self) -> str:
        return f"{self.org.slug}/{self.key}"

    @property
    def long_slug(self) -> str:
        """As webhooks and web links spell it: `github/acme/web`."""
        return f"{LONG_VCS.get(self.org.vcs, self.org.vcs)}/{self.org.key}/{self.key}"

    @property
    def provider(self) -> str:
        return PROVIDERS[self.org.vcs]

    @property
    def is_github_app(self) -> bool:
        return self.org.integration == "github_app"

    @property
    def is_gitlab(self) -> bool:
        return self.org.integration == "gitlab"

    @property
    def has_opaque_slug(self) -> bool:
        return self.org.vcs == "circleci"

    @property
    def repository_url(self) -> str:
        return f"{REPOSITORY_HOSTS[self.org.integration]}/{self.org.name.lower()}/{self.name}"

    def commit_on(self, branch: str | None) -> Commit:
        """The head of a branch; of main for a tag, a pull request and whatever else has no head."""
        return self.heads.get(branch or "main") or self.heads["main"]

    def rename(self, name: str, *, redirects: bool) -> None:
        """As when its repository is renamed. No document says whether CircleCI's API knows the old name then."""
        if redirects:
            self.old_keys.add(self.key)
        if not self.has_opaque_slug:
            self.key = name
        self.name = name

    def is_called(self, slug: str) -> bool:
        return slug in {self.slug, *(f"{self.org.slug}/{key}" for key in self.old_keys)}

    def next_pipeline_number(self) -> int:
        self.pipelines_made += 1
        return self.pipelines_made

    def next_job_number(self) -> int:
        self.jobs_made += 1
        return self.jobs_made


WEB_PARAMETERS = {
    "image-tag": {"type": "string", "default": "latest", "description": "Which image to deploy"},
    "deploy": {"type": "boolean", "default": False},
    "replicas": {"type": "integer", "default": 2},
    "environment": {"type": "enum", "enum": ["staging", "production"], "default": "staging"},
}
MOBILE_PARAMETERS = {"platform": {"type": "enum", "enum": ["ios", "android"], "default": "ios"}}
ALL_TOKENS = frozenset({"ada", "grace", "eve"})
WRITERS = frozenset({"ada", "grace"})
GITHUB = Org("gh", "acme", "acme", fixed_id("org/gh/acme"), "github_oauth")
BITBUCKET = Org("bb", "acme", "acme", fixed_id("org/bb/acme"), "bitbucket_oauth")
GITHUB_APP = Org("circleci", fixed_id("org/circleci/acme"), "Acme", fixed_id("org/circleci/acme"), "github_app")
GITLAB = Org("circleci", fixed_id("org/gitlab/acme"), "Acme-Labs", fixed_id("org/gitlab/acme"), "gitlab")
ORGS = (GITHUB, BITBUCKET, GITHUB_APP, GITLAB)


def make_projects(now: datetime) -> dict[str, Project]:
    """The projects as they are before anything ran, by short slug."""
    projects = (
        _project(GITHUB, "web", ALL_TOKENS, WEB_PARAMETERS),
        _project(GITHUB, "api", WRITERS, {}),
        _project(GITHUB, "secret", frozenset({"ada"}), {}),
        _project(BITBUCKET, "legacy", WRITERS, {}),
        _project(GITHUB_APP, "mobile", WRITERS, MOBILE_PARAMETERS, key=fixed_id("project/mobile")),
        _project(GITLAB, "firmware", WRITERS, {}, key=fixed_id("project/firmware")),
    )
    for project in projects:
        project.heads = {branch: _head(project, branch, now) for branch in _branches(project)}
    return {project.slug: project for project in projects}


def find_project(projects: Iterable[Project], vcs: str, org: str, key: str) -> Project | None:
    """By slug, the prefix in its short or its long form."""
    slug = f"{SHORT_VCS.get(vcs, vcs)}/{org}/{key}"
    return next((project for project in projects if project.is_called(slug)), None)


def _project(
    org: Org, name: str, seen_by: frozenset[str], parameters: dict[str, Any], key: str | None = None
) -> Project:
    return Project(
        org=org,
        key=key or name,
        name=name,
        id=fixed_id(f"project/{name}"),
        seen_by=seen_by,
        parameters=parameters,
        definitions=_definitions(org, name),
    )


def _definitions(org: Org, name: str) -> tuple[Definition, ...]:
    build = Definition(fixed_id(f"definition/{name}/build"), "build", "Runs on every push")
    if org is not GITHUB_APP:
        return (build,)
    nightly = fixed_id(f"definition/{name}/nightly")
    return (build, Definition(nightly, "nightly", "The long tests, once a night", ".circleci/nightly.yml"))


def _branches(project: Project) -> tuple[str, ...]:
    own = {"web": ("feature/login", "feature/checkout"), "api": ("feature/rate-limits",)}
    return (*STORY_BRANCHES, *own.get(project.name, ()))


def _head(project: Project, branch: str, now: datetime) -> Commit:
    sha = fixed_id(f"{project.name}/{branch}").replace("-", "") + "00c0ffee"
    return Commit(sha, f"Tidy up {branch}", "lin", now)
