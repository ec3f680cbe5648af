"""Outcomes that were published and wait to be told: a notice each, in the thread of a card that stands in Slack."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table

from bench.load import WORKSPACE
from bot.store.tables.publishing import cards, outbox, pipelines
from tests.plugins.factories import make_pipeline, make_snapshot

PROJECT = "gh/acme/web"
"""Of all of them. It is told where a token sees it: whoever measures opens it outside."""

_SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "*build-and-test* failed on `main` " * 8}}


def queued(count: int, channels: int, now: datetime) -> dict[Table, list[dict[str, Any]]]:
    """`count` of them, in so many channels by turns."""
    numbers = range(1, count + 1)
    return {
        pipelines: [_pipeline(number, now) for number in numbers],
        cards: [_card(number, f"C{number % channels}", now) for number in numbers],
        outbox: [_notice(number, f"C{number % channels}", now) for number in numbers],
    }


def _pipeline(number: int, now: datetime) -> dict[str, Any]:
    text = make_snapshot(pipeline=make_pipeline(number, id=f"p{number}")).model_dump_json()
    of_project = {"id": f"p{number}", "project": PROJECT, "number": number, "branch": "main"}
    return {**of_project, "snapshot": text, "version": 1, "followed_at": now, "finished_at": now}


def _card(number: int, channel: str, now: datetime) -> dict[str, Any]:
    place = {"workspace": WORKSPACE, "channel": channel, "ts": f"{number}.1"}
    return {"id": number, **place, "pipeline_id": f"p{number}", "wanted": 1, "shown": 1, "wanted_at": now}


def _notice(number: int, channel: str, now: datetime) -> dict[str, Any]:
    place = {"workspace": WORKSPACE, "channel": channel, "card_id": number, "broadcast": False}
    message = json.dumps({"text": f"#{number} failed", "blocks": [_SECTION]})
    published_at = now - timedelta(minutes=30)
    return {
        "id": number,
        "key": f"queued:{number}",
        **place,
        "message": message,
        "state": "queued",
        "tries": 0,
        "published_at": published_at,
    }
