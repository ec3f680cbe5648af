"""One request of API v3: its filters and its page, and answers in the envelopes of v3."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from starlette.responses import JSONResponse, Response

from sandbox.circleci.api.circleci_call import CircleciCall
from sandbox.circleci.api_json import Json
from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.entities import FakeJob
from sandbox.circleci.fake_projects import FakeProject

PAGE_SIZE = 20
_CURSOR_MARK = b"\xfa\xce\x00 v3"

Item = TypeVar("Item")


class V3Call(CircleciCall):
    """`most` of a page is each route's own; a limit above it is refused, not cut down."""

    def get_filter(self, name: str) -> str | None:
        return self.request.query_params.get(f"filter[{name}]") or None

    def require_filter(self, name: str) -> str:
        value = self.get_filter(name)
        if value is None:
            raise ApiRule.V3_SCOPE.to_error(names=f"filter[{name}]")
        return value

    def find_project(self, project_id: str) -> FakeProject | None:
        return next((each for each in self.list_visible_projects() if each.id == project_id), None)

    def get_job(self) -> FakeJob:
        return self.get_job_by_id()[1]

    def list_page(self, items: Sequence[Item], shape: Callable[[Item], Json], most: int = PAGE_SIZE) -> Response:
        """A page, by the query's `page[limit]` and `page[cursor]`."""
        query = self.request.query_params
        return build_page(items, shape, query.get("page[limit]"), query.get("page[cursor]"), most=most)


def build_page(items: Sequence[Item], shape: Callable[[Item], Json], limit: Any, cursor: Any, *, most: int) -> Response:
    size, start = _parse_limit(limit, most), _parse_cursor(cursor)
    end = start + size
    page = {
        "next": _build_cursor(end) if end < len(items) else None,
        "prev": _build_cursor(max(0, start - size)) if start else None,
    }
    return JSONResponse({"data": [shape(item) for item in items[start:end]], "page": page})


def build_one(entity: Json) -> Response:
    return JSONResponse({"data": entity})


def build_entity(entity_id: str, attributes: Json, **references: str) -> Json:
    """`references` are ids, by what they are of."""
    return {
        "id": entity_id,
        "attributes": attributes,
        "references": {of: {"id": one} for of, one in references.items()},
    }


def _parse_limit(limit: Any, most: int) -> int:
    if limit is None:
        return most
    if not str(limit).isdigit() or not 1 <= int(limit) <= most:
        raise ApiRule.V3_LIMIT.to_error(most=most)
    return int(limit)


def _build_cursor(offset: int) -> str:
    return base64.b64encode(_CURSOR_MARK + str(offset).encode()).decode()


def _parse_cursor(cursor: Any) -> int:
    if not cursor:
        return 0
    try:
        mark, offset = base64.b64decode(str(cursor), validate=True).split(_CURSOR_MARK)
    except (binascii.Error, ValueError):
        raise ApiRule.V3_CURSOR.to_error() from None
    return int(offset) if not mark and offset.isdigit() else 0


V3Handler = Callable[[V3Call], Response]
V3Routes = Sequence[tuple[str, str, V3Handler]]
"""Method, path below the version, handler."""
