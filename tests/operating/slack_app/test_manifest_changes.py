from __future__ import annotations

from typing import Any

import pytest

from bot.operating.slack_app.manifest_changes import build_wanted, find_url, list_changes, wants_more_scopes
from bot.slack.manifest import build_manifest

OURS = build_manifest(url=None)


@pytest.mark.parametrize("url", [None, "https://ci.example.com"])
def test_this_releases_own_manifest_has_nothing_to_change(url: str | None) -> None:
    there = build_manifest(url=url, name="ci")
    assert find_url(there) == url
    assert build_wanted(there, url=None) == there
    assert list_changes(there, there) == []


def test_an_app_whose_tokens_are_rotated_stays_one() -> None:
    there = build_manifest(url="https://circle.example.com", rotates_tokens=True)
    assert list_changes(there, build_wanted(there, url=None)) == []


def test_what_we_say_nothing_of_stays_and_the_order_of_a_list_does_not_count() -> None:
    there = build_manifest(url=None) | {"_metadata": {"major_version": 2}}
    there["settings"]["is_hosted"] = False
    there["oauth_config"]["scopes"]["bot"].reverse()
    wanted = build_wanted(there, url=None)
    assert wanted == OURS | {"_metadata": {"major_version": 2}, "settings": OURS["settings"] | {"is_hosted": False}}
    assert list_changes(there, wanted) == []


@pytest.mark.parametrize("empty", [{}, [], None])
def test_an_empty_part_may_be_written_in_any_way(empty: Any) -> None:
    there = {"display_information": {"name": "circlebot"}, "features": empty, "settings": empty, "oauth_config": empty}
    wanted = build_wanted(there, url=None)
    assert wanted == OURS
    assert wants_more_scopes(there, wanted)
    assert "scope app_mentions:read" in list_changes(there, wanted)[0]


def test_scopes_come_first_and_what_a_terminal_would_obey_is_shown() -> None:
    there = build_manifest(url=None)
    there["display_information"]["description"] = "\x1b[31mred"
    there["oauth_config"]["scopes"]["bot"].remove("commands")
    assert list_changes(there, OURS) == [
        "new      scope commands: with it, circlebot has `/circle`, and its shortcuts in the menu of a message",
        'changed  display_information.description: "\\u001b[31mred" becomes "CircleCI in Slack: trigger, watch, reru…',
    ]
