"""START HERE: the nouns of circlebot, with no I/O and no library behind them.

CircleCI's own words (`pipeline`, `workflow`, `job`, `status`) are used as its API v2 says them, spelt its way; its
enums are open, so a status is a `str` and the sets below only name those that we treat specially.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase

from bot.errors import UsageError
from bot.language import _
from bot.mrkdwn import as_code

_MARKS = "*?["
"""What makes a text a glob."""

_SHORT = {"github": "gh", "gh": "gh", "bitbucket": "bb", "bb": "bb", "circleci": "circleci"}

ENDED = frozenset({"success", "failed", "error", "canceled", "unauthorized", "not_run"})
"""Terminal workflow statuses (CircleCI API v2, workflow.status)."""

BAD = frozenset({"failed", "error", "failing", "unauthorized", "infrastructure_fail", "timedout", "terminated-unknown"})
"""Workflow and job statuses that mean that something went wrong."""

JOB_ENDED = ENDED | BAD - {"failing"} | {"retried"}
"""Terminal job statuses (CircleCI API v2, job.status)."""


@dataclass(frozen=True, slots=True, order=True)
class ProjectSlug:
    """A project as CircleCI names it: `gh/acme/web`, `bb/acme/x` or the opaque `circleci/<org-id>/<project-id>`."""

    vcs: str
    org: str
    project: str

    @classmethod
    def parse(cls, text: str) -> ProjectSlug:
        """Read a slug in its short or long form. Raises UsageError."""
        parts = text.strip().strip("/").split("/")
        if len(parts) != 3 or not all(parts) or parts[0].lower() not in _SHORT:
            raise UsageError(
                _("{text} is not a project.", text=as_code(text, 100)),
                _("Write it as `gh/org/repo`, `bb/org/repo` or `circleci/<org-id>/<project-id>`, or paste its link."),
            )
        return cls(_SHORT[parts[0].lower()], parts[1], parts[2])

    def __str__(self) -> str:
        return f"{self.vcs}/{self.org}/{self.project}"

    @property
    def org_slug(self) -> str:
        return f"{self.vcs}/{self.org}"

    @property
    def name(self) -> str:
        """What people call it: `acme/web` at GitHub, elsewhere the slug. An opaque one may have a readable name."""
        return f"{self.org}/{self.project}" if self.vcs == "gh" else str(self)


def parse_org_slug(text: str) -> str:
    """An organisation's slug in its short form, read off its own or one of its projects'. Raises UsageError."""
    parts = text.strip().strip("/").split("/")
    if len(parts) not in {2, 3} or not all(parts) or parts[0].lower() not in _SHORT:
        raise UsageError(
            _("{text} is not an organisation.", text=as_code(text, 100)),
            _("Write it as `gh/org`, `bb/org` or `circleci/<org-id>`, or by its name: `projects --orgs` lists yours."),
        )
    return f"{_SHORT[parts[0].lower()]}/{parts[1]}"


@dataclass(frozen=True, slots=True)
class ProjectScope:
    """The projects of a rule: one by its slug or name, several by a glob (`gh/acme/web-*`), or a whole organisation."""

    vcs: str
    org: str
    project: str

    @classmethod
    def parse(cls, text: str) -> ProjectScope:
        """Read a slug, GitHub's also without its `gh/`, one whose last part is a glob, or an organisation.

        Raises UsageError.
        """
        parts = text.strip().strip("/").split("/")
        if cls.is_org_slug(text):
            parts.append("*")
        elif len(parts) == 2:
            parts.insert(0, "gh")
        slug = ProjectSlug.parse("/".join(parts))
        if any(mark in slug.org for mark in _MARKS):
            raise UsageError(
                _("{text} names no organisation.", text=as_code(text, 100)),
                _("Patterns are for projects, as in `gh/acme/web-*`."),
            )
        return cls(slug.vcs, slug.org, slug.project)

    @staticmethod
    def is_org_slug(text: str) -> bool:
        """Whether this is an organisation, like `gh/acme`."""
        parts = text.strip().strip("/").split("/")
        return len(parts) == 2 and parts[0].lower() in _SHORT and bool(parts[1])

    @property
    def exact(self) -> ProjectSlug | None:
        """The project, where it is a single one."""
        several = any(mark in self.project for mark in _MARKS)
        return None if several else ProjectSlug(self.vcs, self.org, self.project)

    @property
    def org_slug(self) -> str:
        return f"{self.vcs}/{self.org}"

    @property
    def name(self) -> str:
        """That of the project, where it is a single one."""
        return self.exact.name if self.exact else str(self)

    def covers(self, project: ProjectSlug) -> bool:
        same_org = (self.vcs, self.org) == (project.vcs, project.org)
        return same_org and (self.project == project.project or fnmatchcase(project.project, self.project))

    def __str__(self) -> str:
        return f"{self.vcs}/{self.org}/{self.project}"


def get_scope_name(text: str) -> str:
    """What people call the projects that are written so; `text` itself where it names none in full."""
    try:
        return ProjectScope.parse(text).name
    except UsageError:
        return text


class OutcomeKind(StrEnum):
    """What happened. As stored, and as a rule's `--only` spells it."""

    PASSED = "passed"
    """A workflow succeeded."""
    FAILED = "failed"
    """A workflow failed."""
    STARTED = "started"
    """A workflow began to run."""
    ON_HOLD = "on-hold"
    """A job of type approval waits for somebody: one outcome for each."""
    CANCELED = "canceled"
    """Somebody stopped a workflow."""
    ERRORED_CONFIG = "errored-config"
    """The config did not compile, or a workflow could not run as configured."""
    UNAUTHORIZED = "unauthorized"
    """A job needs a context that the person who started the pipeline may not use."""
    NOT_RUN = "not-run"
    """No job of a workflow ran."""
    EMPTY = "empty"
    """A pipeline ended without any workflow but, perhaps, its setup."""
    DEPLOYED = "deployed"
    """A job deployed a version to an environment."""
    DEPLOY_FAILED = "deploy-failed"
    """A job tried to deploy, and it came to nothing."""
    ROLLED_BACK = "rolled-back"
    """What ran before was brought back."""


