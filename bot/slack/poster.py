"""Posts and changes messages for delivery, and finds what was posted. Slack's answers become values."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeGuard

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.blocks.shown_buttons import is_shown_to_some, show_to_all
from bot.clock import Clock
from bot.conversation import is_person
from bot.expiring_cache import ExpiringCache
from bot.messages import Message
from bot.notify.send_results import (
    WORKSPACE_GONE,
    Absent,
    AnswerLost,
    FindResult,
    NoReadAccess,
    PostRequest,
    RetryAfter,
    SendResult,
    Sent,
    Undeliverable,
)
from bot.slack import slack_errors
from bot.slack.clients import SlackClients
from bot.slack.value_shortener import ValueShortener
from bot.store.long_values import ValueAudience
from bot.tracing import record_span

log = structlog.get_logger(__name__)

_TRY_AGAIN_S = 5.0
_MISTAKEN_TOKEN_S = 60.0

_PASSING = frozenset({"ratelimited", "request_timeout", "service_unavailable", "team_added_to_org", "token_expired"})
"""Errors after which the same call may succeed, and nothing was posted."""

_UNCLEAR = frozenset({"fatal_error", "internal_error"})
"""Slack: "It's possible some aspect of the operation succeeded before the error was raised"."""

_MISTAKEN_TOKEN = frozenset({"invalid_auth", "not_authed"})
"""Somebody set a wrong token, and will mend it: nothing is given up."""

_NO_ANSWER = (aiohttp.ClientError, TimeoutError, ValueError, AttributeError)
"""What the SDK raises for an answer that did not come, or is none: over a text with status 200 it stumbles."""

_MOST_KEPT = 10_000
_SHOWING_ALL_FOR = timedelta(days=1)
_PAGES, _PER_PAGE = 5, 200
_EVENT_TYPE = "circlebot_message"
_CHANNELS_HISTORY = "channels:history"

Json = dict[str, Any]


class SlackPoster:
    """It remembers for a day which workspaces have no buttons that only some see: nothing else tells."""

    def __init__(self, clients: SlackClients, shorten: ValueShortener, clock: Clock) -> None:
        self._clients = clients
        self._shorten = shorten
        self._readable: set[str] = set()
        self._showing_all: ExpiringCache[str, str] = ExpiringCache(_MOST_KEPT, clock.now)
        self._refused_tokens: set[str] = set()

    def may_read(self, workspace: str) -> bool:
        """What the last answer said of our scopes; False before the first."""
        return workspace in self._readable

    async def post(self, post: PostRequest) -> SendResult:
        """A new message. Its key and attempt go into its metadata, so that it can be found again."""
        metadata = {"event_type": _EVENT_TYPE, "event_payload": {"key": post.key, "attempt": post.attempt}}
        message = await self._shorten_values(post.workspace, post.channel, post.message)

        async def call(client: AsyncWebClient, blocks: list[Any] | None) -> AsyncSlackResponse:
            return await client.chat_postMessage(
                channel=await self._find_conversation(client, post.workspace, post.channel),
                text=message.text[:4000],
                blocks=blocks,
                thread_ts=post.thread_ts,
                reply_broadcast=post.broadcast or None,
                metadata=metadata,
                unfurl_links=False,
                unfurl_media=False,
            )

        return await self._send(post.workspace, message, call)

    async def update(self, workspace: str, channel: str, ts: str, message: Message) -> SendResult:
        async def call(client: AsyncWebClient, blocks: list[Any] | None) -> AsyncSlackResponse:
            place = await self._find_conversation(client, workspace, channel)
            return await client.chat_update(channel=place, ts=ts, text=message.text[:4000], blocks=blocks)

        return await self._send(workspace, await self._shorten_values(workspace, channel, message), call)

    async def set_pinned(self, workspace: str, channel: str, ts: str, *, is_pinned: bool) -> SendResult:
        """Undeliverable with Slack's word also where it was so already."""
        client = await self._clients.find_no_retry(workspace)
        if client is None:
            return await self._build_unsent(workspace)
        change = client.pins_add if is_pinned else client.pins_remove
        try:
            await change(channel=channel, timestamp=ts)
        except SlackApiError as error:
            return _classify_send_error(error)
        except _NO_ANSWER as error:
            log.info("slack.answer_lost", error=type(error).__name__)
            return AnswerLost(_TRY_AGAIN_S)
        return Sent(ts)

    async def _shorten_values(self, workspace: str, channel: str, message: Message) -> Message:
        """All readers of the channel may press its buttons; of a direct message there is one reader."""
        alone = is_person(channel)
        place = ValueAudience(workspace, None if alone else channel, channel if alone else None)
        return await self._shorten.shorten_message(message, place)

    async def find(self, post: PostRequest, since: datetime) -> FindResult:
        """Read the channel, or the thread, since then: a thousand messages at most."""
        client = await self._clients.find_no_retry(post.workspace)
        if client is None:
            return RetryAfter(_MISTAKEN_TOKEN_S) if await self._clients.is_locked(post.workspace) else Absent()
        window = {"oldest": f"{since.timestamp():.6f}", "include_all_metadata": True, "limit": _PER_PAGE}
        try:
            place = await self._find_conversation(client, post.workspace, post.channel)
            for _ in range(_PAGES):
                page = await _fetch_page(client, place, post.thread_ts, window=window)
                if ts := next((one["ts"] for one in page["messages"] if _find_key(one) == post.key), None):
                    return Sent(ts)
                window["cursor"] = (page.get("response_metadata") or {}).get("next_cursor")
                if not window["cursor"]:
                    return Absent()
        except SlackApiError as error:
            return _classify_read_error(error)
        except _NO_ANSWER:
            return RetryAfter(_TRY_AGAIN_S)
        return NoReadAccess()

    async def _find_conversation(self, client: AsyncWebClient, workspace: str, channel: str) -> str:
        """A person's id means our direct message with them; chat.update wants the DM's own id."""
        return await self._clients.fetch_dm_id(client, workspace, channel) if is_person(channel) else channel

    async def _send(
        self,
        workspace: str,
        message: Message,
        call: Callable[[AsyncWebClient, list[Any] | None], Awaitable[AsyncSlackResponse]],
    ) -> SendResult:
        client = await self._clients.find_no_retry(workspace)
        if client is None:
            return await self._build_unsent(workspace)
        result = await self._call_as_shown(workspace, message, partial(call, client))
        if _are_blocks_refused(result):
            log.error(
                "blocks.refused",
                reason=result.reason,
                mend="tell circlebot's maintainers: the message went out as text",
            )
            return await self._send_once(workspace, partial(call, client, None))
        if isinstance(result, Undeliverable) and result.reason in WORKSPACE_GONE:
            self._clients.stop_posting(workspace, result.reason)
        return result

    async def _call_as_shown(
        self, workspace: str, message: Message, call: Callable[[list[Any] | None], Awaitable[AsyncSlackResponse]]
    ) -> SendResult:
        """With buttons that only some see, where Slack takes them."""
        if not is_shown_to_some(message):
            return await self._send_once(workspace, partial(call, list(message.blocks) or None))
        if not self._showing_all.get(workspace):
            result = await self._send_once(workspace, partial(call, list(message.blocks)))
            if not _are_blocks_refused(result):
                return result
        result = await self._send_once(workspace, partial(call, list(show_to_all(message).blocks)))
        if isinstance(result, Sent) and not self._showing_all.get(workspace):
            self._showing_all.set(workspace, workspace, _SHOWING_ALL_FOR)
        return result

    async def _build_unsent(self, workspace: str) -> SendResult:
        """Where a key is lost, it may be found again: that waits."""
        if await self._clients.is_locked(workspace):
            return RetryAfter(_MISTAKEN_TOKEN_S)
        return Undeliverable(self._clients.find_stop_reason(workspace) or "not_installed")

    async def _send_once(self, workspace: str, call: Callable[[], Awaitable[AsyncSlackResponse]]) -> SendResult:
        try:
            with record_span("slack message"):
                answer = await call()
        except SlackApiError as error:
            self._log_refused_token(workspace, slack_errors.find_code(error))
            return _classify_send_error(error)
        except aiohttp.ClientConnectorError as error:
            log.info("slack.unreachable", error=type(error).__name__)
            return RetryAfter(_TRY_AGAIN_S)
        except _NO_ANSWER as error:
            log.info("slack.answer_lost", error=type(error).__name__)
            return AnswerLost(_TRY_AGAIN_S)
        readable = _CHANNELS_HISTORY in answer.headers.get("x-oauth-scopes", "").split(",")
        (self._readable.add if readable else self._readable.discard)(workspace)
        self._refused_tokens.discard(workspace)
        return Sent(str(answer["ts"]))

    def _log_refused_token(self, workspace: str, reason: str | None) -> None:
        """Once, however much waits to be sent."""
        if reason in _MISTAKEN_TOKEN and workspace not in self._refused_tokens:
            log.error("slack.token_refused", workspace=workspace, reason=reason, mend=slack_errors.COPY_AGAIN)
            self._refused_tokens.add(workspace)


