"""What answers may not be Slack: a gateway with a page of its own. Nothing is given up for it, and nothing stumbles."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.clock import SystemClock
from bot.messages import Message
from bot.notify.send_results import Absent, AnswerLost, NoReadAccess, PostRequest, RetryAfter, SendResult, Undeliverable
from bot.slack.clients import SlackClients
from bot.slack.poster import SlackPoster
from bot.slack.value_shortener import ValueShortener
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.app_server import open_socket, serve_app
from tests.plugins.database import create_database

HTML, TEXT, JSON = "text/html", "text/plain", "application/json"


@asynccontextmanager
async def poster(folder: Path, status: int, kind: str, body: str) -> AsyncIterator[SlackPoster]:
    """Of a workspace whose Slack answers everything like this."""

    async def answer(_request: Request) -> Response:
        return Response(body, status, media_type=kind)

    store = Store(await create_database(folder), Vault([generate_key()]))
    app = Starlette(routes=[Route("/{method:path}", answer, methods=["GET", "POST"])])
    async with serve_app(app, open_socket()) as url:
        clients = SlackClients(api_url=f"{url}/", token="xoxb-sandbox", store=store, clock=SystemClock())
        yield SlackPoster(clients, ValueShortener(store, SystemClock()), SystemClock())
        await clients.close()
        await store.close()


async def _posted(one: SlackPoster) -> SendResult:
    return await one.post(_build_post())


def _build_post(thread_ts: str | None = None) -> PostRequest:
    return PostRequest(
        workspace="T1",
        channel="C1",
        message=Message("hello"),
        key="k",
        attempt="a",
        unfinished_since=None,
        thread_ts=thread_ts,
    )


@pytest.mark.parametrize("kind", [HTML, TEXT, JSON])
@pytest.mark.parametrize("status", [200, 403, 404, 502])
async def test_a_page_that_is_not_slacks_leaves_a_post_in_doubt(status: int, kind: str, tmp_path: Path) -> None:
    async with poster(tmp_path, status, kind, "<h1>Blocked</h1>") as one:
        assert isinstance(await _posted(one), AnswerLost)


@pytest.mark.parametrize("kind", [HTML, TEXT, JSON])
async def test_who_looks_back_and_sees_such_a_page_looks_again(kind: str, tmp_path: Path) -> None:
    async with poster(tmp_path, 503, kind, "<h1>Later</h1>") as one:
        since = datetime(2026, 1, 5, tzinfo=UTC)
        assert isinstance(await one.find(_build_post(), since), RetryAfter)


@pytest.mark.parametrize(
    ("status", "body", "meant"),
    [
        (200, '{"ok": false, "error": "is_archived"}', Undeliverable("is_archived")),
        (500, '{"ok": false, "error": "fatal_error"}', AnswerLost(5.0)),
        (200, '{"ok": false, "error": "ratelimited"}', RetryAfter(5.0)),
        (429, "", RetryAfter(5.0)),
    ],
)
async def test_slacks_own_word_decides(status: int, body: str, meant: SendResult, tmp_path: Path) -> None:
    async with poster(tmp_path, status, JSON, body) as one:
        assert await _posted(one) == meant


@pytest.mark.parametrize(("word", "meant"), [("thread_not_found", Absent()), ("missing_scope", NoReadAccess())])
async def test_what_may_not_be_read_is_told_from_what_is_not_there(word: str, meant: object, tmp_path: Path) -> None:
    async with poster(tmp_path, 200, JSON, f'{{"ok": false, "error": "{word}"}}') as one:
        since = datetime(2026, 1, 5, tzinfo=UTC)
        assert await one.find(_build_post("1.2"), since) == meant
