"""Every rule that the simulated CircleCI enforces, in one table, each with its source.

A rule either refuses a call, with a message and a status, or is a behaviour that a story shows. A rule or a message
that nobody publishes is `assumed`: the page's panel says so, and no client should rely on it.
"""

from __future__ import annotations

from enum import Enum
from http import HTTPStatus
from typing import Any

from sandbox.circleci.fake_errors import FakeCircleciError

ASSUMED = "assumed"
_SEEN = "seen on errored pipelines"
_DOC = "its OpenAPI document"


class ApiRule(Enum):
    """The rule, its source and, when it refuses calls, the message, the status and the source of the message.

    "facts" is our sheet of facts on CircleCI's API, with a section of it.
    """

    NO_TOKEN = ("A call without a token is refused", "facts 7", "You must log in first.", 401)
    BAD_TOKEN = ("So is a token that is unknown, or stands in the address", "facts 2", "Invalid token provided.", 401)
    READ_ONLY = (
        "What a token may only read is not found by whoever writes",
        "facts 7",
        "{noun} not found",
        404,
        "facts 10",
    )
    HIDDEN = ("What a token may not see is not found", "facts 1.5", "{noun} not found", 404, "facts 10")
    HIDDEN_CONTEXT = ("So is a context, in other words", _DOC, "Entity not found.", 404, _DOC)
    NO_ROUTE = ("There is no such path", "facts 2", "Not found: {method}", 404)
    SERVER = ("A Server has the classic trigger alone, and no OAuth", "facts 10", "Not found", 404)
    BODY = ("A body has the documented shape", "facts 7", "Unexpected request body provided.", 400, "facts 7")
    PAGE = ("A page token is one that was given", "facts 6", "Invalid page token")
    BUSY = (
        "A minute or an hour of one token has so many calls; how many is not published",
        "facts 7",
        "",
        429,
        "facts 7",
    )

    V3_BEARER = (
        "v3 takes a token as Bearer alone",
        "facts 14.1",
        "Authenticate with a Bearer token",
        401,
    )
    V3_SCOPE = ("Lists of v3 want to be told of what", "facts 14.1", "{names} is required")
    V3_LIMIT = (
        "A page of v3 is as long as asked for, or refused",
        "facts 14.1",
        "Invalid page size: it must be between 1 and {most}",
    )
    V3_FILTER = ("A search is written in its own language", "facts 14.2", "Invalid filter expression")
    V3_CURSOR = ("A cursor of v3 is one that was given", "facts 14.1", "Invalid page cursor")

    CLIENT = ("An OAuth client is one that registered", "facts 18", "Unknown client_id")
    REDIRECT = (
        "It gets its answer on the person's own machine, on a port from 1025 on, without a query",
        "facts 18",
        "Invalid redirect_uri",
    )
    STATE = ("It sends a state along", "facts 18", "state is required")
    CHALLENGE = ("and the S256 challenge of a verifier", "facts 18", "code_challenge_method must be S256")
    CODE = (
        "A code is good once, with its verifier; a new token ends the old one of the same client and person",
        "facts 18",
        "invalid_grant",
        400,
        "facts 18",
    )

    BRANCH = ("A branch is one of the repository", "facts 10", "Branch not found", 400, "facts 7")
    TAG = ("So is a tag", ASSUMED, "Tag not found")
    PULL_REQUEST = ("A pull request is a branch, if there is one", "facts 10", "Branch not found", 400, "facts 7")
    TWO_REFS = ("Branch and tag exclude each other", "facts 4.3", "Only one of branch and tag can be given")
    CONFIG_REF = ("`config` is a ref of the repository that has the config", "facts 10", "Branch not found")
    CHECKOUT_REF = ("`checkout` is a ref of the repository that has the code", "facts 10", "Branch not found")
    CLASSIC = (
        "The classic trigger is not for GitHub App and GitLab projects",
        "facts 10",
        "This project's pipelines are triggered by /project/{slug}/pipeline/run",
    )
    GITLAB = ("A GitLab project is not triggered by API at all", "facts 10", "Project not found", 404)
    ESCAPED = ("`pipeline/run` knows no escaped slash", "facts 3", "Not found", 404)
    WHICH = ("Where the slug is opaque a definition is named", ASSUMED, "A pipeline definition ID is required")
    DEFINITION = ("A definition is one of the project's", ASSUMED, "Pipeline definition not found", 404)
    PARAMETERS = (
        "Parameters are those of the chosen definition's config; of its setup config, where it has one",
        "facts 7; CircleCI docs: dynamic config",
        "Unexpected argument(s): {names}",
        400,
        _SEEN,
    )
    TYPES = (
        "Values are of the declared type",
        "facts 10",
        "Type error for argument {name}: expected type: {wanted}, actual value: {value} (type {actual})",
        400,
        _SEEN,
    )
    MANY = ("At most 100 parameters", "facts 10", "Too many parameters: {count} given, at most 100 are allowed")
    LONG_NAME = (
        "Their names have at most 128 characters",
        "facts 10",
        "Parameter name is too long: at most 128 characters are allowed",
    )
    LONG_VALUE = (
        "Their values have at most 512 characters",
        "facts 10",
        "Value of parameter {name} is too long: at most 512 characters are allowed",
    )
    CI_SKIP = (
        "[ci skip] in the head commit stops the API too: nothing was triggered",
        "facts 9.10",
        "Ignoring pipeline due to CI skip in the commit",
        200,
        "facts 9.10",
    )

    RUNNING = (
        "What runs is not rerun",
        ASSUMED,
        "The workflow is still running; it can be rerun once it has ended",
    )
    PASSED = ("`from_failed` is for what failed", "facts 11", "Only a failed workflow can be rerun from failed")
    OFTEN = ("100 reruns, reruns of reruns counted", "facts 9.9", "A workflow can be rerun at most 100 times")
    OLD = ("Nothing that is 90 days old is rerun", "facts 9.9", "Workflows older than 90 days cannot be rerun")
    JOBS = ("Chosen jobs are the workflow's own", ASSUMED, "Some of the jobs do not belong to this workflow")
    BOTH = ("`from_failed` excludes `jobs`", "facts 11", "from_failed and jobs exclude each other")
    SSH = ("`enable_ssh` and `sparse_tree` want `jobs`", "facts 11", "enable_ssh and sparse_tree require jobs")
    NO_HOLD = ("Only what is on hold is approved", "facts 11", "Approval request not found", 404)
    APPROVED = ("A hold is approved once", ASSUMED, "The job has already been approved")
    TOO_LATE = (
        "Approvals stay possible for 90 days",
        "facts 9.9",
        "The job was held more than 90 days ago and cannot be approved",
    )
    DECLINED = ("A declined hold is not approved", ASSUMED, "The job has been canceled and cannot be approved")
    ENDED = ("What has ended is not cancelled", ASSUMED, "The {noun} has already ended and cannot be canceled")
    FORGOTTEN = (
        "The jobs of an old workflow are gone; 30 days is our number",
        "facts 1.6",
        "Workflow not found",
        404,
        "facts 9.6",
    )

    PAGE_SIZE = ("Lists of deploys want an organisation and a page size", _DOC, "org-id and page-size are required")
    VERSIONS = (
        "A rollback names what runs there, and another that ran there",
        "facts 17.4",
        "current_version {version} is not what is deployed",
    )
    NOT_DEPLOYED = ("It is of something that is deployed there", "facts 17.4", "Nothing is deployed there", 404)
    UNDER_WAY = ("One rollback of a place at a time", "facts 17.4", "A command is already under way", 409)
    NO_ROLLBACK = (
        "A rollback wants a rollback pipeline or a release agent",
        ASSUMED,
        "No rollback pipeline is configured for this project",
    )
    VALIDATING = ("What is validated is called so meanwhile", ASSUMED)
    AUTO_ROLLBACK = ("What fails its validation is rolled back once, by the rollback pipeline", "facts 17.6")

    HOOKS = ("Five webhooks to a project", "facts 4.10", "A project can have at most {most} webhooks")
    EVENTS = ("There are two events", "facts 4.10", "Events must be among: {known}")
    HTTPS = (
        "Webhooks go to https; here also to one's own machine",
        "facts 4.10",
        "URL must be https (only the sandbox lets http through, to your own machine)",
    )
    SCOPE = ("Webhooks are those of a project", "facts 4.10", "scope-id and scope-type=project are required")
    DIGEST = ("Fingerprints are md5 or sha256", "facts 4.8", "digest must be md5 or sha256")
    APP_KEYS = (
        "GitHub App and GitLab projects get no keys by API",
        "facts 4.8",
        "Not available to projects that use GitLab or GitHub App",
    )
    USER_KEY = (
        "A user key wants its owner's leave",
        ASSUMED,
        "Authorize your account with GitHub before creating user keys.",
        403,
    )
    VARIABLE = (
        "Variables have the names of a shell's",
        ASSUMED,
        "Names begin with a letter or _, and hold letters, digits and _ only",
    )
    APP_SCHEDULES = (
        "Classic schedules are not for GitHub App and GitLab projects",
        "facts 4.9",
        "Not yet available to projects that use GitLab or GitHub App",
    )
    SCHEDULED_REF = ("A schedule has a branch or a tag", "facts 4.9", "Parameters must contain branch or tag")
    PER_HOUR = ("A timetable runs 1 to 60 times an hour", "facts 4.9", "per-hour must be between 1 and 60")
    DAYS = (
        "It has hours, and days of the week or of the month",
        "facts 4.9",
        "A timetable needs hours-of-day, and either days-of-week or days-of-month",
    )
    TIMES = ("Its hours, days and months are ones that there are", "facts 4.9", "Invalid value in {name}")
    WINDOW = ("Insights know five windows", "facts 4.7", "Invalid reporting-window")
    END_DATE = ("An end wants a beginning", ASSUMED, "start-date must be specified if an end-date is provided")
    LONG_AGO = ("They lie 90 days apart at most", "facts 4.7", "end-date can be at most 90 days after start-date")
    DATE = ("They are dates", "facts 2", "Invalid {name}")

    FRESH = ("A fresh pipeline has no workflows yet", "facts 1.1")
    EMPTY = ("A pipeline may be created and never have a workflow", "facts 9.2")
    CONFIG_ERROR = ("A config that does not compile errs before any workflow", "facts 8")
    SETUP = ("After a setup workflow the same pipeline goes on", "facts 9.3")
    REFUSED_AFTER_SETUP = ("What a setup made may be refused: errored, though its one workflow passed", "facts 8")
    NOTHING_AFTER_SETUP = ("What a setup made may have no workflow", "facts 9.2")
    PAGES = ("Workflows come twenty to a page, however many there are", ASSUMED)
    RERUN = ("A rerun is a new workflow beside the old one", "facts 1.3")
    CANCEL = ("A cancel is accepted now and done a moment later", "facts 9.7")
    UPDATED_AT = ("`updated_at` does not follow the workflows", "facts 9.5")
    AUTO_RERUN = ("A failed workflow may be rerun by CircleCI itself", "facts 9.4")
    NO_VCS = ("Pipelines of GitHub App and GitLab projects have no `vcs`", "facts 5")
    TRIGGERS = ("`trigger.type` is an open set; `gitlab` is documented, `github_app` for its pushes ours", ASSUMED)
    VALUES = ("A pipeline's values tell which definition it ran", "CircleCI changelog: expanded pipeline values")
    CONFIG_DEFAULT = ("A config kept elsewhere is read on its default branch where no ref is said", ASSUMED)
    MERGE_QUEUE = ("A merge queue pushes to branches of its own", ASSUMED)

    def __init__(
        self, rule: str, source: str, message: str = "", status: int | None = None, message_source: str = ""
    ) -> None:
        self.rule, self.source, self.message = rule, source, message
        self.status = status or (HTTPStatus.BAD_REQUEST if message else None)
        self.message_source = message_source or (ASSUMED if message else "")

    def to_error(self, **values: Any) -> FakeCircleciError:
        """The error of this rule, its message completed with these values."""
        return FakeCircleciError(self.status or HTTPStatus.BAD_REQUEST, self.message.format(**values))

    def as_page(self) -> dict[str, Any]:
        """What the panel shows of it; `assumed` says what is assumed: the rule, its message, or nothing."""
        assumed = "rule" if self.source == ASSUMED else "message" if self.message_source == ASSUMED else ""
        return {
            "rule": self.rule,
            "source": self.source,
            "status": self.status,
            "message": self.message,
            "assumed": assumed,
        }
