from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.circleci.circle import SimulatorClient


async def test_errors_are_objects_with_a_type_and_an_id(circle: SimulatorClient) -> None:
    refused = {by: await circle.ask_v3("/projects/nothing", by) for by in ("ada", "expired")}
    assert {by: one.status_code for by, one in refused.items()} == {"ada": 404, "expired": 401}
    errors: list[dict[str, Any]] = [one.json()["error"] for one in refused.values()]
    assert [error["type"] for error in errors] == ["not_found", "unauthorized"]
    assert all(error["id"] and error["title"] and error["detail"] for error in errors)


async def test_a_token_in_the_query_is_refused(circle: SimulatorClient) -> None:
    answer = await circle.http.get("/api/v3/orgs", params={"circle-token": "CCIPAT_ada"})
    assert answer.status_code == 401


async def test_limits_are_said_in_the_words_of_the_draft(circle: SimulatorClient) -> None:
    answer = await circle.ask_v3("/orgs")
    assert answer.headers["ratelimit-policy"].startswith('"default";q=')
    assert "ratelimit-remaining" not in answer.headers


@pytest.mark.parametrize(("path", "status"), [("/users", 500), ("/orgs", 404), ("/nowhere", 404)])
async def test_a_server_has_none_of_it_and_answers_some_paths_500(
    circle: SimulatorClient, path: str, status: int
) -> None:
    circle.world.is_server = True
    assert (await circle.ask_v3(path, user_id="me")).status_code == status


async def test_a_fault_of_a_path_of_v2_spares_the_same_path_of_v3(circle: SimulatorClient) -> None:
    circle.faults.add({"target": "circleci", "match": "orgs", "status": 503})
    assert (await circle.ask_v3("/orgs")).status_code == 200
    circle.faults.add({"target": "circleci", "match": "v3/orgs", "status": 503})
    assert (await circle.ask_v3("/orgs")).status_code == 503
