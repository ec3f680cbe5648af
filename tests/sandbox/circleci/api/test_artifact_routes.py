from __future__ import annotations

import json
from typing import Any

from tests.sandbox.circleci.circle import WEB, SimulatorClient


async def _artifacts(circle: SimulatorClient, job: str = "test") -> tuple[int, list[dict[str, Any]]]:
    """The job's number and all its artifacts, page after page."""
    pipeline_id = await circle.trigger()
    circle.after(30)
    number = (await circle.jobs((await circle.workflow(pipeline_id))["id"]))[job]["job_number"]
    items, token = [], ""
    while token is not None:
        page = await circle.get(f"{WEB}/{number}/artifacts", **({"page-token": token} if token else {}))
        items += page["items"]
        token = page["next_page_token"]
    return number, items


async def _one(circle: SimulatorClient, path: str, node: int = 0) -> str:
    _, items = await _artifacts(circle)
    return next(item["url"] for item in items if (item["path"], item["node_index"]) == (path, node))


async def test_both_nodes_left_the_same_files_on_two_pages(circle: SimulatorClient) -> None:
    _, items = await _artifacts(circle)
    by_node = [[item["path"] for item in items if item["node_index"] == node] for node in (0, 1)]
    assert by_node[0] == by_node[1]
    assert len(items) == 22
    assert {"coverage/index.html", "screenshots/checkout.png", "dumps/heap.bin"} < set(by_node[0])


async def test_there_are_none_before_the_job_ended(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger()
    circle.after(6)
    number = (await circle.jobs((await circle.workflow(pipeline_id))["id"]))["test"]["job_number"]
    assert (await circle.get(f"{WEB}/{number}/artifacts"))["items"] == []


async def test_a_download_wants_the_token_of_somebody_who_may_see_the_project(circle: SimulatorClient) -> None:
    number, items = await _artifacts(circle)
    url = next(item["url"] for item in items if item["path"] == "timings.txt")
    answers = [await circle.call("GET", url, by) for by in ("grace", "eve", None, "expired")]
    assert [answer.status_code for answer in answers] == [200, 200, 401, 401]
    assert f"of test #{number} on node 0" in answers[0].text
    assert (await circle.call("GET", f"{url}.exe")).status_code == 404


async def test_head_tells_how_much_there_is(circle: SimulatorClient) -> None:
    url = await _one(circle, "logs/server.log")
    head, got = await circle.call("HEAD", url), await circle.call("GET", url)
    assert head.headers["content-length"] == str(len(got.content))
    assert head.headers["content-type"].startswith("text/plain")


async def test_a_picture_is_one_and_differs_from_node_to_node(circle: SimulatorClient) -> None:
    first, second = [
        (await circle.call("GET", await _one(circle, "screenshots/checkout.png", node))).content for node in (0, 1)
    ]
    assert first.startswith(b"\x89PNG\r\n\x1a\n")
    assert first != second


async def test_the_three_summaries_say_the_same(circle: SimulatorClient) -> None:
    xml = (await circle.call("GET", await _one(circle, "coverage/coverage.xml"))).text
    summary = json.loads((await circle.call("GET", await _one(circle, "coverage/coverage-summary.json"))).text)
    lcov = (await circle.call("GET", await _one(circle, "coverage/lcov.info"))).text
    assert 'line-rate="0.8729"' in xml
    assert summary["total"]["lines"]["pct"] == 87.29
    assert (lcov.count("LF:"), lcov.count("LH:")) == (2, 2)


async def test_a_dump_lies_in_a_store_that_wants_no_token_and_suffers_none(circle: SimulatorClient) -> None:
    moved = await circle.call("GET", await _one(circle, "dumps/heap.bin"))
    where = moved.headers["location"]
    assert moved.status_code == 302
    assert "/store/" in where
    answers = [await circle.call("HEAD", where, by) for by in (None, "ada")]
    assert [answer.status_code for answer in answers] == [200, 400]
    assert answers[0].headers["content-length"] == "24000000"


async def test_the_store_is_on_another_host_where_this_machine_has_two_names(circle: SimulatorClient) -> None:
    url = (await _one(circle, "dumps/heap.bin")).replace("http://sandbox/", "http://127.0.0.1:3000/")
    assert (await circle.call("GET", url)).headers["location"].startswith("http://localhost:3000/circleci/store/")


async def test_an_address_in_the_store_works_for_ten_minutes(circle: SimulatorClient) -> None:
    where = (await circle.call("GET", await _one(circle, "dumps/heap.bin"))).headers["location"]
    circle.after(601)
    assert (await circle.call("GET", where, None)).status_code == 403
    assert (await circle.call("GET", where.replace("/store/", "/store/x"), None)).status_code == 403


async def test_a_browser_is_shown_what_somebody_clicked(circle: SimulatorClient) -> None:
    url = await _one(circle, "coverage/index.html")
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    shown = await circle.call("GET", url, None, headers=browser)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Coverage report: 87%" in shown.text
    assert (await circle.call("GET", f"{url}x", None, headers=browser)).status_code == 404
    assert (await circle.call("GET", url, "expired", headers=browser)).status_code == 401
