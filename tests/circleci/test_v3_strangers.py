"""What v3 hands over of strangers' builds, as somebody makes it who wants to stop us: bounded, cleaned, masked.

Condensed output goes through the reader of logs, which reads every hostile text (tests/plugins/hostile_texts.py).
"""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from pytest_httpx import HTTPXMock

from bot.circleci.client import CircleCI, CircleCIPool
from bot.circleci.job_failure import fetch_log_excerpt
from bot.circleci.jobs_api import CONDENSED_BYTES
from bot.circleci.memory_use import MemoryUse
from bot.circleci.models import Job
from bot.domain import ProjectSlug
from tests.circleci.conftest import StandingClock
from tests.plugins.app_server import get_ssl_context

WEB = ProjectSlug("gh", "acme", "web")
JOB = Job(id="5034460f-c7c4-4c43-9457-de07e2029e7b", job_number=7)
JOBS = f"https://circleci.test/api/v3/jobs/{JOB.id}"
GIB = 1024**3


@pytest.fixture
async def circleci(clock: StandingClock, httpx_mock: HTTPXMock) -> CircleCI:
    httpx_mock.add_response(
        url="https://circleci.test/api/v3/users?filter%5Buser_id%5D=me", json={"data": []}, is_optional=True
    )
    transport = httpx.AsyncHTTPTransport(verify=get_ssl_context())
    return CircleCIPool("https://circleci.test", clock=clock, transport=transport, v3="on").bind("CCIPAT_ada")


async def read_condensed(circleci: CircleCI, names: frozenset[str] = frozenset()) -> tuple[str, ...]:
    return (await fetch_log_excerpt(circleci, WEB, JOB.id, None, names=names)).lines


async def test_condensed_lines_are_cleaned_and_masked(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    text = '\x1b[31mError: no\x1b[0m\r\nDB_PASSWORD=hunter2\n[{"message": "x"}]\nghp_' + "s4ndb0x" * 5
    httpx_mock.add_response(url=f"{JOBS}/stdout/condensed", text=text)
    lines = await read_condensed(circleci, frozenset({"DB_PASSWORD"}))
    assert lines[:3] == ("Error: no", "DB_PASSWORD=****", '[{"message": "x"}]')
    assert "ghp_" not in " ".join(lines)


async def test_of_a_condensed_output_without_end_only_its_end_is_looked_at(
    circleci: CircleCI, httpx_mock: HTTPXMock
) -> None:
    text = "DB_PASSWORD=" + "x" * CONDENSED_BYTES + "hunter2\nError: no\n"
    httpx_mock.add_response(url=f"{JOBS}/stdout/condensed", text=text)
    assert await read_condensed(circleci) == ("Error: no",)


USAGES: dict[str, tuple[Any, MemoryUse | None]] = {
    "full at the end": ([1 * GIB, 3 * GIB, 4 * GIB], MemoryUse(4 * GIB, 4 * GIB)),
    "full long ago": ([4 * GIB, *[GIB] * 5], MemoryUse(GIB, 4 * GIB)),
    "no samples": ([], None),
    "odd samples": (["much", None, {}, GIB], MemoryUse(GIB, 4 * GIB)),
    "no list": ("much", None),
    "a million samples": ([GIB] * 1_000_000, MemoryUse(GIB, 4 * GIB)),
}


@pytest.mark.parametrize("name", USAGES)
async def test_memory_is_what_the_last_samples_say(circleci: CircleCI, httpx_mock: HTTPXMock, name: str) -> None:
    samples, memory = USAGES[name]
    _answer_usage(httpx_mock, [{"memory_bytes": samples}])
    assert await circleci.fetch_memory_use(JOB.id) == memory


async def test_of_many_nodes_the_fullest_counts_and_of_too_many_the_first(
    circleci: CircleCI, httpx_mock: HTTPXMock
) -> None:
    _answer_usage(httpx_mock, [{"memory_bytes": [number]} for number in range(1, 2_000)])
    assert await circleci.fetch_memory_use(JOB.id) == MemoryUse(500, 4 * GIB)


@pytest.mark.parametrize("limit", [0, -1, None, "all", 1e400])
async def test_a_machine_without_a_limit_tells_nothing(circleci: CircleCI, httpx_mock: HTTPXMock, limit: Any) -> None:
    _answer_usage(httpx_mock, [{"memory_bytes": [GIB]}], limit=limit)
    assert await circleci.fetch_memory_use(JOB.id) is None


def _answer_usage(httpx_mock: HTTPXMock, nodes: Any, limit: Any = 4 * GIB) -> None:
    machine = {"name": "medium", "memory_limit_bytes": limit}
    attributes = {"resource_class": machine, "parallel_executions": nodes}
    body = json.dumps({"data": {"id": JOB.id, "attributes": attributes}})
    httpx_mock.add_response(url=f"{JOBS}/resource-usage", text=body)


async def test_a_job_that_never_had_a_machine_is_no_fault_of_v3(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=f"{JOBS}/resource-usage", status_code=404, is_reusable=True)
    assert await circleci.fetch_memory_use(JOB.id) is None
    assert await circleci.fetch_memory_use(JOB.id) is None


async def test_of_tests_in_lines_no_more_are_read_than_of_pages(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    odd = b'{"name": "t", "result": "failure", "run_time": "soon"}\n'
    httpx_mock.add_response(url=f"{JOBS}/tests", content=odd + b'{"name": "u"}\n' * 10_050)
    found = await circleci.list_test_keys(WEB, JOB)
    assert (len(found), found[0].name, found[0].run_time) == (10_000, "t", None)


async def test_more_lines_than_are_read_at_all_are_left_to_v2(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=f"{JOBS}/tests", content=b"[" * 60_000)
    url = "https://circleci.test/api/v2/project/gh/acme/web/7/tests"
    httpx_mock.add_response(url=url, json={"items": [{"name": "t", "result": "failure"}]})
    assert [test.name for test in await circleci.list_test_keys(WEB, JOB)] == ["t"]
