from __future__ import annotations

import pytest
from pytest_httpx import HTTPXMock

from bot.circleci.client import CircleCI
from bot.domain import ProjectSlug
from bot.errors import NotFound

WEB = ProjectSlug("gh", "acme", "web")
KEYS = "https://circleci.test/api/v2/project/gh/acme/web/checkout-key"
SHA256 = "SHA256:NPj4IcXxqQEKGXOghi/QbG2sohoNfvZ30+wCcdSSNM0="
ENCODED = "SHA256%3ANPj4IcXxqQEKGXOghi%2FQbG2sohoNfvZ30%2BwCcdSSNM0%3D"


@pytest.mark.parametrize("join", ["-", "_"])
async def test_keys_are_read_in_either_spelling(circleci: CircleCI, httpx_mock: HTTPXMock, join: str) -> None:
    item = {
        f"public{join}key": "ssh-rsa A",
        f"created{join}at": "2026-11-01T09:00:00Z",
        "type": "x",
        "fingerprint": "f",
    }
    httpx_mock.add_response(url=f"{KEYS}?digest=sha256", json={"items": [item], "next_page_token": None})
    (key,) = await circleci.list_checkout_keys(WEB, "sha256")
    assert key.public_key == "ssh-rsa A"
    assert key.created_at is not None


async def test_a_sha256_fingerprint_is_one_encoded_segment(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=f"{KEYS}/{ENCODED}", method="GET", json={"fingerprint": SHA256})
    assert (await circleci.fetch_checkout_key(WEB, SHA256)).fingerprint == SHA256
    httpx_mock.add_response(url=f"{KEYS}/{ENCODED}", method="DELETE", json={"message": "ok"})
    assert await circleci.remove_checkout_key(WEB, SHA256)


async def test_a_missing_key_is_named_and_its_removal_is_no_error(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(status_code=404, json={"message": "no"}, is_reusable=True)
    with pytest.raises(NotFound, match="the key `aa:bb` of `acme/web`"):
        await circleci.fetch_checkout_key(WEB, "aa:bb")
    assert not await circleci.remove_checkout_key(WEB, "aa:bb")
