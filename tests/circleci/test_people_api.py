from __future__ import annotations

from pytest_httpx import HTTPXMock

from bot.circleci.client import CircleCI

V2 = "https://circleci.test/api/v2"


async def test_a_user_id_becomes_a_name(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=f"{V2}/user/u-1", json={"id": "u-1", "login": "grace", "name": "Grace"})
    assert (await circleci.fetch_user("u-1")).name == "Grace"


async def test_collaborations_are_a_bare_list(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=f"{V2}/me/collaborations", json=[{"id": None, "slug": "gh/acme", "name": "acme"}])
    assert [org.slug for org in await circleci.list_collaborations()] == ["gh/acme"]
