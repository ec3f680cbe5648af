"""Whatever CircleCI puts into a field of its answers: every call of the client answers, and what is not odd is there.

Answers are made from the table of CircleCI's operations (tests/contracts/circleci.yaml): all that they may hold, and
then one place after the other holds something else. So no answer is unreadable for what we do not need of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import httpx
import pytest
import structlog

from bot.circleci.api_request import V2, ApiResponse, Part, encode_path
from bot.circleci.client import CircleCI, CircleCIPool
from bot.circleci.insights_api import PastRuns
from bot.circleci.models.lenient_reading import ParseIssues
from bot.errors import Unavailable
from tests.circleci.test_contract import CALLS as CALLS_OF_V2
from tests.circleci.test_contract import WEB
from tests.contracts.circleci import operation

Json = Any
Place = tuple[str | int, ...]

ODD: tuple[Json, ...] = (None, "", 7, -1.5, True, "a word that is new", [], [None], {}, {"a": None})
GONE = object()
UNUSED = httpx.MockTransport(lambda request: httpx.Response(500, request=request))

CALLS = {**CALLS_OF_V2, "job steps": ("/api/v1.1/…", lambda it: it.list_job_steps(WEB, 7))}
READS = [name for name in CALLS if not name.startswith(("remove", "cancel", "approve"))]
SINGLE = {
    "deploy settings",
    "deploying projects",
    "job",
    "pipeline config",
    "pipeline values",
    "workflow summary",
    "project summary",
    "org summary",
    "test metrics",
    "checkout key",
    "add checkout key",
}
"""Of these every field may be missing; all others answer lists. Which projects deploy is known of all or of none."""

LISTS = ("items", "flaky_tests", "branches", "steps")
"""What an answer is about, where it is about many."""

NEEDED = {
    "me": {"id"},
    "user": {"id"},
    "project": {"slug"},
    "pipeline": {"id"},
    "pipeline by number": {"id"},
    "trigger a branch": {"id"},
    "trigger a tag": {"id"},
    "trigger by default": {"id"},
    "run a definition": {"id"},
    "run a tag": {"id"},
    "workflow": {"id"},
    "roll back": {"id"},
    "rerun": {"workflow_id"},
    "rerun from failed": {"workflow_id"},
    "rerun jobs with SSH": {"workflow_id"},
    "variable": {"name"},
    "set variable": {"name"},
    "schedule": {"id"},
    "add schedule": {"id"},
    "reschedule": {"id"},
    "context": {"id"},
    "add webhook": {"id"},
    "set webhook": {"id"},
}
"""Without these nothing can be said of a single thing; of lists that member alone is left out."""


class Book(CircleCI):
    """CircleCI by the table, but for a `change` of each answer."""

    def __init__(self, change: Callable[[Json], Json] = lambda body: body) -> None:
        super().__init__(build_pool(), "CCIPAT_ada")
        self._change = change

    async def request(self, *path: Part, method: str = "GET", api: str = V2, **asked: Any) -> ApiResponse:
        status, body = read_table(method, f"/{encode_path(path)}" if api == V2 else f"/{api}/{encode_path(path)}")
        content = json.dumps(self._change(body)).encode()
        return ApiResponse(status, content, method != "GET", None, lambda odd: self._report_issues("v2", odd))


@cache
def build_pool() -> CircleCIPool:
    """One for thousands of clients."""
    return CircleCIPool("https://circleci.test", transport=UNUSED)


@cache
def read_table(method: str, path: str) -> tuple[int, Json]:
    """The status and the body of an answer, which is nobody's to change."""
    found = operation(method, path)
    assert found
    return max(found.answers()), _three_of_each(found.sample(full=True))


def _three_of_each(body: Json) -> Json:
    """A list of three items in place of one, on one page."""
    if isinstance(body, list):
        return [_other(body[0], number) for number in range(3)]
    if "next_page_token" in body:
        body["next_page_token"] = None
    return {
        name: [_other(value[0], number) for number in range(3)] if name in LISTS and value else value
        for name, value in body.items()
    }


