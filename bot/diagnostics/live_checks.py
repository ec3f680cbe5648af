"""What Slack's own validators say of our manifest and of every golden message (`circlebot doctor --live`)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.diagnostics.slack_symptoms import BLOCKS_INVALID, MANIFEST_INVALID
from bot.domain.symptoms import Finding, Symptom
from bot.settings import Settings
from bot.slack import slack_errors
from bot.slack.manifest import build_manifest

WITHIN_S = 300.0
_RETRIES = 5
_NO_GOLDEN = "no golden messages to ask about: a checkout has them (tests/golden)"
_UNASKED = "Slack was not asked about the manifest: it wants an app configuration token (--token-file)"

Json = Mapping[str, Any]


def build_live_client(settings: Settings, token: str | None) -> AsyncWebClient:
    """Waits where Slack finds that it is asked too fast. No token of the settings is needed, and none goes out."""
    handlers = [AsyncRateLimitErrorRetryHandler(max_retry_count=_RETRIES)]
    return AsyncWebClient(token=token, base_url=settings.slack_api_url, retry_handlers=list(handlers))


async def check_manifest(settings: Settings, token: str | None) -> AsyncIterator[Finding]:
    if not token:
        yield Finding("live", _UNASKED)
        return
    url = None if settings.socket_mode else settings.public_url
    try:
        await build_live_client(settings, token).apps_manifest_validate(manifest=dict(build_manifest(url=url)))
    except SlackApiError as error:
        for problem in _list_problems(error, MANIFEST_INVALID):
            yield problem
        return
    yield Finding("live", "Slack takes the manifest")


async def check_golden(settings: Settings, folder: Path) -> AsyncIterator[Finding]:
    """Each message and form of the golden files. One that Slack refuses does not stop the others."""
    slack, count, refused = build_live_client(settings, None), 0, 0
    for name, asked in _list_surfaces(folder):
        count += 1
        try:
            await slack.blocks_validate(**asked)
        except SlackApiError as error:
            refused += 1
            for problem in _list_problems(error, BLOCKS_INVALID, name=name):
                yield problem
    if not refused:
        yield Finding("live", f"Slack takes all {count} golden messages" if count else _NO_GOLDEN)


def _list_problems(error: SlackApiError, symptom: Symptom, **values: str) -> Iterator[Finding]:
    """Slack's words for each; its code alone where it says no more."""
    data = error.response.data if isinstance(error.response.data, dict) else {}
    for problem in data.get("errors") or [{"message": slack_errors.get_code_or_status(error)}]:
        told = problem if isinstance(problem, dict) else {"message": problem}
        where = {"pointer": str(told.get("pointer") or "/"), "why": str(told.get("message") or told.get("code"))}
        yield Finding("live", symptom=symptom, values={**values, **where})


def _list_surfaces(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The name of each file with what `blocks.validate` takes of it."""
    for file in sorted(folder.rglob("*.json")):
        for blocks in _find_blocks(json.loads(file.read_text(encoding="utf-8"))):
            yield file.stem, _build_question(blocks)


def _find_blocks(value: Any) -> Iterator[list[Json]]:
    """The lists of blocks in it, however deep."""
    if isinstance(value, list) and value and all(isinstance(one, dict) and "type" in one for one in value):
        yield value
    elif isinstance(value, (list, dict)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _find_blocks(one)


def _build_question(blocks: list[Json]) -> dict[str, str]:
    """What has inputs is a form."""
    if not any(one["type"] == "input" for one in blocks):
        return {"blocks": json.dumps(blocks)}
    words = {name: {"type": "plain_text", "text": name} for name in ("title", "submit")}
    return {"view": json.dumps({"type": "modal", **words, "blocks": blocks})}
