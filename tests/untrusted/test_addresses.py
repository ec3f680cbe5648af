"""Which addresses a message holds, whoever wrote it and however large or deep it is."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.untrusted.addresses import MOST, find_addresses
from tests.plugins.each_case import each_case

AT = "https://app.circleci.com/pipelines/github/acme/web/341"


@each_case(
    "message",
    [
        {"text": f"Look: <{AT}>, please"},
        {"text": f"Look: <{AT}|web #341>."},
        {"text": f"({AT})"},
        {"text": f"*{AT}*"},
        {"text": f"See {AT}, then say."},
        {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": f"<{AT}|web>"}}]},
        {"blocks": [{"type": "actions", "elements": [{"type": "button", "url": AT}]}]},
        {"blocks": [{"type": "rich_text", "elements": [{"elements": [{"type": "link", "url": AT}]}]}]},
        {"attachments": [{"title_link": AT, "fallback": AT, "text": f"again {AT}"}]},
    ],
)
def test_an_address_is_found_wherever_it_stands(message: dict[str, Any]) -> None:
    assert find_addresses(message) == (AT,)


def test_an_address_is_read_as_slack_escaped_it() -> None:
    assert find_addresses({"text": f"<{AT}?branch=a&amp;filter=mine>"}) == (f"{AT}?branch=a&filter=mine",)


@each_case("text", ["", "nothing", "app.circleci.com", "ftp://app.circleci.com/x", "https://"])
def test_what_is_no_address_is_none(text: str) -> None:
    assert find_addresses({"text": text, "blocks": None, "attachments": "odd"}) == ()


def test_a_message_may_be_as_deep_and_as_long_as_it_likes() -> None:
    deep: Any = AT
    for _ in range(100_000):
        deep = [deep]
    assert find_addresses({"blocks": deep, "text": AT}) == (AT,)
    many = " ".join(f"{AT}{number}" for number in range(1000))
    assert len(find_addresses({"text": many})) == MOST
    assert find_addresses({"text": "x" * 50_000 + AT}) == ()


_ODD = st.recursive(
    st.text() | st.none() | st.booleans() | st.floats(), lambda one: st.lists(one) | st.dictionaries(st.text(), one)
)


@given(_ODD)
def test_no_message_breaks_the_search(odd: Any) -> None:
    found = find_addresses({"text": odd, "blocks": odd, "attachments": [odd]})
    assert all(address.startswith("http") for address in found)
