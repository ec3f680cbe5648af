"""The projects of the fixed world, their branches and what lies on them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from sandbox.circleci.declared import (
    DEPLOY_PARAMETERS,
    HANDBOOK_PARAMETERS,
    KIOSK_PARAMETERS,
    PLATFORM,
    RELEASE_PARAMETERS,
    WEB_PARAMETERS,
)
from sandbox.circleci.fake_users import build_fixed_id
from sandbox.circleci.plans import Story
from sandbox.circleci.stories import STORY_BRANCHES, match_pull_request

MERGE_QUEUE = "gh-readonly-queue/main/pr-41-9f2c1d7be08a4f6356b1c0de9a7754e2b13c8f60"
"""What GitHub's merge queue calls the branch on which it tries a pull request."""

TAGS = frozenset({"v1", "v1.0.0", "v1.2.3", "1.0", "v2.0.0-rc.1", "v4.8.0", "v4.8.1", "v4.8.2"})
PULL_REQUESTS = frozenset({7, 17, 41})
DEFAULT_BRANCH = "main"
USUAL_FILE = ".circleci/config.yml"
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
    """`integration` is how CircleCI reaches its code; a slug `circleci/…` does not say that."""

    vcs: str
    key: str
    name: str
    id: str
    integration: Literal["github_oauth", "bitbucket_oauth", "github_app", "gitlab"]

    @property
    def slug(self) -> str:
        return f"{self.vcs}/{self.key}"


@dataclass(frozen=True)
class FakeCommit:
    """`like` names the branch whose story it has, when neither its own nor a `story` that came with it.

    `config_source` is the YAML it brings, if any.
    """

    sha: str
    subject: str
    author: str
    committed_at: datetime
    body: str = ""
    like: str | None = None
    config_source: str | None = None
    story: Story | None = None


class GitRepository(Protocol):
    """Where refs are: of a project's code, or of its config where that is kept elsewhere."""

    @property
    def default_branch(self) -> str: ...

    @property
    def tags(self) -> Collection[str]: ...

    def has_branch(self, branch: str) -> bool: ...


@dataclass(frozen=True)
class ConfigRepository:
    """A repository that has configs for other repositories' code."""

    name: str
    branches: frozenset[str]
    tags: frozenset[str] = frozenset()
    default_branch: str = DEFAULT_BRANCH

    def has_branch(self, branch: str) -> bool:
        return branch in self.branches


@dataclass(frozen=True)
class FakeDefinition:
    """A pipeline definition: what `pipeline/run` starts (CircleCI docs: trigger a pipeline).

    `parameters` is what its file declares; the file lies in `config_repository`, None being the project's own.
    """

    id: str
    name: str
    description: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    file_path: str = USUAL_FILE
    config_repository: ConfigRepository | None = None


@dataclass(eq=False)
class FakeProject:
    """`key` ends the slug; `heads` are by branch; a push or a schedule runs the first of `definitions`.

    `seen_by` are logins; all who see a project follow it, but for those in `unfollowed_by`. `old_keys` still lead to
    it after it was renamed. `designated` are the definitions that `deploy` and `rollback`, chosen in the web app.
    """

    org: Org
    key: str
    name: str
    id: str
    seen_by: frozenset[str]
    definitions: tuple[FakeDefinition, ...]
    heads: dict[str, FakeCommit] = field(default_factory=dict)
    tags: dict[str, FakeCommit] = field(default_factory=dict)
    default_branch: str = DEFAULT_BRANCH
    pipelines_made: int = 0
    jobs_made: int = 0
    unfollowed_by: set[str] = field(default_factory=set)
    old_keys: set[str] = field(default_factory=set)
    designated: Mapping[str, FakeDefinition] = field(default_factory=dict)

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
    def is_gitlab(self) -> bool:
        return self.org.integration == "gitlab"

    @property
    def has_opaque_slug(self) -> bool:
        return self.org.vcs == "circleci"

    @property
    def repository_url(self) -> str:
        return f"{REPOSITORY_HOSTS[self.org.integration]}/{self.org.name.lower()}/{self.name}"

    @property
    def push_trigger(self) -> str:
        """`trigger.type` of what a push starts. That of GitHub App projects is published nowhere."""
        return {"gitlab": "gitlab", "github_app": "github_app"}.get(self.org.integration, "webhook")

    def has_branch(self, branch: str) -> bool:
        """A pull request is a branch as long as there is one of its number."""
        match = match_pull_request(branch)
        return branch in self.heads or (match is not None and int(match[1]) in PULL_REQUESTS)

    def get_commit(self, branch: str | None, tag: str | None = None) -> FakeCommit:
        """The head of a branch, or what a tag marks; that of the default one for a pull request and for no ref."""
        commit = self.tags.get(tag) if tag else self.heads.get(branch or self.default_branch)
        return commit or self.heads[self.default_branch]

    def rename(self, name: str, *, redirects: bool) -> None:
        """Rename it, as its repository. No document says whether CircleCI's API knows the old name afterwards."""
        if redirects:
            self.old_keys.add(self.key)
        if not self.has_opaque_slug:
            self.key = name
        self.name = name

    def has_slug(self, slug: str) -> bool:
        return slug in {self.slug, *(f"{self.org.slug}/{key}" for key in self.old_keys)}

    def take_pipeline_number(self) -> int:
        self.pipelines_made += 1
        return self.pipelines_made

    def take_job_number(self) -> int:
        self.jobs_made += 1
        return self.jobs_made


