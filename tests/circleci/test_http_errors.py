from __future__ import annotations

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.circleci.http_errors import build_http_error, parse_message, parse_retry_after_s
from bot.errors import RateLimited, Rejected, Unavailable
from tests.plugins.each_case import each_case

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@each_case(
    ("body", "said"),
    [
        (b'{"message": "Branch not found"}', "Branch not found"),
        (b'{"error": "policy says no", "message": "other"}', "policy says no"),
        (b'{"message": ""}', ""),
        (b'{"message": {"deep": 1}}', ""),
        (b'"a bare string"', "a bare string"),
        (b"plain\n  text ", "plain text"),
        (b"<html><title>502</title></html>", ""),
        (b"  <!DOCTYPE html>", ""),
        (b"", ""),
        (b"{}", ""),
        (b"[]", ""),
        (b"null", ""),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b'{"message": "' + b"a" * 400 + b'"}', "a" * 299 + "…"),
        (b"[" * 200_000, "[" * 299 + "…"),
    ],
)
def test_circlecis_own_sentence_is_found_in_any_body(body: bytes, said: str) -> None:
    assert parse_message(body) == said


def test_a_refusal_quotes_circleci() -> None:
    body = b'{"message": "Permission denied."}'
    error = build_http_error(403, {}, body, wrote=True, secrets=("CCIPAT_ada",), now=NOW)
    assert isinstance(error, Rejected)
    assert error.message == "CircleCI refused: “Permission denied.”"


def test_a_write_that_finds_nothing_may_be_one_of_a_token_that_only_reads() -> None:
    for wrote in (True, False):
        error = build_http_error(404, {}, b'{"message": "Project not found"}', wrote=wrote, secrets=(), now=NOW)
        assert ["may only read" in str(step) for step in error.next_steps] == [True] * wrote


def test_a_refusal_without_a_sentence_names_its_status() -> None:
    error = build_http_error(405, {}, b"<html>", wrote=False, secrets=("x",), now=NOW)
    assert error.message == "CircleCI refused: “HTTP 405”"


def test_a_429_without_retry_after_asks_for_half_a_minute() -> None:
    error = build_http_error(429, {}, b"{}", wrote=False, secrets=(), now=NOW)
    assert isinstance(error, RateLimited)
    assert error.retry_after_s == 30.0


def test_trouble_at_circleci_is_unknown_for_writes_only() -> None:
    for wrote in (True, False):
        error = build_http_error(502, {}, b"<html>", wrote=wrote, secrets=(), now=NOW)
        assert isinstance(error, Unavailable)
        assert error.unknown is wrote


@each_case(
    ("value", "seconds"),
    [
        ("5", 5.0),
        (" 5 ", 5.0),
        ("1.5", 1.5),
        ("0", 0.0),
        ("Mon, 23 Nov 2026 09:00:10 GMT", 10.0),
        ("Mon, 23 Nov 2026 08:00:00 GMT", 0.0),
        ("-1", None),
        ("soon", None),
        ("", None),
        ("99999999999999999999", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(value: str, seconds: float | None) -> None:
    assert parse_retry_after_s({"retry-after": value}, NOW) == seconds


@given(st.binary(max_size=200), st.integers(300, 599), st.text(max_size=20))
def test_no_body_can_break_an_error(body: bytes, status: int, header: str) -> None:
    error = build_http_error(status, {"retry-after": header}, body, wrote=True, secrets=("s",), now=NOW)
    assert error.message
    assert error.status == status


@each_case("secret", ["hunter2 hunter2", "a&b", "x" * 290])
def test_no_part_of_a_secret_is_repeated_however_long_the_sentence(secret: str) -> None:
    body = json.dumps({"message": f"{'The value is not allowed: ' * 2}{secret}"}).encode()
    error = build_http_error(400, {}, body, wrote=True, secrets=("CCIPAT_ada", secret), now=NOW)
    assert error.message.endswith("not allowed: ****”")


def test_a_refusal_for_want_of_rights_says_whom_to_ask() -> None:
    error = build_http_error(403, {}, b"{}", wrote=True, secrets=(), now=NOW)
    assert "ask an admin of the project" in str(error.next_steps)


@each_case(
    ("header", "said"),
    [
        ("1", "1 second."),
        ("60", "60 seconds."),
        ("120", "120 seconds."),
        ("882", "15 minutes."),
        ("3600", "60 minutes."),
    ],
)
def test_how_long_to_wait_is_said_as_people_count_and_what_to_do(header: str, said: str) -> None:
    error = build_http_error(429, {"retry-after": header}, b"{}", wrote=True, secrets=(), now=NOW)
    assert f"CircleCI asks us to wait {said}" in error.message
    assert "ask again after that." in str(error.next_steps)
