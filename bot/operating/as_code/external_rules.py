"""Rules of the file for channels that people of other companies read: said, as in Slack, before they are made."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from bot import logging_setup
from bot.clock import SystemClock
from bot.conversation import Place
from bot.domain import ProjectScope
from bot.errors import UsageError
from bot.operating.as_code.document import build_rule, parse_documents
from bot.settings import Settings
from bot.slack.clients import SlackClients
from bot.slack.conversation_kinds import SlackPlaceDirectory
from bot.store.store import Store

IsExternal = Callable[[str, str], Awaitable[bool | None]]

_WITHIN_S = 20.0


@asynccontextmanager
async def open_places(settings: Settings, store: Store) -> AsyncIterator[SlackPlaceDirectory]:
    """Where Slack does not tell, nothing is said: the plan is what somebody reads."""
    token, clock = settings.slack_bot_token, SystemClock()
    shown = token.get_secret_value() if token else None
    clients = SlackClients(api_url=settings.slack_api_url, token=shown, store=store, clock=clock)
    logging_setup.configure(settings.log_format, "warning")
    try:
        yield SlackPlaceDirectory(clients, store=store, clock=clock)
    finally:
        logging_setup.configure(settings.log_format, settings.log_level)
        await clients.close()


async def list_external(store: Store, text: str, is_external: IsExternal) -> list[Place]:
    """Where the file makes rules that there were not, and others read, as far as Slack tells in time."""
    new = await _list_new(store, text)
    try:
        async with asyncio.timeout(_WITHIN_S):
            return [place for place in new if await is_external(*place)]
    except TimeoutError:
        return []


async def _list_new(store: Store, text: str) -> Sequence[Place]:
    new: dict[Place, None] = {}
    for document in parse_documents(text):
        async with store.begin_read() as tx:
            rules = await tx.subscriptions.list_for_workspace(document.workspace)
        have = [(rule.channel, rule.scope, rule.rule) for rule in rules]
        for one in document.subscriptions or ():
            if (one.channel, ProjectScope.parse(one.project), build_rule(one)) not in have:
                new[Place(document.workspace, one.channel)] = None
    return list(new)


def check_meant(external: Sequence[Place], *, meant: bool) -> list[str]:
    """A line for each. Raises UsageError where nobody said that it is meant."""
    if external and not meant:
        raise UsageError(
            f"{', '.join(place.channel for place in external)}: people of other companies read what a new rule posts "
            "there; --external says that this is meant."
        )
    return [f"! subscription {place.channel}: people of other companies read this channel" for place in external]
