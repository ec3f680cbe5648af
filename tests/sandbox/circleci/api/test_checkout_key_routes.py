from __future__ import annotations

import base64
import hashlib
from urllib.parse import quote

from tests.sandbox.circleci.circle import WEB, SimulatorClient

KEYS = f"{WEB}/checkout-key"


async def test_fingerprints_are_those_of_the_key_in_either_digest(circle: SimulatorClient) -> None:
    (md5,) = (await circle.get(KEYS))["items"]
    (sha256,) = (await circle.get(KEYS, digest="sha256"))["items"]
    blob = base64.b64decode(md5["public_key"].split()[1])
    assert md5["fingerprint"].replace(":", "") == hashlib.md5(blob, usedforsecurity=False).hexdigest()
    expected = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    assert sha256["fingerprint"] == f"SHA256:{expected}"
    assert (await circle.call("GET", KEYS, params={"digest": "crc"})).status_code == 400


async def test_a_key_is_found_and_removed_by_its_encoded_sha256(circle: SimulatorClient) -> None:
    await circle.post(KEYS, {"type": "deploy-key"})
    first, second = (await circle.get(KEYS, digest="sha256"))["items"]
    assert (first["preferred"], second["preferred"]) == (False, True)
    one = f"{KEYS}/{quote(first['fingerprint'], safe='')}"
    assert await circle.get(one) == first
    assert (await circle.call("DELETE", one)).json() == {"message": "Checkout key deleted."}
    assert [key["fingerprint"] for key in (await circle.get(KEYS, digest="sha256"))["items"]] == [second["fingerprint"]]


async def test_a_user_key_needs_a_person_who_let_circleci_into_github(circle: SimulatorClient) -> None:
    made = await circle.post(KEYS, {"type": "user-key"}, "ada")
    assert (made.status_code, made.json()["type"]) == (201, "github-user-key")
    assert (await circle.post(KEYS, {"type": "user-key"}, "grace")).status_code == 403


async def test_who_may_only_read_adds_and_removes_nothing(circle: SimulatorClient) -> None:
    assert (await circle.post(KEYS, {"type": "deploy-key"}, "eve")).status_code == 404
    (key,) = (await circle.get(KEYS, "eve"))["items"]
    assert (await circle.call("DELETE", f"{KEYS}/{key['fingerprint']}", "eve")).status_code == 404
    assert (await circle.call("GET", "/project/gh/acme/api/checkout-key", "eve")).status_code == 404


async def test_a_github_app_project_takes_no_keys(circle: SimulatorClient) -> None:
    path = f"/project/{circle.kiosk.slug}/checkout-key"
    assert (await circle.get(path))["items"] == []
    assert (await circle.post(path, {"type": "deploy-key"})).status_code == 400
