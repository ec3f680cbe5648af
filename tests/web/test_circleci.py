from __future__ import annotations

import hmac
import json
from pathlib import Path

import pytest

from bot.circleci.webhook import WebhookEvent
from bot.web.body import MOST_BYTES
from bot.web.circleci import CircleCIDoor
from tests.web.conftest import Serve

SECRET = "webhook-secret"
SAMPLES = Path(__file__).parents[3] / "shared" / "specs" / "webhooks"
BODY = json.dumps(
    {
        "type": "workflow-completed",
        "id": "3888f21b-eaa7-38e3-8f3d-75a63bba8895",
        "happened_at": "2026-11-24T09:00:00Z",
        "project": {"id": "p", "slug": "github/acme/web"},
        "pipeline": {"id": "1285fe1d-d3a6-44fc-8886-8979558254c4", "number": 130},
    }
).encode()


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"circleci-signature": f"v1={hmac.new(secret.encode(), body, 'sha256').hexdigest()}"}


class Inbox:
    def __init__(self) -> None:
        self.events: list[WebhookEvent] = []

    async def take(self, event: WebhookEvent) -> None:
        self.events.append(event)

    @property
    def door(self) -> CircleCIDoor:
        return CircleCIDoor(secret=SECRET, on_webhook=self.take)


async def test_a_signed_webhook_is_taken(serve: Serve) -> None:
    inbox = Inbox()
    async with serve(circleci=inbox.door) as http:
        answer = await http.post("/circleci/webhook", content=BODY, headers=signed(BODY))
    assert answer.status_code == 200
    assert [(str(one.project), one.pipeline_number) for one in inbox.events] == [("gh/acme/web", 130)]


@pytest.mark.parametrize("headers", [{}, signed(BODY, "another"), {"circleci-signature": "v0=1"}])
async def test_a_webhook_without_the_right_signature_is_refused(headers: dict[str, str], serve: Serve) -> None:
    inbox = Inbox()
    async with serve(circleci=inbox.door) as http:
        answer = await http.post("/circleci/webhook", content=BODY, headers=headers)
    assert (answer.status_code, inbox.events) == (401, [])


async def test_the_signature_is_over_the_raw_bytes(serve: Serve) -> None:
    inbox, spaced = Inbox(), json.dumps(json.loads(BODY), indent=2).encode()
    async with serve(circleci=inbox.door) as http:
        answer = await http.post("/circleci/webhook", content=spaced, headers=signed(BODY))
    assert (answer.status_code, inbox.events) == (401, [])


@pytest.mark.parametrize("body", [b"", b"[]", b"not json", b'{"type": "x"}'])
async def test_a_signed_body_that_is_no_webhook_is_refused(body: bytes, serve: Serve) -> None:
    inbox = Inbox()
    async with serve(circleci=inbox.door) as http:
        answer = await http.post("/circleci/webhook", content=body, headers=signed(body))
    assert (answer.status_code, inbox.events) == (400, [])


async def test_a_body_without_end_is_cut_off(serve: Serve) -> None:
    inbox, body = Inbox(), b"x" * (MOST_BYTES + 1)
    async with serve(circleci=inbox.door) as http:
        answer = await http.post("/circleci/webhook", content=body, headers=signed(body))
    assert (answer.status_code, inbox.events) == (413, [])


async def test_without_a_secret_there_is_no_door(serve: Serve) -> None:
    async with serve() as http:
        answer = await http.post("/circleci/webhook", content=BODY, headers=signed(BODY, ""))
    assert answer.status_code == 404


async def test_circlecis_documented_samples_are_taken(serve: Serve) -> None:
    if not SAMPLES.is_dir():
        pytest.skip("CircleCI's documented samples are not beside this checkout")
    inbox = Inbox()
    samples = [path.read_bytes() for path in sorted(SAMPLES.glob("*.json")) if "vectors" not in path.name]
    async with serve(circleci=inbox.door) as http:
        answers = [await http.post("/circleci/webhook", content=one, headers=signed(one)) for one in samples]
    assert [answer.status_code for answer in answers] == [200] * len(samples)
    assert {one.type for one in inbox.events} == {"workflow-completed", "job-completed", "ping"}
