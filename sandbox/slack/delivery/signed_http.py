"""HTTP mode: every payload is a signed POST (slack docs: verifying requests)."""

from __future__ import annotations

import hashlib
import hmac
import json
from functools import partial
from typing import Any
from urllib.parse import urlencode

import aiohttp

from sandbox.slack.delivery.ack import Ack, PayloadKind, Retry, run_within
from sandbox.slack.ids import SIGNING_SECRET
from sandbox.virtual_clock import SandboxClock

ACK_WITHIN_S = 3.0
MOST_REDIRECTS = 2


class SignedHttp:
    """Posts everything to one request URL."""

    def __init__(self, clock: SandboxClock, url: str) -> None:
        self._clock = clock
        self._url = url
        self._session: aiohttp.ClientSession | None = None

    async def deliver(self, kind: PayloadKind, payload: dict[str, Any], retry: Retry | None) -> Ack:
        """Post one payload; the answer's body is the ack's."""
        content_type, body = _encode_payload(kind, payload)
        headers = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
        headers |= _signature(body, int(self._clock.now().timestamp())) | _retry_headers(retry)
        try:
            return await run_within(self._clock, ACK_WITHIN_S, partial(self._post, body, headers))
        except TimeoutError:
            return Ack("late", reason="http_timeout")
        except aiohttp.TooManyRedirects:
            return Ack("failed", reason="too_many_redirects")
        except aiohttp.ClientSSLError:
            return Ack("failed", reason="ssl_error")
        except aiohttp.ClientConnectionError:
            return Ack("unreachable", reason="connection_failed")
        except aiohttp.ClientError:
            return Ack("failed", reason="unknown_error")

    async def _post(self, body: bytes, headers: dict[str, str]) -> Ack:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        sending = self._session.post(self._url, data=body, headers=headers, max_redirects=MOST_REDIRECTS)
        async with sending as answer:
            text = await answer.text()
            if not answer.ok:
                no_retry = answer.headers.get("X-Slack-No-Retry") == "1"
                return Ack("failed", reason="http_error", no_retry=no_retry)
            return Ack("acked", _decode_answer(text))

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


def _encode_payload(kind: PayloadKind, payload: dict[str, Any]) -> tuple[str, bytes]:
    if kind == "events_api":
        return "application/json", json.dumps(payload).encode()
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return "application/x-www-form-urlencoded", urlencode(fields).encode()


def _signature(body: bytes, at_s: int) -> dict[str, str]:
    signed = hmac.new(SIGNING_SECRET.encode(), f"v0:{at_s}:".encode() + body, hashlib.sha256)
    return {"X-Slack-Request-Timestamp": str(at_s), "X-Slack-Signature": f"v0={signed.hexdigest()}"}


def _retry_headers(retry: Retry | None) -> dict[str, str]:
    return {"X-Slack-Retry-Num": str(retry.number), "X-Slack-Retry-Reason": retry.reason} if retry else {}


def _decode_answer(text: str) -> Any:
    """JSON where it is JSON, else the text itself, which a slash command may answer with."""
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text