async def _fetch_page(client: AsyncWebClient, place: str, thread_ts: str | None, *, window: Json) -> AsyncSlackResponse:
    if thread_ts:
        return await client.conversations_replies(channel=place, ts=thread_ts, **window)
    return await client.conversations_history(channel=place, **window)


def _find_key(message: Json) -> str | None:
    metadata = message.get("metadata") or {}
    return metadata.get("event_payload", {}).get("key") if metadata.get("event_type") == _EVENT_TYPE else None


def _are_blocks_refused(result: SendResult) -> TypeGuard[Undeliverable]:
    return isinstance(result, Undeliverable) and result.reason in {"invalid_blocks", "msg_blocks_too_long"}


def _classify_send_error(error: SlackApiError) -> SendResult:
    reason = slack_errors.find_code(error)
    if _is_rate_limited(error):
        return RetryAfter(slack_errors.get_retry_after_s(error, _TRY_AGAIN_S))
    if reason is None or reason in _UNCLEAR or slack_errors.get_status(error) >= 500:
        return AnswerLost(_TRY_AGAIN_S)
    if reason in _MISTAKEN_TOKEN:
        return RetryAfter(_MISTAKEN_TOKEN_S)
    return RetryAfter(_TRY_AGAIN_S) if reason in _PASSING else Undeliverable(reason)


def _classify_read_error(error: SlackApiError) -> FindResult:
    """A thread that is not there holds nothing; what may pass is asked again; else we may not read there."""
    reason = slack_errors.find_code(error)
    if reason == "thread_not_found":
        return Absent()
    if _is_rate_limited(error):
        return RetryAfter(slack_errors.get_retry_after_s(error, _TRY_AGAIN_S))
    passing = reason is None or reason in _PASSING | _UNCLEAR or slack_errors.get_status(error) >= 500
    return RetryAfter(_TRY_AGAIN_S) if passing else NoReadAccess()


def _is_rate_limited(error: SlackApiError) -> bool:
    return slack_errors.get_status(error) == 429 or slack_errors.find_code(error) == "ratelimited"
