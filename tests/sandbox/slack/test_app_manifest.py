from __future__ import annotations

import pytest

from sandbox.slack.app_manifest import Manifest


def test_a_usage_hint_is_parted_at_its_bars_but_not_inside_brackets() -> None:
    hint = "trigger [project] [--branch NAME | --tag NAME] | status | help [word]"
    manifest = Manifest.parse({"features": {"slash_commands": [{"command": "/circle", "usage_hint": hint}]}})
    [command] = manifest.list_commands_for_page()
    assert command["suggestions"] == [
        {"text": "trigger", "hint": "[project] [--branch NAME | --tag NAME]"},
        {"text": "status", "hint": ""},
        {"text": "help", "hint": "[word]"},
    ]


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