def _other(item: Json, number: int) -> Json:
    return item | {"id": f"id-{number}"} if isinstance(item, dict) and "id" in item else item


def iterate_places(value: Json, place: Place = ()) -> Iterator[Place]:
    """Every place of an answer; of a list's items those of the second."""
    steps = list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ())
    for step, inner in steps[1:2] if isinstance(value, list) and len(steps) == 3 else steps:
        yield (*place, step)
        yield from iterate_places(inner, (*place, step))


def replace_place(body: Json, place: Place, odd: Json) -> Json:
    body = json.loads(json.dumps(body))
    holder = body
    for step in place[:-1]:
        holder = holder[step]
    if odd is GONE:
        del holder[place[-1]]
    else:
        holder[place[-1]] = odd
    return body


async def _answers(name: str) -> tuple[Json, Json]:
    """The body that a call reads, and what it answers when nothing is odd."""
    bodies: list[Json] = []
    answer = await CALLS[name][1](Book(lambda body: bodies.append(body) or body))
    return bodies[0], answer


def _is_needed(name: str, place: Place) -> bool:
    return place[0] in NEEDED.get(name, ()) or (len(place) == 1 and place[0] in LISTS)


@pytest.mark.parametrize("name", READS)
async def test_no_odd_field_of_an_answer_that_is_not_needed_stops_anything(name: str) -> None:
    body, _answer = await _answers(name)
    for place in iterate_places(body):
        for odd in (*ODD, GONE):
            try:
                await CALLS[name][1](Book(lambda body, place=place, odd=odd: replace_place(body, place, odd)))
            except Unavailable:
                assert _is_needed(name, place), f"{place} as {odd!r}"


@pytest.mark.parametrize("name", NEEDED)
async def test_what_is_needed_is_all_that_an_answer_must_hold(name: str) -> None:
    await CALLS[name][1](Book(lambda body: {key: value for key, value in body.items() if key in NEEDED[name]}))
    for key in NEEDED[name]:
        with pytest.raises(Unavailable):
            await CALLS[name][1](Book(lambda body, key=key: replace_place(body, (key,), GONE)))


def _members(answer: Any) -> list[Any]:
    """What a call answers, where it is a list."""
    return list(answer.runs if isinstance(answer, PastRuns) else answer)


LISTING = [name for name in READS if name not in NEEDED and name not in SINGLE]


@pytest.mark.parametrize("name", LISTING)
async def test_an_odd_item_leaves_the_others_as_they_are(name: str) -> None:
    body, answer = await _answers(name)
    usual = _members(answer)
    for place in iterate_places(body):
        for odd in (*ODD, GONE) if len(place) > 1 else ():
            book = Book(lambda body, place=place, odd=odd: replace_place(body, place, odd))
            found = _members(await CALLS[name][1](book))
            assert usual[0] in found
            assert usual[-1] in found
            assert len(usual) - len(found) <= book.left_out or odd is GONE, f"{place} as {odd!r}"


async def test_a_page_of_nothing_that_can_be_read_leads_on_to_the_next() -> None:
    pages = [{"items": [None, {"id": 7}], "next_page_token": "2"}, {"items": [{"id": "w-1"}], "next_page_token": None}]
    book = Book(lambda _body: pages.pop(0))
    found = await book.list_pipeline_workflows("p-1")
    assert [workflow.id for workflow in found] == ["w-1"]
    assert (found.left_out, book.left_out) == (2, 2)


async def test_what_is_odd_is_logged_once_and_what_is_left_out_is_counted_each_time() -> None:
    counted: list[int] = []
    pool = CircleCIPool("https://circleci.test", left_out=counted.append)
    odd = ParseIssues(frozenset({"items.*", "items.*.name"}), 2)
    with structlog.testing.capture_logs() as logs:
        pool.record_issues("api/v2/pipeline", odd)
        pool.record_issues("api/v2/pipeline", odd)
    assert [(log["event"], log["fields"]) for log in logs] == [("circleci.answer_odd", ["items.*", "items.*.name"])]
    assert counted == [2, 2]