CI_CONFIG = ConfigRepository("ci-config", frozenset({"main", "next"}), frozenset({"v1"}))
ALL_TOKENS = frozenset({"ada", "grace", "eve", "lin"})
WRITERS = frozenset({"ada", "grace"})
GITHUB = Org("gh", "acme", "acme", build_fixed_id("org/gh/acme"), "github_oauth")
BITBUCKET = Org("bb", "acme", "acme", build_fixed_id("org/bb/acme"), "bitbucket_oauth")
GITHUB_APP = Org(
    "circleci", build_fixed_id("org/circleci/acme"), "Acme", build_fixed_id("org/circleci/acme"), "github_app"
)
GITLAB = Org("circleci", build_fixed_id("org/gitlab/acme"), "Acme-Labs", build_fixed_id("org/gitlab/acme"), "gitlab")
ORGS = (GITHUB, BITBUCKET, GITHUB_APP, GITLAB)


def build_projects(now: datetime) -> dict[str, FakeProject]:
    """The projects as they are before anything ran, by short slug."""
    projects = (
        _project(GITHUB, "web", ALL_TOKENS, (_build("web", WEB_PARAMETERS),)),
        _project(GITHUB, "api", WRITERS),
        _project(GITHUB, "secret", frozenset({"ada"})),
        _project(BITBUCKET, "legacy", WRITERS),
        _project(GITHUB, "mobile", WRITERS, _mobile()),
        _project(GITHUB_APP, "kiosk", WRITERS, _kiosk(), key=build_fixed_id("project/kiosk")),
        _project(GITLAB, "firmware", WRITERS, key=build_fixed_id("project/firmware")),
        _project(GITHUB_APP, "handbook", WRITERS, _handbook(), key=build_fixed_id("project/handbook")),
    )
    projects[0].designated = {"rollback": _rollback("web")}
    projects[-1].designated = {"deploy": projects[-1].definitions[-1], "rollback": _rollback("handbook")}
    for project in projects:
        project.heads = {branch: _head(project, branch, now) for branch in _branches(project)}
        project.tags = dict.fromkeys(TAGS, project.heads[DEFAULT_BRANCH])
    return {project.slug: project for project in projects}


def find_project(projects: Iterable[FakeProject], vcs: str, org: str, key: str) -> FakeProject | None:
    """By slug, the prefix in its short or its long form."""
    slug = f"{SHORT_VCS.get(vcs, vcs)}/{org}/{key}"
    return next((project for project in projects if project.has_slug(slug)), None)


def _project(
    org: Org, name: str, seen_by: frozenset[str], definitions: tuple[FakeDefinition, ...] = (), key: str | None = None
) -> FakeProject:
    return FakeProject(
        org=org,
        key=key or name,
        name=name,
        id=build_fixed_id(f"project/{name}"),
        seen_by=seen_by,
        definitions=definitions or (_build(name),),
    )


def _build(name: str, parameters: Mapping[str, Any] | None = None) -> FakeDefinition:
    return FakeDefinition(build_fixed_id(f"definition/{name}/build"), "build", "Runs on every push", parameters or {})


def _mobile() -> tuple[FakeDefinition, ...]:
    """Two config files, each with parameters of its own."""
    release = build_fixed_id("definition/mobile/release")
    about = "Sends a version to the stores"
    file = ".circleci/release.yml"
    return (_build("mobile", PLATFORM), FakeDefinition(release, "release", about, RELEASE_PARAMETERS, file))


def _kiosk() -> tuple[FakeDefinition, ...]:
    nightly = build_fixed_id("definition/kiosk/nightly")
    about = "The long tests, once a night"
    return (
        _build("kiosk", KIOSK_PARAMETERS),
        FakeDefinition(nightly, "nightly", about, KIOSK_PARAMETERS, ".circleci/nightly.yml"),
    )


def _handbook() -> tuple[FakeDefinition, ...]:
    """One config beside the text, one that the organisation keeps for all its texts, and one that puts it online."""
    spelling = FakeDefinition(
        build_fixed_id("definition/handbook/spelling"),
        "spelling",
        "Kept with the other texts' configs",
        HANDBOOK_PARAMETERS,
        ".circleci/spelling.yml",
        CI_CONFIG,
    )
    deploy = build_fixed_id("definition/handbook/deploy")
    about = "Puts a version online"
    online = FakeDefinition(deploy, "deploy", about, DEPLOY_PARAMETERS, ".circleci/deploy.yml")
    return (_build("handbook"), spelling, online)


def _rollback(name: str) -> FakeDefinition:
    made, about = build_fixed_id(f"definition/{name}/rollback"), "Brings back what ran before"
    return FakeDefinition(made, "rollback", about, {}, ".circleci/rollback.yml")


def _branches(project: FakeProject) -> tuple[str, ...]:
    own = {"web": ("feature/login", "feature/checkout", MERGE_QUEUE), "api": ("feature/rate-limits",)}
    return (*STORY_BRANCHES, *own.get(project.name, ()))


def _head(project: FakeProject, branch: str, now: datetime) -> FakeCommit:
    sha = build_fixed_id(f"{project.name}/{branch}").replace("-", "") + "00c0ffee"
    return FakeCommit(sha, f"Tidy up {branch}", "lin", now)
