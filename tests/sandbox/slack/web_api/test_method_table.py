"""The sandbox's table of methods against the table of the contract."""

from __future__ import annotations

from sandbox.slack.web_api.method_table import METHODS
from tests.contracts import slack
from tests.plugins.each_case import each_case


@each_case("name", METHODS)
def test_scopes_arguments_and_tier_are_the_published_ones(name: str) -> None:
    method, published = METHODS[name], slack.METHODS[name]
    assert set(method.scope.split()) == published.scopes
    assert published.need <= set(method.need.split()) <= published.need | published.sdk
    assert method.tier == published.tier
