"""What every API family is built on: read (GET), write (POST), page through a list, parse the answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import quote

from bot.circleci.models import Page
from bot.circleci.models.lenient_reading import ParseIssues, parse_lenient
from bot.domain import ProjectSlug
from bot.errors import NotFound, Unavailable
from bot.language import _
from bot.mrkdwn import as_code

T = TypeVar("T")

Part = str | int | ProjectSlug

ALL = 500
"""Pages of a list that is no use in part, as the names of what is masked."""
MOST_ITEMS = 10_000
MOST_BYTES_OF_A_LIST = 32_000_000
"""Pages are read while there was less than this."""

V2 = "api/v2"
V11 = "api/v1.1"
V3 = "api/v3"


@dataclass(frozen=True, slots=True)
class ApiCall:
    """A request to the API. `secret` is part of the body, and is kept out of every error.

    Unless it `waits`, a read that CircleCI limits fails at once, with RateLimited. `searches` says that it is a read,
    though it is a POST.
    """

    path: str
    method: str = "GET"
    query: Mapping[str, str] | None = None
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    secret: str = field(default="", repr=False)
    waits: bool = True
    searches: bool = False

    @property
    def writes(self) -> bool:
        return self.method != "GET" and not self.searches

    @property
    def is_v3(self) -> bool:
        return self.path.startswith(f"{V3}/")

    @property
    def spends_budget(self) -> bool:
        """v3 and deploys are limited by themselves, which says nothing of what else the token may ask."""
        return not (self.is_v3 or "/deploy/" in self.path)


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """A 2xx answer, not read yet. `wrote` says that it answers a write, which then has happened."""

    status: int
    content: bytes = field(repr=False)
    wrote: bool
    request_id: str | None
    odd: Callable[[ParseIssues], None] = field(default=lambda _odd: None, repr=False)
    """Hears what could not be read."""
    media_type: str = ""

    def parse(self, shape: type[T]) -> T:
        """The body as `shape`. Raises Unavailable when it is not JSON, or JSON that lacks what is needed."""
        return self.parse_with_issues(shape)[0]

    def parse_with_issues(self, shape: type[T]) -> tuple[T, ParseIssues]:
        """The same, with what is left out."""
        try:
            found, odd = parse_lenient(shape, self.content)
        except ValueError:
            raise self.build_unreadable_error() from None
        if odd.fields:
            self.odd(odd)
        return found, odd

    def build_unreadable_error(self) -> Unavailable:
        message = _("CircleCI answered with something that is not its API's JSON.")
        if self.wrote:
            message += " " + _("It is unknown what came of it: look before you repeat it.")
        return Unavailable(message, unknown=self.wrote, status=self.status, request_id=self.request_id)


class ItemList(list[T]):
    """A list that was read, how many of its items could not be, and whether there is more than was asked for."""

    left_out = 0
    is_cut = False


class BaseApi(ABC):
    """One person's line to CircleCI. Every call may raise any CircleCIError, and NotConnected without a token."""

    @abstractmethod
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
        """One request. A ProjectSlug in the path becomes three segments, each encoded separately.

        `secret` is part of the body, and is never part of an error, even where CircleCI's own sentence repeats it.
        `searches`: it is a read, whatever its method.
        """

    @abstractmethod
    def record_output(self, project: ProjectSlug) -> None:
        """What a build of this project printed or stored is about to be read. Raises OutputHidden where it may not."""

    async def fetch(self, shape: type[T], *path: Part, api: str = V2) -> T:
        return (await self.request(*path, api=api)).parse(shape)

    async def send(
        self, *path: Part, method: str = "POST", body: Mapping[str, Any] | None = None, secret: str = ""
    ) -> ApiResponse:
        return await self.request(*path, method=method, body=body, secret=secret)

    async def delete(self, *path: Part) -> bool:
        """Delete something. False when CircleCI does not know it, or hides it.

        Raises NotFound where it is still there: to a token that may only read, CircleCI answers a write as if it were
        missing. Perhaps it was this very request that removed it: aiohttp repeats a DELETE whose answer was lost on a
        connection that it had kept, as RFC 9110 (9.2.2) allows.
        """
        try:
            await self.request(*path, method="DELETE")
        except NotFound:
            if await self._is_there(*path):
                raise
            return False
        return True

    async def _is_there(self, *path: Part) -> bool:
        try:
            await self.request(*path)
        except NotFound:
            return False
        return True

    async def list_items(
        self, shape: type[T], *path: Part, query: Mapping[str, str] | None = None, pages: int = 20
    ) -> ItemList[T]:
        """All items of a list."""
        found: ItemList[T] = ItemList()
        async for page in self.iter_pages(shape, *path, query=query, pages=pages):
            found.extend(page.items)
            found.left_out += page.left_out
            found.is_cut = bool(page.next_page_token)
        return found

    async def iter_items(
        self, shape: type[T], *path: Part, query: Mapping[str, str] | None = None, pages: int = 20
    ) -> AsyncIterator[T]:
        """Items of a list, one by one: no page is asked for before it is needed."""
        async for page in self.iter_pages(shape, *path, query=query, pages=pages):
            for item in page.items:
                yield item

    async def iter_pages(
        self, shape: type[T], *path: Part, query: Mapping[str, str] | None = None, pages: int
    ) -> AsyncIterator[Page[T]]:
        """A list's pages, no item twice: `pages` and 10,000 items at most, and no further once a token repeats."""
        seen_ids: set[object] = set()
        seen_tokens: set[str] = set()
        items_left, bytes_left = MOST_ITEMS, MOST_BYTES_OF_A_LIST
        wanted = dict(query or {})
        for _page in range(pages):
            answer = await self.request(*path, query=wanted)
            page, odd = answer.parse_with_issues(Page[shape])  # type: ignore[valid-type] # made at run time
            items = tuple(item for item in page.items if _is_new(item, seen_ids))[:items_left]
            yield page.model_copy(update={"items": items, "left_out": odd.left_out})
            items_left, bytes_left = items_left - len(items), bytes_left - len(answer.content)
            token = page.next_page_token
            if not token or token in seen_tokens or bytes_left < 0 or not items_left:
                return
            seen_tokens.add(token)
            wanted["page-token"] = token


@contextmanager
def name_missing(message: str) -> Iterator[None]:
    """A 404 inside of this says this message, which names what is missing."""
    try:
        yield
    except NotFound as error:
        named = NotFound(message, *error.next_steps, status=error.status, request_id=error.request_id)
        named.wrote = error.wrote
        raise named from None


def name_missing_project(slug: ProjectSlug) -> AbstractContextManager[None]:
    """A 404 inside of this says that the project is missing."""
    return name_missing(_("CircleCI does not know {project}, or hides it from you.", project=as_code(slug.name)))


def _is_new(item: object, seen_ids: set[object]) -> bool:
    """Pages shift while new items arrive, so that one item may come twice."""
    key = getattr(item, "id", None)
    if key is None:
        return True
    new = key not in seen_ids
    seen_ids.add(key)
    return new


@lru_cache(maxsize=1024)
def encode_path(path: tuple[Part, ...]) -> str:
    """The path with every segment percent-encoded separately. Raises NotFound for a segment that is no name at all."""
    segments = [segment for part in path for segment in _split_part(part)]
    if any(segment in {"", ".", ".."} for segment in segments):
        raise NotFound(_("CircleCI has nothing by that name."), status=404)
    return "/".join(quote(segment, safe="", errors="replace") for segment in segments)


def _split_part(part: Part) -> tuple[str, ...]:
    if isinstance(part, ProjectSlug):
        return part.vcs, part.org, part.project
    return (str(part),)
