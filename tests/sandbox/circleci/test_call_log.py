from __future__ import annotations

import json

from tests.sandbox.circleci.circle import WEB, SimulatorClient


async def test_a_call_is_remembered_with_who_made_it_and_what_it_said(circle: SimulatorClient) -> None:
    await circle.post(f"{WEB}/pipeline", {"branch": "nowhere"}, by="grace")
    await circle.call("GET", f"{WEB}/pipeline", by="eve", params={"branch": "main"})
    await circle.call("GET", "/me", by=None)
    first, second, third = circle.world.calls.snapshot()
    assert {key: first[key] for key in ("method", "path", "status", "token_owner", "auth", "body")} == {
        "method": "POST",
        "path": f"/api/v2{WEB}/pipeline",
        "status": 400,
        "token_owner": "grace",
        "auth": "circle-token",
        "body": {"branch": "nowhere"},
    }
    assert (second["token_owner"], second["query"], second["status"]) == ("eve", {"branch": "main"}, 200)
    assert (third["token_owner"], third["auth"], third["status"]) == (None, None, 401)


async def test_no_token_and_no_secret_is_ever_remembered(circle: SimulatorClient) -> None:
    await circle.call("GET", "/me", by=None, params={"circle-token": "CCIPAT_ada"})
    await circle.call("GET", "/me", headers={"Authorization": "Bearer CCIPAT_grace"}, by=None)
    await circle.post("/webhook", {"signing-secret": "hush", "scope": {"id": "CCIPAT_ada"}, "name": "CCIPAT_eve"})
    await circle.post("/webhook", "hush CCIPAT_ada")
    remembered = json.dumps(circle.world.snapshot())
    assert "CCIPAT" not in remembered
    assert '"signing-secret": "****"' in remembered
    assert len(circle.world.calls.snapshot()) == 4


async def test_only_the_last_two_thousand_calls_are_kept(circle: SimulatorClient) -> None:
    for number in range(2001):
        circle.world.calls.record({"at": "", "number": number})
    calls = circle.world.calls.snapshot()
    assert (len(calls), calls[0]["number"], calls[-1]["number"]) == (2000, 1, 2000)
