"""The user groups of a workspace with their members, in one call (usergroups.list, where its scope was granted)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from bot.actions import waiting_holds
from bot.clock import Clock
from bot.domain.slack_groups import UserGroup
from bot.expiring_cache import ExpiringCache
from bot.slack import slack_errors
from bot.slack.clients import SlackClients
from bot.store.store import Store

log = structlog.get_logger(__name__)

_FRESH_FOR = timedelta(minutes=5)
_MOST_KEPT = 1_000
_LONGEST = 200
_UNGRANTED = frozenset({"missing_scope", "not_allowed_token_type", "no_permission"})

_Key = tuple[str, frozenset[str]]


def _list_members(groups: Sequence[UserGroup]) -> list[tuple[str, frozenset[str], bool]]:
    return [(one.id, one.members, one.is_shown) for one in groups]


class SlackGroupDirectory:
    """Asks Slack once in five minutes, whatever it answers, and keeps what it tells of those that are named.

    Where Slack says that one has changed, it is asked at once.
    """

    def __init__(self, clients: SlackClients, store: Store, *, clock: Clock) -> None:
        self._clients = clients
        self._store = store
        self._clock = clock
        self._changes = 0
        self._known: ExpiringCache[_Key, Sequence[UserGroup]] = ExpiringCache(_MOST_KEPT, clock.now)

    async def load_groups(self, workspace: str, named: AbstractSet[str]) -> Sequence[UserGroup]:
        """As Slack told of them last. Never raises because of Slack."""
        wanted, before = frozenset(named), self._changes
        return await self._known.load(
            (workspace, wanted),
            lambda: self._refresh(workspace, wanted),
            lambda _found: _FRESH_FOR if before == self._changes else timedelta(0),
        )

    def forget(self, group: str) -> None:
        """This one has changed: Slack is asked again when it is needed next, also where it is being asked now."""
        self._changes += 1
        self._known.drop_where(lambda key: group in key[1])

    async def _refresh(self, workspace: str, named: frozenset[str]) -> Sequence[UserGroup]:
        told = await self._ask_slack(workspace)
        now = self._clock.now()
        async with self._store.begin() as tx:
            before = await tx.user_groups.list_for_workspace(workspace)
            if told is not None:
                wanted = [one for one in told if one.id in named]
                await tx.user_groups.update_all(workspace, named, wanted, now=now)
            after = await tx.user_groups.list_for_workspace(workspace)
            if _list_members(before) != _list_members(after):
                await waiting_holds.redraw(tx, workspace, now)
            return after

    async def _ask_slack(self, workspace: str) -> list[UserGroup] | None:
        """None where Slack does not answer; none at all where it was not allowed to."""
        client = await self._clients.find(workspace)
        if client is None:
            return None
        try:
            answer = await client.usergroups_list(include_users=True, team_id=workspace)
            return [self._build_group(found) for found in answer["usergroups"]]
        except SlackApiError as error:
            log.debug("user_groups.not_told", error=slack_errors.get_code_or_status(error))
            return [] if slack_errors.find_code(error) in _UNGRANTED else None
        except (aiohttp.ClientError, TimeoutError) as error:
            log.info("user_groups.not_told", error=type(error).__name__)
            return None

    def _build_group(self, found: Mapping[str, Any]) -> UserGroup:
        """A group that was disabled has no members that count."""
        members = frozenset(str(one) for one in found.get("users") or ())
        handle, name = str(found.get("handle") or "")[:_LONGEST], str(found.get("name") or "")[:_LONGEST]
        return UserGroup(str(found["id"]), handle, name, members, self._clock.now(), not found.get("date_delete"))
