from __future__ import annotations

from typing import Any

from bot.settings import Settings
from tests.plugins.each_case import each_case

SOCKET = {"slack_app_token": "xapp-1"}
LOOPBACK, EVERYWHERE = "127.0.0.1", ".".join("0000")


@each_case(
    ("given", "at"),
    [
        ({}, EVERYWHERE),
        (SOCKET, LOOPBACK),
        ({**SOCKET, "public_url": "https://circle.test"}, EVERYWHERE),
        ({**SOCKET, "circleci_webhook_secret": "s"}, EVERYWHERE),
        ({**SOCKET, "host": EVERYWHERE}, EVERYWHERE),
        ({"host": LOOPBACK}, LOOPBACK),
    ],
)
def test_it_listens_to_others_only_where_somebody_outside_has_to_reach_it(given: dict[str, Any], at: str) -> None:
    assert Settings(_env_file=None, **given).get_listen_host(apart=False) == at


def test_the_half_for_platforms_listens_to_all_unless_it_is_told_where() -> None:
    assert Settings(_env_file=None, **SOCKET).get_listen_host(apart=True) == EVERYWHERE
    assert Settings(_env_file=None, host=LOOPBACK).get_listen_host(apart=True) == LOOPBACK
