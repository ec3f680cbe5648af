"""The table of methods against the published digest of Slack's method pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.slack.web_api.methods import METHODS

DIGEST = Path(__file__).parents[4] / ".." / "shared" / "specs" / "slack" / "webapi_methods_digest.slack_kit.json"
pytestmark = pytest.mark.skipif(not DIGEST.is_file(), reason="the digest of methods is not beside this checkout")

# The digest lists no argument that another can stand for; Slack asks for one of them all the same.
ALSO_NEEDED = {"bookmarks.add": {"channel_id"}}
# Chunks stand for it (slack_sdk 3.47).
NOT_NEEDED = {"chat.appendStream": {"markdown_text"}}
# Newer than the digest; needs no token (facts of the platform, section 16).
NEWER = {"blocks.validate"}


def _published() -> dict[str, Any]:
    digest: dict[str, Any] = json.loads(DIGEST.read_text(encoding="utf-8"))
    return digest


@pytest.mark.parametrize("name", [name for name in METHODS if name not in NEWER])
def test_scopes_arguments_and_tier_are_the_published_ones(name: str) -> None:
    method, published = METHODS[name], _published()[name]
    assert set(method.scope.split()) == {scope["name"] for scope in published["scopes"].get("bot", [])}
    assert set(method.need.split()) - ALSO_NEEDED.get(name, set()) == set(published["required"]) - NOT_NEEDED.get(
        name, set()
    )
    tier = f"Tier {method.tier}:" if method.tier else "Special"
    assert published["rate_limit"].startswith(tier)