BAD_KINDS = frozenset({OutcomeKind.FAILED, OutcomeKind.ERRORED_CONFIG, OutcomeKind.UNAUTHORIZED})
"""What people mean by "it failed"."""


class OutcomeClass(StrEnum):
    """What an end means beside what came before it on the branch. As stored; `--only` takes these words too."""

    BROKE = "broke"
    """The first bad end after a success, or on a new branch."""
    STILL_FAILING = "still-failing"
    """A bad end after a bad end."""
    NEWLY_FAILING = "newly-failing"
    """Another job or test failed than the last time."""
    RECOVERED = "recovered"
    """The first success after a bad end."""
    FLAKY = "flaky"
    """It failed, and passed when it was rerun."""
    SLOW = "slow"
    """A success slower than the p95 of its last 30."""
    PROMOTED = "promoted"
    """A version was deployed that ran in another environment before."""
    VALIDATION_FAILED = "validation-failed"
    """A deploy failed because its validation did."""


@dataclass(frozen=True, slots=True)
class Deploy:
    """What was deployed, or tried to be, where. `replaced` is the version that ran there before, "" where none did.

    `promoted_from` is the environment in which it ran before; `reason` says why it failed or was rolled back. What
    `is_rollback` brings back what ran before, or tried to. `asked_by` is the Slack id of who had us bring it back, told
    in their own workspace alone, and so nowhere stored.
    """

    component: str
    environment: str
    version: str
    namespace: str = "default"
    replaced: str = ""
    promoted_from: str = ""
    reason: str = ""
    is_rollback: bool = False
    asked_by: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Our event: a workflow ended or is on hold, a pipeline ended without any workflow, or a deploy did.

    `key` is unique: polling and webhooks may both report an outcome, the second report changes nothing. `actor` is the
    login of the person who started the pipeline, `trigger` how (webhook, schedule, api …); `on_default` says that it
    ran on the project's default branch. `busy_s` is how long its jobs ran, `failing` which of them failed.

    `streak` counts bad ends in a row, this one included. `slowdown` is 2.0 where it took twice the 95th percentile of
    the last good runs; None while too few are known.
    """

    key: str
    kind: OutcomeKind
    status: str
    project: ProjectSlug
    pipeline_id: str
    pipeline_number: int
    workflow: str
    workflow_id: str | None
    branch: str | None
    tag: str | None
    happened_at: datetime
    actor: str | None = None
    trigger: str = ""
    on_default: bool = False
    busy_s: float | None = None
    failing: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    streak: int = 0
    slowdown: float | None = None
    deploy: Deploy | None = None

    @property
    def filter_words(self) -> frozenset[str]:
        """All the words with which a rule may ask for it."""
        return self.classes | {self.kind}
