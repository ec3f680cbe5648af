from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_bolt.async_app import AsyncAck
from slack_bolt.authorization import AuthorizeResult

from bot.slack.bolt_app import SlackApp
from bot.web.request_body import MOST_BYTES
from bot.web.slack_endpoint import SlackEndpoint
from tests.web.conftest import NOW, Serve, StandingClock

SECRET = "sandbox-signing-secret"
COMMAND = {
    "command": "/circle",
    "text": "status",
    "team_id": "T1",
    "user_id": "U1",
    "channel_id": "C1",
    "trigger_id": "1.2.3",
}
FORM = "application/x-www-form-urlencoded"


class SlackEndpointHarness:
    """A door with a Bolt app behind it that notes which commands came through."""

    def __init__(self, secret: str | None = SECRET) -> None:
        self.took: list[str] = []
        self.acknowledged: list[str] = []
        bolt = SlackApp(
            name="circlebot",
            signing_secret="unused",
            authorize=_authorize,
            request_verification_enabled=False,
            ssl_check_enabled=False,
            process_before_response=True,
        )

        @bolt.command(re.compile(""))
        async def command(ack: AsyncAck, body: Mapping[str, Any]) -> None:
            self.took.append(body["text"])
            await ack()

        self.door = SlackEndpoint(
            bolt=bolt, signing_secret=secret, clock=StandingClock(), measure_ack=self._measure_ack
        )

    @contextmanager
    def _measure_ack(self, kind: str) -> Iterator[None]:
        yield
        self.acknowledged.append(f"{kind} {self.took}")


async def _authorize(**_: Any) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-test")


def signed(body: bytes, *, secret: str = SECRET, stamp: str | None = None, kind: str = FORM) -> dict[str, str]:
    at = stamp or str(int(NOW.timestamp()))
    made = hmac.new(secret.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": at, "x-slack-signature": f"v0={made}", "content-type": kind}


async def test_a_signed_command_comes_through(serve: Serve) -> None:
    behind, body = SlackEndpointHarness(), urlencode(COMMAND).encode()
    async with serve(slack=behind.door) as http:
        answer = await http.post("/slack/events", content=body, headers=signed(body))
    assert (answer.status_code, behind.took) == (200, ["status"])
    assert behind.acknowledged == ["command ['status']"]


@pytest.mark.parametrize("age_s", [-301, 301])
async def test_a_request_of_another_time_is_refused(age_s: int, serve: Serve) -> None:
    behind, body = SlackEndpointHarness(), urlencode(COMMAND).encode()
    stamp = str(int(NOW.timestamp()) - age_s)
    async with serve(slack=behind.door) as http:
        answer = await http.post("/slack/events", content=body, headers=signed(body, stamp=stamp))
    assert (answer.status_code, behind.took) == (401, [])


@pytest.mark.parametrize(
    "stamp", ["", "soon", "1e9", "-1", "²", "1" * 5000], ids=["none", "word", "float", "minus", "digit", "long"]
)
async def test_a_time_that_is_no_number_is_refused(stamp: str, serve: Serve) -> None:
    behind, body = SlackEndpointHarness(), b"text=x"
    headers = {**signed(body), "x-slack-request-timestamp": stamp.encode()}
    async with serve(slack=behind.door) as http:
        answer = await http.post("/slack/events", content=body, headers=headers)
    assert (answer.status_code, behind.took) == (401, [])


async def test_a_wrong_signature_is_refused_and_its_body_never_logged(
    serve: Serve, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    behind, body = SlackEndpointHarness(), urlencode({**COMMAND, "text": "a-word-from-the-body"}).encode()
    async with serve(slack=behind.door) as http:
        wrong = await http.post("/slack/events", content=body, headers=signed(body, secret="another"))
        odd = await http.post("/slack/events", content=body, headers={**signed(body), "x-slack-signature": b"v0=\xe9"})
        missing = await http.post("/slack/events", content=body)
    assert [wrong.status_code, odd.status_code, missing.status_code] == [401, 401, 401]
    captured = capsys.readouterr()
    assert "a-word-from-the-body" not in caplog.text + captured.out + captured.err
    assert "slack.signature_refused" in caplog.text + captured.out + captured.err


async def test_a_signed_body_that_is_not_utf_8_is_refused(serve: Serve) -> None:
    behind, body = SlackEndpointHarness(), b"text=\xff\xfe"
    async with serve(slack=behind.door) as http:
        answer = await http.post("/slack/events", content=body, headers=signed(body))
    assert (answer.status_code, behind.took) == (400, [])


async def test_a_body_without_end_is_cut_off(serve: Serve) -> None:
    behind, body = SlackEndpointHarness(), b"x" * (MOST_BYTES + 1)
    async with serve(slack=behind.door) as http:
        answer = await http.post("/slack/events", content=body, headers=signed(body))
    assert (answer.status_code, behind.took) == (413, [])


async def test_slacks_look_at_our_certificate_is_answered_only_when_it_is_signed(serve: Serve) -> None:
    behind, body = SlackEndpointHarness(), b"ssl_check=1&token=x"
    async with serve(slack=behind.door) as http:
        signed_look = await http.post("/slack/events", content=body, headers=signed(body))
        unsigned = await http.post("/slack/events", content=body)
    assert (signed_look.status_code, unsigned.status_code, behind.took) == (200, 401, [])


async def test_a_text_that_speaks_of_ssl_check_is_a_command_like_any(serve: Serve) -> None:
    behind, body = SlackEndpointHarness(), urlencode({**COMMAND, "text": "a&ssl_check=1&b"}).encode()
    async with serve(slack=behind.door) as http:
        await http.post("/slack/events", content=body, headers=signed(body))
    assert behind.took == ["a&ssl_check=1&b"]


async def test_slack_may_verify_the_address(serve: Serve) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a"}).encode()
    async with serve(slack=SlackEndpointHarness().door) as http:
        answer = await http.post("/slack/events", content=body, headers=signed(body, kind="application/json"))
    assert answer.json() == {"challenge": "3eZbrw1a"}


async def test_in_socket_mode_there_is_no_door(serve: Serve) -> None:
    behind, body = SlackEndpointHarness(secret=None), urlencode(COMMAND).encode()
    async with serve(slack=behind.door) as http:
        answer = await http.post("/slack/events", content=body, headers=signed(body))
    assert (answer.status_code, behind.took) == (404, [])
