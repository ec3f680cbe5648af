from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.circleci.signature import verify

VECTORS = Path(__file__).parents[2] / "../shared/specs/webhooks/signature-vectors.json"

HELLO = "734cc62f32841568f45715aeb9f4d7891324e6d948e4c6c60c0621cdac48623a"
DOCUMENTED = [
    (b"hello world", "secret", HELLO),
    (b"lalala", "another-secret", "daa220016c8f29a8b214fbfc3671aeec2145cfb1e6790184ffb38b6d0425fa00"),
    (b"an-important-request-payload", "hunter123", "9be2242094a9a8c00c64306f382a7f9d691de910b4a266f67bd314ef18ac49fa"),
    (b"foo", "secret", "773ba44693c7553d6ee20f61ea5d2757a9a4f4a44d2841ae4e95b52e4cd62db4"),
]


@pytest.mark.parametrize(("body", "secret", "v1"), DOCUMENTED)
def test_the_documented_signatures_hold(body: bytes, secret: str, v1: str) -> None:
    assert verify(f"v1={v1}", body, secret)


@pytest.mark.skipif(not VECTORS.exists(), reason="the specs are not beside this checkout")
def test_the_vectors_of_the_specs_hold() -> None:
    vectors = json.loads(VECTORS.read_text())["vectors"]
    assert len(vectors) == 4
    for vector in vectors:
        assert verify(vector["header"], vector["body"].encode(), vector["secret"])
        assert not verify(vector["header"], vector["body"].encode() + b" ", vector["secret"])


@pytest.mark.parametrize(
    "header",
    [f"v1={HELLO},v2=abc", f"v2=abc,v1={HELLO}", f" v2=a=b , v1={HELLO} ", f"junk,v1={HELLO}", f",,v1={HELLO},"],
)
def test_other_versions_beside_ours_do_not_matter(header: str) -> None:
    assert verify(header, b"hello world", "secret")


@pytest.mark.parametrize(
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
    assert verify(header, b"hello world", "secret") is False


def test_without_a_secret_nobody_is_believed() -> None:
    assert not verify("v1=b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad", b"", "")


@given(st.text(), st.binary(max_size=50), st.text(max_size=20))
def test_no_header_breaks_it(header: str, body: bytes, secret: str) -> None:
    assert verify(header, body, secret) is False
