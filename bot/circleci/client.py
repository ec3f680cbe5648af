"""What each person sees at CircleCI and does there: clients that share one pool and are bound to one token each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from bot.circleci.api_request import V2, ApiCall, ApiResponse, Part, encode_path
from bot.circleci.asked_changes import AskedChange
from bot.circleci.budget import Budget
from bot.circleci.checkout_keys_api import CheckoutKeysApi
from bot.circleci.contexts_api import ContextsApi
from bot.circleci.deploys_api import DeploysApi
from bot.circleci.download import ByteProgress, TooBig
from bot.circleci.insights_api import InsightsApi
from bot.circleci.jobs_api import JobsApi
from bot.circleci.models.lenient_reading import ParseIssues
from bot.circleci.pool import ConnectionPool, hash_token
from bot.circleci.projects_api import ProjectsApi
from bot.circleci.request_meter import RequestCounts
from bot.circleci.schedules_api import SchedulesApi
from bot.circleci.sign_in_api import SignInApi
from bot.circleci.v3_host import V3State
from bot.circleci.variables_api import VariablesApi
from bot.circleci.webhooks_api import WebhooksApi
from bot.circleci.workflows_api import WorkflowsApi
from bot.clock import Clock
from bot.domain import ProjectSlug
from bot.domain.project_marks import ProjectMarks
from bot.errors import CircleCIError, NotConnected, OutputHidden, Unauthorized
from bot.language import _
from bot.untrusted.patterns import compile_linear
from bot.untrusted.step_output import FILE_BYTES, StepOutput

_TOKEN = compile_linear(r"[\x21-\x7e]+")

T = TypeVar("T")


class WritePermit:
    """Whether the workspace's policy was asked, with all that is known, before CircleCI is told to change something."""

    def __init__(self) -> None:
        self.is_given = False
        self._is_withdrawn = False

    def allow(self) -> None:
        self.is_given = not self._is_withdrawn

    def withdraw(self) -> None:
        """Nothing is changed from now on, whatever the policy allows."""
        self.is_given, self._is_withdrawn = False, True


