"""What Slack sends without being asked: a mention, a direct message, an opened App Home, a channel, an uninstall.

Slack may deliver an event more than once; `event_id` decides, in the store that all replicas share.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from bot.clock import Clock
from bot.dispatch.dispatcher import Dispatcher
from bot.notify.upkeep.offboarding import UninstallHandler
from bot.notify.upkeep.shared_channels import SharedChannelMonitor
from bot.slack import payload_parsing
from bot.slack.app_home import AppHome
from bot.slack.clients import SlackClients
from bot.slack.greeting import Greeter
from bot.slack.group_directory import SlackGroupDirectory
from bot.slack.payload_workspace import find_installation, get_bot_users, is_by_person, parse_workspaces
from bot.store.store import Store

log = structlog.get_logger(__name__)

Body = Mapping[str, Any]


class EventHandler:
    def __init__(
        self,
        *,
        dispatcher: Dispatcher,
        home: AppHome,
        greeter: Greeter,
        clients: SlackClients,
        groups: SlackGroupDirectory,
        uninstalls: UninstallHandler,
        shared: SharedChannelMonitor,
        store: Store,
        clock: Clock,
    ) -> None:
        self._dispatcher = dispatcher
        self._home = home
        self._greeter = greeter
        self._clients = clients
        self._groups = groups
        self._uninstalls = uninstalls
        self._shared = shared
        self._store = store
        self._clock = clock
        self._by_type: dict[str, Callable[[Body], Awaitable[None]]] = {
            "app_mention": self._handle_message,
            "message": self._handle_message,
            "app_home_opened": self._handle_home_opened,
            "member_joined_channel": self._handle_joined,
            "channel_shared": self._handle_shared,
            "channel_unshared": self._handle_shared,
            "app_uninstalled": self._handle_uninstall,
            "tokens_revoked": self._handle_uninstall,
            "team_access_granted": self._handle_access,
            "team_access_revoked": self._handle_access,
            "user_change": self._handle_user_change,
            "subteam_members_changed": self._handle_group,
            "subteam_updated": self._handle_group,
        }

    async def handle(self, body: Body) -> None:
        """Act on one event, once. Never raises: Slack has its answer already."""
        kind = body["event"]["type"]
        handle = self._by_type.get(kind)
        try:
            if handle and not _is_chatter(body["event"]) and await self._mark_first(body):
                await handle(body)
        except Exception:
            log.exception("event.failed", type=kind)

    async def _mark_first(self, body: Body) -> bool:
        async with self._store.begin() as tx:
            return await tx.processed_events.insert(f"slack:{body['event_id']}", self._clock.now())

    def is_request(self, body: Body) -> bool:
        """Whether it is a person who asks something of us: by a mention, or in our direct messages."""
        event = body["event"]
        to_us = event["type"] == "app_mention" or (event["type"], event.get("channel_type")) == ("message", "im")
        return to_us and is_by_person(body)

    async def _handle_message(self, body: Body) -> None:
        if self.is_request(body):
            await self._dispatcher.dispatch(payload_parsing.parse_message(body))

    async def _handle_home_opened(self, body: Body) -> None:
        event, workspace = body["event"], parse_workspaces(body)["workspace"]
        await self._dispatcher.load_language(workspace, event["user"])
        if event.get("tab", "home") == "home":
            await self._home.open(workspace, event["user"])
        else:
            await self._greeter.send_greeting(workspace, event["user"])

    async def _handle_joined(self, body: Body) -> None:
        """Somebody added us to a channel; whom else they add is not our business."""
        event = body["event"]
        if event["user"] in get_bot_users(body):
            await self._greeter.send_channel_greeting(parse_workspaces(body)["workspace"], event["channel"])

    async def _handle_shared(self, body: Body) -> None:
        """Other companies came to read a channel, or left it; of one that others still read, nothing is new."""
        event = body["event"]
        shared = event["type"] == "channel_shared"
        if shared or not event.get("is_ext_shared", True):
            await self._shared.handle_event(find_installation(body), event["channel"], external=shared)

    def mark_home_due(self, workspace: str, user: str) -> None:
        """This person did something: what their Home shows may have changed."""
        self._home.mark_due(workspace, user)

    async def redraw_home(self, workspace: str, user: str) -> None:
        """Show this person's Home from the current state. Never raises."""
        try:
            await self._home.redraw(workspace, user)
        except Exception:
            log.exception("home.not_drawn")

    async def _handle_uninstall(self, body: Body) -> None:
        event, installed = body["event"], find_installation(body)
        if event["type"] == "tokens_revoked" and not event.get("tokens", {}).get("bot"):
            return
        self._clients.forget(installed)
        for workspace in await self._uninstalls.handle_uninstall(installed):
            self._clients.forget(workspace)

    async def _handle_access(self, body: Body) -> None:
        """An organisation let us into some of its workspaces, or took us out: Slack lists those that are left."""
        for workspace in await self._uninstalls.follow_organisation(find_installation(body)):
            self._clients.forget(workspace)

    async def _handle_user_change(self, body: Body) -> None:
        """Somebody's account was closed; in an organisation in all its workspaces at once."""
        await self._uninstalls.handle_deactivation(find_installation(body), body["event"]["user"]["id"])

    async def _handle_group(self, body: Body) -> None:
        event = body["event"]
        self._groups.forget(event.get("subteam_id") or (event.get("subteam") or {}).get("id", ""))


def _is_chatter(event: Body) -> bool:
    """Slack says `user_change` of every changed profile: only who is `deleted` now matters."""
    return event["type"] == "user_change" and not event["user"].get("deleted")
