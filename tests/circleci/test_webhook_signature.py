from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.circleci.webhook_signature import verify_signature
from tests.contracts.webhooks import SIGNATURES
from tests.plugins.each_case import each_case

HELLO = "734cc62f32841568f45715aeb9f4d7891324e6d948e4c6c60c0621cdac48623a"


@pytest.mark.parametrize("row", SIGNATURES, ids=lambda row: row["body"])
def test_the_documented_signatures_hold(row: dict[str, str]) -> None:
    assert verify_signature(row["header"], row["body"].encode(), row["secret"])
    assert not verify_signature(row["header"], row["body"].encode() + b" ", row["secret"])


@each_case(
    "header",
    [f"v1={HELLO},v2=abc", f"v2=abc,v1={HELLO}", f" v2=a=b , v1={HELLO} ", f"junk,v1={HELLO}", f",,v1={HELLO},"],
)
def test_other_versions_beside_ours_do_not_matter(header: str) -> None:
    assert verify_signature(header, b"hello world", "secret")


@each_case(
    "header",
    [
        None,
        "",
        "v1",
        "v1=",
        HELLO,
        f"v2={HELLO}",
        f"V1={HELLO}",
        f"v1={HELLO.upper()}",
        f"v1={HELLO[:-1]}",
        f"v1={HELLO}0",
        f"v1=0,v1={HELLO}",
        "v1=ünïcödé",
        "v1=\ud800",
        ",",
        "=",
    ],
)
def test_anything_else_is_a_no_and_not_an_error(header: str | None) -> None:
    assert verify_signature(header, b"hello world", "secret") is False


def test_without_a_secret_nobody_is_believed() -> None:
    assert not verify_signature("v1=b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad", b"", "")


@given(st.text(), st.binary(max_size=50), st.text(max_size=20))
def test_no_header_breaks_it(header: str, body: bytes, secret: str) -> None:
    assert verify_signature(header, body, secret) is False