class CircleCI(
    ProjectsApi,
    WorkflowsApi,
    JobsApi,
    InsightsApi,
    CheckoutKeysApi,
    VariablesApi,
    SchedulesApi,
    ContextsApi,
    WebhooksApi,
    DeploysApi,
):
    """CircleCI as the owner of one token sees it, and acting in that person's name."""

    def __init__(
        self, pool: ConnectionPool, token: str | None, *, waits: bool = True, permit: WritePermit | None = None
    ) -> None:
        self._pool = pool
        self._permit = permit
        self._token = token.strip() if token else None
        self._waits = waits
        self.left_out = 0
        """How many members of lists could not be read in all that was asked with this."""
        self.output_of: set[ProjectSlug] = set()
        """Whose logs, test results or artifacts were read with this."""
        self.marks = ProjectMarks()
        """What the workspace that asks says of its projects."""
        self.changes: list[AskedChange] = []
        """What CircleCI was asked to change with this, in order."""

    def __repr__(self) -> str:
        return f"CircleCI({self._pool.base_url!r})"

    @property
    def sign_in(self) -> SignInApi:
        return self._pool.sign_in

    @property
    def clock(self) -> Clock:
        return self._pool.clock

    @property
    def budget(self) -> Budget | None:
        """What CircleCI last said about how many requests this token has left."""
        return self._pool.get_budget(self._token or "")

    @property
    def request_counts(self) -> RequestCounts:
        """How many requests this process made with this token."""
        return self._pool.meter.get_counts(hash_token(self._token or ""), self.clock.now())

    def with_token(self, token: str) -> CircleCI:
        """The same CircleCI as the owner of another token sees it."""
        return CircleCI(self._pool, token, permit=self._permit)

    def stop_changes(self) -> None:
        """What only draws a form changes nothing: no attempt is written down before it."""
        if self._permit:
            self._permit.withdraw()

    def record_output(self, project: ProjectSlug) -> None:
        if self.marks.is_output_hidden(project, channel=None):
            raise OutputHidden(
                _("Admins marked {project}: what its builds print is not shown in Slack.", project=project.name),
                _("Open it at CircleCI."),
            )
        self.output_of.add(project)

    async def request(
        self,
        *path: Part,
        method: str = "GET",
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        api: str = V2,
        secret: str = "",
        searches: bool = False,
    ) -> ApiResponse:
        if not self._token:
            raise NotConnected(_("You have not connected your CircleCI account yet."))
        if not (self._token.isascii() and _TOKEN.fullmatch(self._token)):
            raise Unauthorized(_("This is not a CircleCI token."), status=401)
        call = ApiCall(f"{api}/{encode_path(path)}", method, query, body, secret, self._waits, searches)
        if call.writes and self._permit and not self._permit.is_given:
            raise RuntimeError(
                f"{method} {call.path}: nobody has asked whether the policy allows it, or a form is drawn"
            )
        odd = partial(self._report_issues, call.path)
        ask = partial(self._pool.request, call, self._token, odd=odd)
        return await (self._record_change(call, ask) if call.writes else ask())

    async def _record_change(self, call: ApiCall, ask: Callable[[], Awaitable[ApiResponse]]) -> ApiResponse:
        self.changes.append(change := AskedChange(call.method, call.path))
        try:
            answer = await ask()
        except CircleCIError as error:
            change.end(error.status, error.request_id)
            raise
        change.end(answer.status, answer.request_id, answer.content)
        return answer

    def get_v3_state(self) -> V3State:
        return self._pool.v3.get_state()

    async def has_v3(self, family: str) -> bool:
        return await self._pool.v3.serves(family, hash_token(self._token or ""), self.check_v3)

    def record_fallback(self, family: str, error: CircleCIError) -> None:
        self._pool.record_fallback(family, error)

    async def wait_for_v3(self, family: str, ask: Callable[[], Awaitable[T]]) -> T:
        return await self._pool.v3.ask(family, ask)

    def _report_issues(self, path: str, odd: ParseIssues) -> None:
        self.left_out += odd.left_out
        self._pool.record_issues(path, odd)

    async def load_cached(self, key: Hashable, load: Callable[[], Awaitable[T]], ttl: Callable[[T], timedelta]) -> T:
        """What `load` brought for this token under this key, for as long as `ttl` says of it."""
        found: T = await self._pool.cache.load((hash_token(self._token or ""), key), load, ttl)
        return found

    def drop_cached(self, key: Hashable) -> None:
        """Forget what `load_cached` remembers under this key."""
        self._pool.cache.drop((hash_token(self._token or ""), key))

    async def fetch_user_names(self, user_ids: Iterable[str]) -> dict[str, str]:
        """What people are called, by id, as far as CircleCI tells it at once. Raises nothing."""
        return await self._pool.names.fetch_names(hash_token(self._token or ""), user_ids, self.fetch_user)

    async def fetch_output(self, output_url: str) -> StepOutput:
        """The end of what a step printed, for bot/untrusted/shown_text.py. `output_url` comes from job_steps."""
        return await self._pool.fetch_output(output_url, StepOutput())

    async def fetch_whole_output(self, output_url: str) -> StepOutput:
        """The same for a file: eight million bytes at most."""
        return await self._pool.fetch_output(output_url, StepOutput(FILE_BYTES))

    async def fetch_artifact_size(self, url: str) -> int | None:
        """Bytes of an artifact, as far as the host that keeps it tells. `url` is the artifact's own."""
        return await self._pool.downloads.fetch_size(url, self._token)

    async def download(self, url: str, *, most_bytes: int, on_progress: ByteProgress | None = None) -> bytes | TooBig:
        """An artifact's bytes. `on_progress` gets how many there are so far, and of how many, if known."""
        return await self._pool.downloads.fetch(url, self._token, most_bytes=most_bytes, on_progress=on_progress)


class CircleCIPool(ConnectionPool):
    """The pool, and a client for each token."""

    def bind(self, token: str | None, *, waits: bool = True, permit: WritePermit | None = None) -> CircleCI:
        """A client that acts as the owner of this token; without one every call raises NotConnected.

        Unless it `waits`, a read for which CircleCI finds us too fast raises RateLimited at once. With a `permit` it
        changes nothing before that is given.
        """
        return CircleCI(self, token, waits=waits, permit=permit)
