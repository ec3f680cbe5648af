"""OAuth of the simulator: what facts 18 say of it, each."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.circleci.circle import WEB, SimulatorClient
from tests.sandbox.circleci.oauth_client import OAuthClient, decide, read_query

ROOT = "http://sandbox/circleci"
DAY_S = 86400


@pytest.fixture
async def client(circle: SimulatorClient) -> OAuthClient:
    client = OAuthClient(circle.http, ROOT)
    assert (await client.register()).status_code == 201
    return client


async def _me(circle: SimulatorClient, token: str) -> httpx.Response:
    return await circle.call("GET", "/me", None, headers={"Circle-Token": token})


async def _trigger(circle: SimulatorClient, token: str) -> int:
    started = await circle.call(
        "POST", f"{WEB}/pipeline", None, headers={"Circle-Token": token}, json={"branch": "main"}
    )
    return started.status_code


async def test_a_code_becomes_a_token_of_ninety_days(circle: SimulatorClient, client: OAuthClient) -> None:
    answer = (await client.exchange(await client.allow())).json()
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 90 * DAY_S)
    assert (await _me(circle, answer["access_token"])).json()["login"] == "ada"
    assert await _trigger(circle, answer["access_token"]) == 201
    circle.after(90 * DAY_S)
    assert (await _me(circle, answer["access_token"])).status_code == 401


@pytest.mark.parametrize(
    ("who", "scope", "writes"), [("ada", "read", 404), ("ada", "admin", 201), ("eve", "write", 404)]
)
async def test_the_scope_is_a_ceiling(
    circle: SimulatorClient, client: OAuthClient, who: str, scope: str, writes: int
) -> None:
    token = await client.fetch_token(**{"as": who, "scope": scope})
    assert (await _me(circle, token)).status_code == 200
    assert await _trigger(circle, token) == writes


async def test_a_new_token_ends_the_old_one_of_the_same_client_and_person(
    circle: SimulatorClient, client: OAuthClient
) -> None:
    other = OAuthClient(circle.http, ROOT)
    await other.register()
    tokens = [await client.fetch_token(), await other.fetch_token(), await client.fetch_token(**{"as": "grace"})]
    assert [(await _me(circle, token)).status_code for token in tokens] == [200, 200, 200]
    await client.fetch_token()
    assert [(await _me(circle, token)).status_code for token in tokens] == [401, 200, 200]


async def test_a_code_is_good_once_and_with_its_verifier(client: OAuthClient) -> None:
    code = await client.allow()
    assert (await client.exchange(code)).status_code == 200
    again = await client.exchange(code)
    assert (again.status_code, again.json()) == (400, {"error": "invalid_grant"})
    wrong = await client.exchange(await client.allow(), code_verifier="another-verifier-of-forty-three-characters-")
    assert wrong.json() == {"error": "invalid_grant"}


async def test_who_denies_says_so_in_the_address(circle: SimulatorClient, client: OAuthClient) -> None:
    url = httpx.URL(f"{ROOT}/oauth/authorize", params=client.list_params())
    ended = await decide(circle.http, str(url), decision="deny")
    assert read_query(ended) == {"error": "access_denied", "state": "a-state"}


async def test_what_is_asked_may_be_pushed_first(circle: SimulatorClient, client: OAuthClient) -> None:
    pushed = await circle.http.post(f"{ROOT}/oauth/par", data=client.list_params())
    assert pushed.status_code == 201
    url = httpx.URL(f"{ROOT}/oauth/authorize", params={"request_uri": pushed.json()["request_uri"]})
    assert "code" in read_query(await decide(circle.http, str(url), scope="read"))


@pytest.mark.parametrize(
    "uri",
    [
        "https://example.com/",
        "http://127.0.0.1:80/",
        "http://127.0.0.1/",
        "http://127.0.0.1:53117/?q=1",
        "http://127.0.0.1:x/",
    ],
)
async def test_only_the_persons_own_machine_gets_the_answer(client: OAuthClient, uri: str) -> None:
    assert (await client.register(uri)).json() == {"message": "Invalid redirect_uri"}


async def test_no_token_stands_in_the_log_of_calls(circle: SimulatorClient, client: OAuthClient) -> None:
    token = await client.fetch_token()
    await circle.call("POST", f"{WEB}/pipeline", None, headers={"Circle-Token": token}, json={"branch": token})
    assert token not in str(circle.world.snapshot())
