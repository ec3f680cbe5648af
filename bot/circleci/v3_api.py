"""Reads of API v3. Each stands beside the read of v2 that answers where v3 does not: whoever asks v3 says how.

Ids are the same in both, so what is found here may be changed there. Nothing is changed by v3.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from bot.circleci.api_request import MOST_ITEMS, V3, ApiResponse, BaseApi, ItemList, Part
from bot.circleci.models.lenient_reading import parse_lenient
from bot.circleci.models.v3_models import Listing, Reference, Single
from bot.circleci.v3_host import FORBIDDEN, SERVER_ERROR
from bot.clock import Clock
from bot.errors import CircleCIError, RateLimited, Unauthorized

T = TypeVar("T")

PAGES = 20


class V3Api(BaseApi):
    """One person's line to v3. Whatever goes wrong raises a CircleCIError, which `ask_v3` answers with None."""

    @property
    @abstractmethod
    def clock(self) -> Clock: ...

    @abstractmethod
    async def has_v3(self, family: str) -> bool:
        """Whether v3 is to be asked about this: the host has it, and it was not just at fault."""

    @abstractmethod
    def record_fallback(self, family: str, error: CircleCIError) -> None:
        """v3 answered like this, so that v2 is asked."""

    @abstractmethod
    async def wait_for_v3(self, family: str, ask: Callable[[], Awaitable[T]]) -> T:
        """What v3 says, within the time that this is worth. Raises Unavailable after it."""

    async def ask_v3(self, family: str, ask: Callable[[], Awaitable[T]]) -> T | None:
        """What v3 says; None where it is not asked, or says nothing that can be read: then v2 is asked."""
        if not await self.has_v3(family):
            return None
        try:
            return await self.wait_for_v3(family, ask)
        except CircleCIError as error:
            self.record_fallback(family, error)
            return None

    async def check_v3(self) -> bool | None:
        """Whether the host has v3; None where this token cannot tell (facts: "Does this host have it?").

        Raises Unavailable where it does not answer, or with a 5xx, which passes.
        """
        try:
            answer = await self.request("users", query={"filter[user_id]": "me"}, api=V3)
            answer.parse(Listing[Reference])
        except (Unauthorized, RateLimited):
            return None
        except CircleCIError as error:
            if error.status == 0 or error.status >= SERVER_ERROR:
                raise
            return None if error.status == FORBIDDEN else False
        return True

    async def fetch_v3(self, shape: type[T], *path: Part) -> T:
        """One thing: what its `data` holds."""
        return (await self.request(*path, api=V3)).parse(Single[shape]).data  # type: ignore[valid-type] # at run time

    async def list_v3(
        self, shape: type[T], *path: Part, query: Mapping[str, str] | None = None, pages: int = PAGES
    ) -> ItemList[T]:
        """All of a list. Its query says what it is a list of."""

        async def ask(cursor: str | None) -> ApiResponse:
            turned = {"page[cursor]": cursor} if cursor else {}
            return await self.request(*path, query={**(query or {}), **turned}, api=V3)

        return await _gather_pages(shape, ask, pages)

    async def find_v3(
        self, shape: type[T], *path: Part, body: Mapping[str, Any], limit: int = 20, pages: int = PAGES
    ) -> ItemList[T]:
        """All that a search finds: a read by POST, which may be repeated."""

        async def ask(cursor: str | None) -> ApiResponse:
            page = {"limit": limit} | ({"cursor": cursor} if cursor else {})
            return await self.request(*path, method="POST", body={**body, "page": page}, api=V3, searches=True)

        return await _gather_pages(shape, ask, pages)

    async def list_v3_lines(self, shape: type[T], *path: Part) -> ItemList[T]:
        """All of an answer in JSON Lines."""
        return parse_lines(shape, await self.request(*path, api=V3))


Ask = Callable[[str | None], Awaitable[ApiResponse]]
"""Brings the page behind a cursor, or the first one."""


async def _gather_pages(shape: type[T], ask: Ask, pages: int) -> ItemList[T]:
    """As many pages as asked for, and no further once a cursor repeats."""
    found: ItemList[T] = ItemList()
    cursor: str | None = None
    seen: set[str] = set()
    for _page in range(pages):
        answer = await ask(cursor)
        page, odd = answer.parse_with_issues(Listing[shape])  # type: ignore[valid-type] # made at run time
        if odd.left_out and not page.data:
            raise answer.build_unreadable_error()
        found.extend(page.data[: MOST_ITEMS - len(found)])
        found.left_out += odd.left_out
        cursor = page.page.next
        if not cursor or cursor in seen:
            return found
        seen.add(cursor)
    found.is_cut = True
    return found


def parse_lines(shape: type[T], answer: ApiResponse) -> ItemList[T]:
    """One member a line; what cannot be read is left out, unless nothing can. Raises Unavailable."""
    lines = [line for line in answer.content.split(b"\n", MOST_ITEMS)[:MOST_ITEMS] if line.strip()]
    found: ItemList[T] = ItemList()
    for line in lines:
        try:
            found.append(parse_lenient(shape, line)[0])
        except ValueError:
            found.left_out += 1
    if lines and not found:
        raise answer.build_unreadable_error()
    return found
