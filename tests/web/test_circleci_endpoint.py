from __future__ import annotations

import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.circleci.webhook_payload import WebhookEvent
from bot.domain import ProjectSlug
from bot.domain.project_feeds import Hook
from bot.web.circleci_endpoint import CircleCIEndpoint
from bot.web.request_body import MOST_BYTES
from tests.contracts import webhooks
from tests.web.conftest import Serve

SECRET = "webhook-secret"
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


HOOK = Hook(
    project=ProjectSlug("gh", "acme", "web"),
    key="a-key-of-sixteen-or-more",
    project_id="p",
    hook_id="h",
    url="https://bot.example.com/circleci/webhook?hook=a-key-of-sixteen-or-more",
    workspace="T",
    user="U",
    checked_at=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
    secret="its-own",
)


class Inbox:
    def __init__(self, hook: Hook = HOOK) -> None:
        self._hook = hook
        self.events: list[WebhookEvent] = []
        self.asked_for: list[str] = []
        self.complaints: list[Hook] = []

    async def find_hook(self, key: str) -> Hook | None:
        self.asked_for.append(key)
        return self._hook if key == self._hook.key else None

    async def mark_refused(self, hook: Hook) -> None:
        self.complaints.append(hook)

    async def handle(self, event: WebhookEvent, hook: Hook | None = None) -> None:
        assert hook in {None, self._hook}
        self.events.append(event)

    @property
    def door(self) -> CircleCIEndpoint:
        return CircleCIEndpoint(secret=SECRET, receiver=self)


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


async def test_every_documented_kind_is_taken(serve: Serve) -> None:
    inbox = Inbox()
    samples = [webhooks.body(kind) for kind in webhooks.KINDS]
    async with serve(circleci=inbox.door) as http:
        answers = [await http.post("/circleci/webhook", content=one, headers=signed(one)) for one in samples]
    assert [answer.status_code for answer in answers] == [200] * len(samples)
    assert {one.type for one in inbox.events} == {"workflow-completed", "job-completed", "ping"}


async def test_a_webhook_that_we_installed_is_held_against_its_own_secret(serve: Serve) -> None:
    inbox, address = Inbox(), f"/circleci/webhook?hook={HOOK.key}"
    async with serve(circleci=inbox.door) as http:
        taken = await http.post(address, content=BODY, headers=signed(BODY, HOOK.secret))
        refused = [
            await http.post(address, content=BODY, headers=signed(BODY)),
            await http.post("/circleci/webhook", content=BODY, headers=signed(BODY, HOOK.secret)),
        ]
    assert (taken.status_code, [answer.status_code for answer in refused]) == (200, [401, 401])
    assert len(inbox.events) == 1
    assert inbox.complaints == [HOOK], "perhaps CircleCI has another secret"


async def test_its_secret_is_good_for_its_own_project_alone(serve: Serve) -> None:
    inbox, body = Inbox(), BODY.replace(b'"id": "p"', b'"id": "another"')
    async with serve(circleci=inbox.door) as http:
        answer = await http.post(f"/circleci/webhook?hook={HOOK.key}", content=body, headers=signed(body, HOOK.secret))
    assert (answer.status_code, inbox.events) == (403, [])


@pytest.mark.parametrize("key", ["", "x", "no-such-key-0123456789", "' OR 1=1 --' OR 1=1 --", "k" * 65, "%00" * 20])
@pytest.mark.parametrize("secret", ["", SECRET, HOOK.secret])
async def test_a_key_that_nobody_has_opens_nothing(key: str, secret: str, serve: Serve) -> None:
    inbox = Inbox()
    async with serve(circleci=inbox.door) as http:
        answer = await http.post(f"/circleci/webhook?hook={key}", content=BODY, headers=signed(BODY, secret))
    assert (answer.status_code, answer.text) == (401, "invalid signature")
    assert (inbox.events, inbox.complaints) == ([], [])
    assert inbox.asked_for in ([], ["no-such-key-0123456789"]), "what is no key at all is not even looked up"


async def test_a_webhook_whose_secret_does_not_open_any_more_is_refused(serve: Serve) -> None:
    inbox = Inbox(replace(HOOK, secret=""))
    async with serve(circleci=inbox.door) as http:
        answer = await http.post(f"/circleci/webhook?hook={HOOK.key}", content=BODY, headers=signed(BODY, ""))
    assert (answer.status_code, inbox.events) == (401, [])


async def test_without_a_secret_of_the_settings_those_that_we_installed_are_still_heard(serve: Serve) -> None:
    inbox = Inbox()
    async with serve(circleci=CircleCIEndpoint(secret=None, receiver=inbox)) as http:
        answer = await http.post(f"/circleci/webhook?hook={HOOK.key}", content=BODY, headers=signed(BODY, HOOK.secret))
    assert (answer.status_code, len(inbox.events)) == (200, 1)
