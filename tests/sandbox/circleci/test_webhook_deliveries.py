from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from sandbox.circleci.payloads import sign_body
from sandbox.circleci.webhook_deliveries import DeliveryDisorder
from tests.contracts import webhooks
from tests.sandbox.circleci.circle import SimulatorClient


class Receiver:
    """Somebody's web server: takes events, or refuses as many as told."""

    def __init__(self) -> None:
        self.refusals = 0
        self.events: list[tuple[dict[str, str], bytes]] = []
        self._arrived = asyncio.Condition()

    async def receive(self, request: web.Request) -> web.Response:
        async with self._arrived:
            self.events.append(({key.lower(): value for key, value in request.headers.items()}, await request.read()))
            self._arrived.notify_all()
        self.refusals -= 1
        return web.Response(status=503 if self.refusals >= 0 else 200)

    async def wait_for(self, enough: Callable[[], bool]) -> None:
        async with asyncio.timeout(10), self._arrived:
            await self._arrived.wait_for(enough)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.events]


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[Receiver, str]]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.receive)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield receiver, f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    await runner.cleanup()


async def _register(circle: SimulatorClient, url: str, project_id: str, *events: str) -> None:
    hook = {"name": "bot", "events": events, "url": url, "verify-tls": False, "signing-secret": "hush"}
    answer = await circle.post("/webhook", {**hook, "scope": {"id": project_id, "type": "project"}})
    assert answer.status_code == 201, answer.text


async def test_completed_workflows_are_told_signed_with_the_long_slug(
    circle: SimulatorClient, receiver: tuple[Receiver, str]
) -> None:
    heard, url = receiver
    await _register(circle, url, circle.world.projects["gh/acme/web"].id, "workflow-completed")
    async with circle.world.running():
        await circle.trigger("main")
        circle.after(20)
        await heard.wait_for(lambda: len(heard.events) == 2)
        await _answered(circle, 200)
    assert {event["workflow"]["name"]: event["workflow"]["status"] for event in heard.bodies} == {
        "build-and-test": "success",
        "deploy-preview": "success",
    }
    assert {event["project"]["slug"] for event in heard.bodies} == {"github/acme/web"}
    headers, body = heard.events[0]
    expected = "v1=" + hmac.new(b"hush", body, "sha256").hexdigest()
    assert headers["circleci-signature"] == expected
    assert (headers["circleci-event-type"], headers["user-agent"]) == ("workflow-completed", "CircleCI-Webhook/1.0")


async def test_a_refused_event_comes_again_with_the_same_id(
    circle: SimulatorClient, receiver: tuple[Receiver, str]
) -> None:
    heard, url = receiver
    heard.refusals = 1
    await _register(circle, url, circle.world.projects["gh/acme/web"].id, "workflow-completed")
    async with circle.world.running():
        await circle.trigger("unauthorized")
        circle.after(20)
        await heard.wait_for(lambda: len(heard.events) == 1)
        await _answered(circle, 503)
        circle.after(5)
        await heard.wait_for(lambda: len(heard.events) == 2)
    first, second = heard.bodies
    assert first == second
    assert circle.world.deliveries.snapshot()[0]["attempts"] == 2


async def test_jobs_of_a_github_app_project_are_told_without_workflow_and_vcs(
    circle: SimulatorClient, receiver: tuple[Receiver, str]
) -> None:
    heard, url = receiver
    await _register(circle, url, circle.kiosk.id, "job-completed", "workflow-completed")
    async with circle.world.running():
        circle.world.push(circle.kiosk, branch="infra")
        circle.after(20)
        await heard.wait_for(lambda: len(heard.events) == 3)
    jobs = {event["job"]["name"]: event for event in heard.bodies if event["type"] == "job-completed"}
    assert {name: event["job"]["status"] for name, event in jobs.items()} == {"lint": "success", "test": "failed"}
    assert all("workflow" not in event and "vcs" not in event["pipeline"] for event in jobs.values())
    git = jobs["test"]["pipeline"]["trigger_parameters"]["git"]
    assert (git["branch"], git["tag"]) == ("infra", "")


@pytest.mark.parametrize("kind", ["workflow-completed", "job-completed"])
async def test_our_events_have_what_the_documented_samples_have(
    circle: SimulatorClient, receiver: tuple[Receiver, str], kind: str
) -> None:
    heard, url = receiver
    await _register(circle, url, circle.world.projects["gh/acme/web"].id, kind)
    async with circle.world.running():
        await circle.trigger("unauthorized")
        circle.after(20)
        await heard.wait_for(lambda: len(heard.events) >= 1)
    sample = json.loads(webhooks.body(f"{kind}.github"))
    assert webhooks.keys(heard.bodies[0]) == webhooks.keys(sample)
    webhooks.SHAPES.validator(webhooks.SHAPES.named[f"{kind}.github"]).validate(heard.bodies[0])


def test_the_signature_agrees_with_the_documented_vectors() -> None:
    assert len(webhooks.SIGNATURES) == 4
    for row in webhooks.SIGNATURES:
        assert sign_body(row["secret"], row["body"].encode()) == row["header"]


async def _answered(circle: SimulatorClient, status: int) -> None:
    """Wait until every event has had this answer."""
    changes = circle.world.changes
    while {each["status"] for each in circle.world.deliveries.snapshot()} != {status}:
        seen = changes.seq
        assert await changes.wait_after(seen, timeout_s=10) > seen


async def test_events_may_come_twice_late_and_once_more_as_if_from_long_ago(
    circle: SimulatorClient, receiver: tuple[Receiver, str]
) -> None:
    heard, url = receiver
    await _register(circle, url, circle.world.projects["gh/acme/web"].id, "workflow-completed")
    circle.world.deliveries.disorder = DeliveryDisorder(copies=2, replayed_days=90)
    async with circle.world.running():
        await circle.trigger("main")
        circle.after(20)
        await heard.wait_for(lambda: len(heard.events) == 6)
    happened: dict[str, list[datetime]] = {}
    for event in heard.bodies:
        happened.setdefault(event["id"], []).append(datetime.fromisoformat(event["happened_at"]))
    replayed = sorted(times[0] for times in happened.values() if len(times) == 1)
    twice = sorted(times[0] for times in happened.values() if len(times) == 2 and len(set(times)) == 1)
    assert [time + timedelta(days=90) for time in replayed] == twice
    assert len(twice) == 2, "two workflows ended"
