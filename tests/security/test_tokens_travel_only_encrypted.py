"""Tokens travel only where nobody on the way can read them: http:// is refused for Slack and CircleCI.

Unless it leads no further than this machine, or the operator says that it may (ALLOW_HTTP).
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.operating import settings_problems
from bot.settings import Settings
from tests.plugins.world import build_settings

SAFE = ("https://circleci.com", "http://localhost:1/x", "http://127.0.0.1:8080", "http://[::1]:8080")
labels = st.from_regex(r"[a-z][a-z0-9-]{0,10}[a-z0-9]", fullmatch=True)
hosts = st.one_of(
    st.lists(labels, min_size=1, max_size=4).map(".".join).filter(lambda host: host != "localhost"),
    st.ip_addresses(v=4).map(str).filter(lambda host: host != "127.0.0.1"),
    st.sampled_from(["localhost.evil.test", "127.0.0.1.evil.test", "localhost@evil.test", "[::2]", "0x7f.1"]),
)


def made(**changed: object) -> Settings:
    return build_settings("http://127.0.0.1:1", "sqlite:///x.db", socket_mode=True, **changed)


@given(hosts, st.sampled_from(["slack_api_url", "circleci_url"]), st.sampled_from(["", ":8080", "/api"]))
def test_another_machine_is_spoken_to_by_https_only(host: str, name: str, more: str) -> None:
    (sentence,) = settings_problems.find_sending_problems(made(**{name: f"http://{host}{more}"}))
    assert sentence.startswith(f"{name.upper()} is http://")
    assert "ALLOW_HTTP=true" in sentence
    assert list(settings_problems.find_sending_problems(made(**{name: f"http://{host}{more}"}, allow_http=True))) == []
    assert list(settings_problems.find_sending_problems(made(**{name: f"https://{host}{more}"}))) == []


@pytest.mark.parametrize("url", SAFE)
def test_this_machine_may_be_spoken_to_as_it_is(url: str) -> None:
    assert list(settings_problems.find_sending_problems(made(slack_api_url=url, circleci_url=url))) == []
