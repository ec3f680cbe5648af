from __future__ import annotations

import pytest

from sandbox.slack.app_manifest import Manifest


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("circleci.com", "circleci.com"),
        ("app.circleci.com", "circleci.com"),
        ("notcircleci.com", None),
        ("circleci.com.example", None),
    ],
)
def test_a_domain_takes_its_subdomains_along(host: str, domain: str | None) -> None:
    assert Manifest.parse({"features": {"unfurl_domains": ["circleci.com"]}}).find_unfurl_domain(host) == domain


def test_a_manifest_that_asks_for_nothing_gets_nothing() -> None:
    manifest = Manifest.parse({"display_information": {"name": "quiet"}})
    assert (manifest.name, manifest.scopes, manifest.events) == ("quiet", frozenset(), frozenset())
    assert (manifest.home_tab, manifest.interactive, manifest.find_command("/any")) == (False, False, None)


def test_without_a_manifest_everything_is_granted() -> None:
    manifest = Manifest.parse(None)
    assert {"chat:write", "channels:history", "users:read.email"} <= manifest.scopes
    assert manifest.find_command("/any") == {"command": "/any"}
