"""The simulated Slack: what it knows, and the parts that the Web API, the page and the app meet in."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

from sandbox.changes import Changes
from sandbox.faults import Faults
from sandbox.slack.app_manifest import Manifest
from sandbox.slack.delivery.deliveries import Deliveries
from sandbox.slack.delivery.signed_http import SignedHttp
from sandbox.slack.delivery.sockets import Reason, Sockets
from sandbox.slack.fake_channels import Channel, Channels
from sandbox.slack.fake_files import Files
from sandbox.slack.fake_messages import Message, Messages
from sandbox.slack.fake_pins import Pins
from sandbox.slack.fake_tokens import Tokens
from sandbox.slack.fake_views import Views
from sandbox.slack.ids import Ids
from sandbox.slack.method_rate_limits import Pace
from sandbox.slack.oauth_codes import Installs
from sandbox.slack.page_streams import Live
from sandbox.slack.response_urls import ResponseUrls
from sandbox.slack.trigger_ids import Triggers
from sandbox.slack.workspace_users import Person, people_at_start
from sandbox.virtual_clock import Clock

MOST_CALLS = 2000
# Slack redelivers an event at once, after about a minute and after about five (slack docs: Events API).
RETRY_DELAYS_S = (0.0, 60.0, 300.0)


@dataclass(frozen=True, kw_only=True)
class Setup:
    """How the workspace's app is set up.

    `manifest` (Slack's format) decides scopes, commands, shortcuts and events; without one everything is granted.
    `events_url` gets signed HTTP while no socket of the app is open, again after each of `retry_delays_s` if need be.
    `pace=False` switches the rate limits off.
    """

    manifest: Mapping[str, Any] | None = None
    events_url: str | None = None
    retry_delays_s: Sequence[float] = RETRY_DELAYS_S
    pace: bool = True


class Slack:
    """One workspace with one app. Everything that `reset` puts back is made in `_begin`."""

    def __init__(self, setup: Setup, *, clock: Clock, changes: Changes, faults: Faults, public_url: str) -> None:
        self.clock, self.changes, self.faults, self.public_url = clock, changes, faults, public_url.rstrip("/")
        self.manifest = Manifest.read(setup.manifest)
        self.ids = Ids(clock)
        self.live = Live()
        self.sockets = Sockets(clock, on_change=self._connection_changed)
        self._http = SignedHttp(clock, setup.events_url) if setup.events_url else None
        self.deliveries = Deliveries(
            clock,
            self.sockets,
            self._http,
            retry_delays_s=setup.retry_delays_s,
            on_change=changes.bump,
        )
        self._paced = setup.pace
        self._tasks: set[asyncio.Task[Any]] = set()
        self._begin()

    def _begin(self) -> None:
        self.people = people_at_start(self.manifest.name)
        self.channels = Channels(self.people.values())
        self.messages = Messages()
        self.views = Views()
        self.files = Files(self.ids, self.public_url)
        self.tokens = Tokens(self.manifest, self.ids)
        self.installs = Installs(self.clock, self.ids)
        self.triggers = Triggers(self.clock, self.ids)
        self.response_urls = ResponseUrls(self.clock, self.ids, self.public_url)
        self.pace = Pace(self.clock, on=self._paced)
        self.pins = Pins()
        self.bookmarks: list[dict[str, Any]] = []
        self.calls: deque[dict[str, Any]] = deque(maxlen=MOST_CALLS)
        self.deliveries.records.clear()

    def reset(self, *, seed: bool = True) -> None:  # noqa: ARG002 - as CircleCI's reset; Slack has no history to plant
        """Put everything back to the initial world; open sockets and pages stay."""
        self._end_tasks()
        self._begin()
        self.live.tell_all({"type": "reset"})
        self.changes.bump()

    async def disconnect(self, reason: str) -> None:
        """Send this disconnect frame to every open socket. Raises ValueError for a reason Slack does not know."""
        if reason not in get_args(Reason):
            raise ValueError(f"reason is one of {', '.join(get_args(Reason))}, not {reason!r}")
        await self.sockets.disconnect(cast("Reason", reason))

    def drop_socket(self) -> None:
        """Cut the connection of every open socket."""
        self.sockets.drop()

    def deactivate(self, user: str) -> None:
        """Close somebody's account: Slack keeps them, as `deleted`. Raises ValueError for nobody's."""
        if user not in self.people:
            raise ValueError(f"there is nobody {user}")
        self.people[user] = replace(self.people[user], is_deleted=True)

    def share(self, channel: str, user: str, team: str) -> None:
        """Share a channel with another workspace, of which this person is (Slack Connect). Raises ValueError."""
        if channel not in self.channels or user not in self.people:
            raise ValueError(f"there is no {channel} or nobody {user}")
        self.channels[channel].is_ext_shared = True
        self.people[user] = replace(self.people[user], team=team)

    def in_background(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do what nobody waits for, until it is done or the server stops."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def release(self) -> None:
        """Let go of open pages, so that a server that wants to stop can."""
        self.live.end()

    async def stop(self) -> None:
        self.release()
        self._end_tasks()
        if self._http is not None:
            await self._http.close()

    def _end_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()

    def people_in(self, channel: Channel) -> list[Person]:
        """Everybody whose page shows this channel."""
        return [each for each in self.people.values() if self.channels.may_see(each, channel)]

    def name_of(self, message: Message) -> str:
        """Whoever wrote it; another app's message says its name itself."""
        author = self.people.get(message.user)
        return author.name if author else str(message.username)

    def tell_channels(self) -> None:
        """Send everybody the channels they can see now."""
        for person in self.people.values():
            seen = [channel.as_page() for channel in self.channels.seen_by(person)]
            self.live.tell([person.id], {"type": "channels", "channels": seen})
        self.changes.bump()

    def _connection_changed(self) -> None:
        self.live.tell_all({"type": "connected", "connected": self.deliveries.connected})
        self.changes.bump()

    def snapshot(self) -> dict[str, Any]:
        """What `GET /_control/state` shows of Slack; no token is in it."""
        return {
            "channels": [channel.as_page() for channel in self.channels.values()],
            "people": [person.as_page() for person in self.people.values()],
            "messages": {
                channel: [self.messages.as_api(each) for each in self.messages.in_channel(channel)]
                for channel in self.messages.channels()
            },
            "ephemerals": [
                self.messages.as_api(each) | {"channel": each.channel, "shown_to": each.seen_only_by}
                for each in self.messages.ephemerals.values()
            ],
            "views": {person: [each.as_seen() for each in stack] for person, stack in self.views.stacks.items()},
            "homes": {person: view.as_seen() for person, view in self.views.homes.items()},
            "bookmarks": list(self.bookmarks),
            "calls": list(self.calls),
            "sockets": len(self.sockets),
            "acks": list(self.deliveries.records),
        }
