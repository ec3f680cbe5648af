from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.circleci import return_address
from bot.circleci.return_address import ReturnedCode
from bot.circleci.sign_in_api import RETURN_URL
from bot.errors import UsageError
from tests.plugins.each_case import each_case

GOOD = ReturnedCode("a-code", "a-state")
QUERY = "code=a-code&state=a-state"


@each_case(
    "pasted",
    [
        f"{RETURN_URL}?{QUERY}",
        f"  {RETURN_URL}?{QUERY}  ",
        f"<{RETURN_URL}?{QUERY}>",
        f"<{RETURN_URL}?{QUERY}|the page>",
        f"{RETURN_URL}?{QUERY}".replace("&", "&amp;"),
        f"{RETURN_URL}?{QUERY}#",
        f"{RETURN_URL}?state=a-state&code=a-code&iss=circleci",
        f"127.0.0.1:53117/circlebot?{QUERY}",
        f"http://localhost:53117/circlebot?{QUERY}",
        f"http://[::1]:53117/circlebot?{QUERY}",
        f"HTTP://127.0.0.1:53117/circlebot?{QUERY}",
        f"?{QUERY}",
        QUERY,
    ],
)
def test_our_own_address_is_read_however_it_was_copied(pasted: str) -> None:
    assert return_address.is_address(pasted.strip())
    assert return_address.parse(pasted) == GOOD


@each_case(
    "pasted",
    [
        f"https://127.0.0.1:53117/circlebot?{QUERY}",
        f"http://127.0.0.1/circlebot?{QUERY}",
        f"http://127.0.0.1:80/circlebot?{QUERY}",
        f"http://127.0.0.1:99999/circlebot?{QUERY}",
        f"http://127.0.0.1:53117/?{QUERY}",
        f"http://127.0.0.1:53117/circlebot/x?{QUERY}",
        f"http://127.0.0.1@example.com:53117/circlebot?{QUERY}",
        f"http://somebody@127.0.0.1:53117/circlebot?{QUERY}",
        f"http://example.com:53117/circlebot?{QUERY}",
        f"http://[::1:53117/circlebot?{QUERY}",
        f"{RETURN_URL}?{QUERY}&code=other",
        f"{RETURN_URL}?{QUERY}&error=",
        f"{RETURN_URL}?code=a-code",
        f"{RETURN_URL}?code=&state=a-state",
        f"{RETURN_URL}?code=a%20b&state=a-state",
        f"{RETURN_URL}?code=%C3%BC&state=a-state",
        RETURN_URL,
        f"{RETURN_URL}?{QUERY}" + "&x=y" * 30,
        f"{RETURN_URL}?{QUERY}" + "x" * 3000,
    ],
)
def test_no_other_address_is_and_none_is_repeated(pasted: str) -> None:
    with pytest.raises(UsageError) as refused:
        return_address.parse(pasted)
    told = str(refused.value.message)
    assert "a-code" not in told
    assert "a-state" not in told


@each_case("token", ["CCIPAT_ada", "ccipat_0123456789abcdef", "0123456789abcdef" * 2, "two words", ""])
def test_a_token_is_no_address(token: str) -> None:
    assert not return_address.is_address(token)


@given(st.text(max_size=300))
def test_whatever_is_pasted_is_read_or_refused(pasted: str) -> None:
    for text in (pasted, f"{RETURN_URL}?{pasted}", f"http://{pasted}"):
        with contextlib.suppress(UsageError):
            return_address.parse(text)
