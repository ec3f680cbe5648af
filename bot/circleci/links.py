"""Links to CircleCI and to repositories: reading those that people paste, making those that we show.

The forms are those of the web app, its legacy, a Server's and the sandbox's, as circleci-cli accepts them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, quote, unquote, urlsplit

from bot.domain import ProjectSlug
from bot.errors import UsageError
from bot.language import _
from bot.untrusted.patterns import compile_linear

CLOUD = "https://circleci.com"

_CLOUD_HOSTS = frozenset({"circleci.com", "www.circleci.com", "app.circleci.com"})
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
_REPOSITORY_HOSTS = {"github.com": "gh", "www.github.com": "gh", "bitbucket.org": "bb", "www.bitbucket.org": "bb"}
_NOT_AN_OWNER = frozenset({"orgs", "apps", "settings", "marketplace", "features", "login", "notifications", "sponsors"})
_BEFORE_SLUG = (
    ("pipelines",),
    ("settings", "project"),
    ("projects", "project-setup"),
    ("projects",),
    ("insights",),
    ("jobs",),
    ("build-insights",),
    (),
)
_BEFORE_WORKFLOW = (("pipelines", "workflows"), ("workflow-run",), ("workflow",))
_ID = compile_linear(r"[0-9A-Za-z-]{8,64}")
_NUMBER = compile_linear(r"[0-9]{1,9}")
_REPOSITORY = compile_linear(r"https?://[\w.-]+(?::\d+)?(?:/[\w.~-]+){2,}")
_REVISION = compile_linear(r"[0-9a-fA-F]{7,64}")
_SSH = compile_linear(r"(?:ssh://)?git@(github\.com|bitbucket\.org)[:/](?P<path>\S+)")


@dataclass(frozen=True, slots=True)
class Link:
    """What a pasted address points to. A workflow link may name no project, a legacy job link no pipeline.

    CircleCI's command line prints addresses of ids alone. `branch` is that of a project's list of pipelines.
    """

    project: ProjectSlug | None = None
    pipeline_number: int | None = None
    workflow_id: str | None = None
    job_number: int | None = None
    pipeline_id: str | None = None
    job_id: str | None = None
    branch: str | None = None

    @property
    def label(self) -> str:
        """What it points to, as plain text."""
        job = _("job {number}", number=self.job_number) if self.job_number else ""
        of = f"#{self.pipeline_number}" if self.pipeline_number else ""
        its_id = next((each[:8] for each in (self.workflow_id, self.pipeline_id) if each and not of), "")
        return " ".join(filter(None, [self.project.name if self.project else "", of or its_id, job]))

    def leads_to(self, other: Link) -> bool:
        """Whether the other one points to something inside of what this one points to."""
        mine, theirs = self._steps, other._steps
        return mine != theirs and all(one in {None, each} for one, each in zip(mine, theirs, strict=True))

    @property
    def _steps(self) -> tuple[object, ...]:
        return self.project, self.pipeline_number, self.pipeline_id, self.workflow_id, self.job_number, self.job_id

    @property
    def is_below_project(self) -> bool:
        """Whether it points to more than a project."""
        return bool(self.pipeline_number or self.pipeline_id or self.workflow_id or self.job_number)

    @property
    def has_job(self) -> bool:
        return bool(self.job_number or self.job_id)

    @classmethod
    def parse(cls, text: str, base_url: str = CLOUD) -> Link | None:
        """Read an address as people paste it and Slack wraps it; None when it is nothing of ours."""
        address = _unwrap(text)
        if ssh := _SSH.fullmatch(address):
            address = f"https://{ssh[1]}/{ssh['path']}"
        host, path, query = _split_url(address)
        if host in _REPOSITORY_HOSTS:
            return _parse_repository(_REPOSITORY_HOSTS[host], _split_path(path))
        return _parse_address(host, path, query, base_url=base_url)

    @classmethod
    def parse_app(cls, text: str, base_url: str = CLOUD) -> Link | None:
        """The same of CircleCI's own addresses alone: a repository is none."""
        host, path, query = _split_url(_unwrap(text))
        return _parse_address(host, path, query, base_url=base_url)


def select_app_addresses(addresses: Sequence[str], base_url: str) -> tuple[str, ...]:
    """Those of CircleCI's own that lead furthest: a pipeline's is left out beside that of a job of it."""
    found = {link: address for address in addresses if (link := Link.parse_app(address, base_url))}
    return tuple(address for link, address in found.items() if not any(link.leads_to(other) for other in found))


def _parse_address(host: str, path: str, query: str, *, base_url: str) -> Link | None:
    path_of_app = _find_app_path(host, path, base_url)
    found = None if path_of_app is None else _parse_app_path(_split_path(path_of_app))
    branch = parse_qs(query).get("branch", [""])[0]
    return replace(found, branch=branch) if found and branch and not found.is_below_project else found


def _unwrap(text: str) -> str:
    """Slack writes `<https://…|label>`, and `&amp;` for an ampersand."""
    text = text.strip().replace("&amp;", "&")
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1].split("|", 1)[0]
    return text.strip()


def _split_url(address: str) -> tuple[str, str, str]:
    """Host (with its port) in lower case, raw path and query; the scheme may be missing: `github.com/acme/web`."""
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
    except ValueError:
        return "", "", ""
    if parts.scheme not in {"http", "https"}:
        return "", "", ""
    return parts.netloc.rpartition("@")[2].lower(), parts.path, parts.query


def _split_path(path: str) -> list[str]:
    return [unquote(segment) for segment in path.split("/") if segment]


def _find_app_path(host: str, path: str, base_url: str) -> str | None:
    """The path inside CircleCI's web app, or None on a foreign host."""
    base = urlsplit(base_url)
    prefix, own = base.path.rstrip("/"), base.netloc.lower()
    if _fold_loopback(host) in {_fold_loopback(own), f"app.{own}"} and f"{path}/".startswith(f"{prefix}/"):
        return path[len(prefix) :]
    return path if host in _CLOUD_HOSTS else None


def _fold_loopback(host: str) -> str:
    """This machine by one of its names: in a demo the browser's address and ours may differ."""
    name, colon, port = host.rpartition(":")
    return f"localhost:{port}" if colon and name in _LOOPBACK else host


def _parse_repository(vcs: str, segments: list[str]) -> Link | None:
    if len(segments) < 2 or segments[0].lower() in _NOT_AN_OWNER:
        return None
    project = _parse_project([vcs, segments[0], segments[1].removesuffix(".git")])
    return Link(project=project) if project else None


def _parse_app_path(segments: list[str]) -> Link | None:
    for before_id in _BEFORE_WORKFLOW:
        if tuple(segments[: len(before_id)]) == before_id:
            return _parse_workflow(None, None, segments[len(before_id) :])
    if segments[:1] == ["pipeline"]:
        return Link(pipeline_id=segments[1]) if len(segments) > 1 and _ID.fullmatch(segments[1]) else None
    for before in _BEFORE_SLUG:
        rest = segments[len(before) :]
        if tuple(segments[: len(before)]) == before and (project := _parse_project(rest[:3])):
            return _parse_project_path(project, rest[3:], numbers_pipelines=before == ("pipelines",))
    return None


def _parse_project(parts: list[str]) -> ProjectSlug | None:
    if any("/" in part for part in parts):
        return None
    try:
        return ProjectSlug.parse("/".join(parts))
    except UsageError:
        return None


def _parse_project_path(project: ProjectSlug, rest: list[str], *, numbers_pipelines: bool) -> Link:
    """`rest` is what follows the slug: `12/workflows/<id>/jobs/3`, or a legacy link's job number."""
    if not rest or not _NUMBER.fullmatch(rest[0]):
        return Link(project=project)
    if not numbers_pipelines:
        return Link(project=project, job_number=int(rest[0]))
    number = int(rest[0])
    inside = _parse_workflow(project, number, rest[2:]) if rest[1:2] == ["workflows"] else None
    return inside or Link(project=project, pipeline_number=number)


def _parse_workflow(project: ProjectSlug | None, number: int | None, rest: list[str]) -> Link | None:
    """`rest` begins with the workflow's id."""
    if not rest or not _ID.fullmatch(rest[0]):
        return None
    job = rest[2] if rest[1:2] in (["jobs"], ["job"]) and len(rest) > 2 else ""
    if _NUMBER.fullmatch(job):
        return Link(project, number, rest[0], int(job))
    return Link(project, number, rest[0], job_id=job if _ID.fullmatch(job) else None)


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses in CircleCI's web app: on the cloud that is app.circleci.com, elsewhere the same base."""

    base_url: str = CLOUD

    def project_url(self, project: ProjectSlug) -> str:
        return f"{self._app}/pipelines/{_quote_slug(project)}"

    def pipeline_url(self, project: ProjectSlug, number: int) -> str:
        return f"{self.project_url(project)}/{number}"

    def workflow_url(self, project: ProjectSlug, number: int, workflow_id: str) -> str:
        return f"{self.pipeline_url(project, number)}/workflows/{quote(workflow_id, safe='')}"

    def job_url(self, project: ProjectSlug, number: int, workflow_id: str, *, job_number: int) -> str:
        return f"{self.workflow_url(project, number, workflow_id)}/jobs/{job_number}"

    @property
    def token_page(self) -> str:
        """Where a person makes a personal API token."""
        return f"{self._app}/settings/user/tokens"

    @property
    def sign_in_url(self) -> str | None:
        """Where the pages for programs are with which people let them act; None on a Server, which has none."""
        host = _fold_loopback(urlsplit(self.base_url).netloc)
        return self._app if host in _CLOUD_HOSTS or host.startswith("localhost:") else None

    @property
    def is_server(self) -> bool:
        """Whether this is a CircleCI Server, which lacks what the cloud alone has."""
        return self.sign_in_url is None

    @property
    def _app(self) -> str:
        base = self.base_url.rstrip("/")
        return "https://app.circleci.com" if urlsplit(base).netloc in _CLOUD_HOSTS else base


def build_compare_url(repository_url: str | None, old: str | None, new: str | None) -> str | None:
    """The page of a repository's host that shows what changed between two revisions; None where there is none."""
    known = _REPOSITORY.fullmatch(repository_url or "")
    if not (known and old and new) or not all(_REVISION.fullmatch(each) for each in (old, new)):
        return None
    host = urlsplit(known[0]).hostname or ""
    if "bitbucket" in host:
        return f"{known[0]}/branches/compare/{new}%0D{old}"
    return f"{known[0]}/{'-/' if 'gitlab' in host else ''}compare/{old}...{new}"


def build_commit_url(repository_url: str | None, revision: str | None) -> str | None:
    """The page of a repository's host that shows a commit; None where there is none."""
    known = _REPOSITORY.fullmatch(repository_url or "")
    if not (known and revision and _REVISION.fullmatch(revision)):
        return None
    host = urlsplit(known[0]).hostname or ""
    if "bitbucket" in host:
        return f"{known[0]}/commits/{revision}"
    return f"{known[0]}/{'-/' if 'gitlab' in host else ''}commit/{revision}"


def _quote_slug(project: ProjectSlug) -> str:
    return "/".join(quote(part, safe="") for part in (project.vcs, project.org, project.project))
