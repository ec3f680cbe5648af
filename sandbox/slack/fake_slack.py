"""The simulated Slack: its state, shared by the Web API, the page and the deliveries to the app."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

from sandbox.changes import Changes
from sandbox.faults import Faults
from sandbox.slack.app_manifest import Manifest
from sandbox.slack.delivery.ack import PayloadKind
from sandbox.slack.delivery.deliveries import AppDeliveries
from sandbox.slack.delivery.signed_http import SignedHttp
from sandbox.slack.delivery.sockets import AppSockets, Reason
from sandbox.slack.fake_apps import FakeApps
from sandbox.slack.fake_channels import FakeChannel, FakeChannels, build_shared_room
from sandbox.slack.fake_files import FakeFiles
from sandbox.slack.fake_messages import FakeMessage, FakeMessages
from sandbox.slack.fake_pins import FakePins
from sandbox.slack.fake_tokens import FakeTokens
from sandbox.slack.fake_views import FakeViews
from sandbox.slack.ids import BOT_USER, SANDBOX, Ids, Team
from sandbox.slack.method_rate_limits import MethodRateLimits
from sandbox.slack.oauth_codes import OAuthCodes
from sandbox.slack.organisation import Organisation
from sandbox.slack.page_streams import PageStreams
from sandbox.slack.response_urls import ResponseUrls
from sandbox.slack.trigger_ids import TriggerIds
from sandbox.slack.user_groups import build_initial_groups
from sandbox.slack.workspace_users import FakeSlackUser, build_initial_people
from sandbox.virtual_clock import SandboxClock

MOST_CALLS = 2000
# Slack redelivers an event at once, after about a minute and after about five (slack docs: Events API).
RETRY_DELAYS_S = (0.0, 60.0, 300.0)


@dataclass(frozen=True, kw_only=True)
class AppSetup:
    """How the workspace's app is set up.

    `manifest` (Slack's format) decides scopes, commands, shortcuts and events; without one everything is granted.
    `events_url` gets signed HTTP while no socket of the app is open, again after each of `retry_delays_s` if need be.
    `has_rate_limits=False` switches the rate limits off. With `has_shared_channel` another company reads one channel.
    `organisation` is one that some of the workspaces belong to.
    """

    manifest: Mapping[str, Any] | None = None
    events_url: str | None = None
    retry_delays_s: Sequence[float] = RETRY_DELAYS_S
    has_rate_limits: bool = True
    has_shared_channel: bool = False
    organisation: Organisation | None = None


class FakeSlack:
    """One workspace with one app. Everything that `reset` puts back is made in `_begin`.

    The app's sockets are those of `beside`, another workspace that has the same app; each knows the others.
    """

    def __init__(
        self,
        setup: AppSetup,
        *,
        clock: SandboxClock,
        changes: Changes,
        faults: Faults,
        public_url: str,
        team: Team = SANDBOX,
        beside: FakeSlack | None = None,
    ) -> None:
        self.clock, self.changes, self.faults, self.team = clock, changes, faults, team
        self.public_url = public_url.rstrip("/") + team.path
        self._setup = setup
        self.manifest = Manifest.parse(setup.manifest)
        self.workspaces: list[FakeSlack] = beside.workspaces if beside else []
        self.workspaces.append(self)
        self.ids: Ids = beside.ids if beside else Ids(clock)
        self.page_streams = PageStreams()
        self.sockets: AppSockets = beside.sockets if beside else AppSockets(clock, on_change=self._send_connection)
        self._http = SignedHttp(clock, setup.events_url) if setup.events_url else None
        self.deliveries = AppDeliveries(
            clock,
            self.sockets,
            self._http,
            retry_delays_s=setup.retry_delays_s,
            on_change=changes.bump,
            mark=self.mark,
        )
        self._tasks: set[asyncio.Task[Any]] = set()
        self._begin()

    def _begin(self) -> None:
        if self.organisation:
            self.organisation.uninstall()
        self.people = build_initial_people(self.manifest.name, self.team)
        self.user_groups = build_initial_groups(self.team)
        self.channels = FakeChannels(self.people.values(), self.team)
        if self._setup.has_shared_channel and self.team == SANDBOX:
            self.channels.add(build_shared_room())
        self.messages = FakeMessages(self.team.id)
        self.views = FakeViews()
        self.files = FakeFiles(self.ids, self.public_url)
        self.tokens = FakeTokens(self.manifest, self.ids, self.clock, bot_token=self.team.bot_token)
        self.apps = FakeApps(self._setup.manifest, self.ids)
        self.oauth_codes = OAuthCodes(self.clock, self.ids)
        self.triggers = TriggerIds(self.clock, self.ids)
        self.response_urls = ResponseUrls(self.clock, self.ids, self.public_url)
        self.rate_limits = MethodRateLimits(self.clock, on=self._setup.has_rate_limits)
        self.pins = FakePins()
        self.hides_buttons = True
        self.bookmarks: list[dict[str, Any]] = []
        self.calls: deque[dict[str, Any]] = deque(maxlen=MOST_CALLS)
        self.deliveries.records.clear()

    def reset(self, *, seed: bool = True) -> None:  # noqa: ARG002 - as CircleCI's reset; Slack has no history to plant
        """Put everything back to the initial world, in each workspace; open sockets and pages stay."""
        for workspace in self.workspaces:
            workspace._start_over()  # noqa: SLF001 - of the same class

    def _start_over(self) -> None:
        self._end_tasks()
        self._begin()
        self.page_streams.send_to_all({"type": "reset"})
        self.changes.bump()

    @property
    def organisation(self) -> Organisation | None:
        """The one that this workspace belongs to."""
        found = self._setup.organisation
        return found if found and self.team.id in found.teams else None

    def mark(self, kind: PayloadKind, payload: dict[str, Any]) -> dict[str, Any]:
        """The payload with what an organisation's has besides."""
        return self.organisation.mark(kind, payload, self.team.id) if self.organisation else payload

    def list_workspaces_with(self, token: str) -> list[FakeSlack]:
        """Where this bot token is good; that of an organisation in several."""
        holder = next((each for each in self.workspaces if token in each.tokens), None)
        of = holder.tokens.find_organisation(token) if holder else None
        if holder is None or of is None or holder.organisation is None:
            return [holder] if holder else []
        return [each for each in self.workspaces if holder.organisation.has_app_in(each.team.id)] or [holder]

    async def disconnect(self, reason: str) -> None:
        """Send this disconnect frame to every open socket. Raises ValueError for a reason Slack does not know."""
        if reason not in get_args(Reason):
            raise ValueError(f"reason is one of {', '.join(get_args(Reason))}, not {reason!r}")
        await self.sockets.disconnect(cast("Reason", reason))

    def drop_socket(self) -> None:
        """Cut the connection of every open socket."""
        self.sockets.drop()

    def install(self, app_id: str) -> tuple[str, str]:
        """A person installs an app and makes an app-level token: both tokens. The workspace has that app from now on.

        Raises ValueError for an unknown app.
        """
        if app_id not in self.apps:
            raise ValueError(f"there is no app {app_id}")
        self.manifest = Manifest.parse(self.apps[app_id].manifest)
        self.people[BOT_USER] = replace(self.people[BOT_USER], name=self.manifest.name, real_name=self.manifest.name)
        return self.tokens.issue(self.manifest.scopes).value, self.tokens.issue_app_level(app_id).value

    def find_workspace(self, team: str) -> FakeSlack:
        """The one of this id, among those that have the same app. Raises ValueError for an unknown one."""
        found = next((each for each in self.workspaces if each.team.id == team), None)
        if found is None:
            raise ValueError(f"there is no workspace {team}")
        return found

    def deactivate(self, user: str) -> None:
        """Deactivate a user: Slack keeps them, as `deleted`. Raises ValueError for an unknown one."""
        if user not in self.people:
            raise ValueError(f"there is nobody {user}")
        self.people[user] = replace(self.people[user], is_deleted=True)

    def change_group(self, group: str, users: tuple[str, ...] | None, *, disabled: bool | None) -> None:
        """Other members of a user group, or disabled or enabled. Raises ValueError for an unknown one."""
        disabled_at = None if disabled is None else int(self.ids.now_s()) if disabled else 0
        self.user_groups.change(group, users=users, disabled_at=disabled_at)

    def share_channel(self, channel: str, user: str, team: str) -> None:
        """Share a channel with another workspace, of which this person is (Slack Connect). Raises ValueError."""
        if channel not in self.channels or user not in self.people:
            raise ValueError(f"there is no {channel} or nobody {user}")
        self.channels[channel].is_ext_shared = True
        self.people[user] = replace(self.people[user], team=team)

    def unshare_channel(self, channel: str) -> None:
        """The other workspace leaves it. Raises ValueError for an unknown one."""
        if channel not in self.channels:
            raise ValueError(f"there is no {channel}")
        self.channels[channel].is_ext_shared = False

    def run_in_background(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run a task in the background, until it is done or the server stops."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close_pages(self) -> None:
        """Close the event streams of open pages, so that the server can stop."""
        self.page_streams.close()

    async def stop(self) -> None:
        self.close_pages()
        self._end_tasks()
        if self._http is not None:
            await self._http.close()

    def _end_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()

    def list_people_in(self, channel: FakeChannel) -> list[FakeSlackUser]:
        """The people whose page shows this channel."""
        return [each for each in self.people.values() if self.channels.can_see(each, channel)]

    def get_author_name(self, message: FakeMessage) -> str:
        """The author's name; another app's message has its own."""
        author = self.people.get(message.user)
        return author.name if author else str(message.username)

    def send_channels(self) -> None:
        """Send everybody the channels they can see now."""
        for person in self.people.values():
            seen = [channel.as_page() for channel in self.channels.list_visible_to(person)]
            self.page_streams.send([person.id], {"type": "channels", "channels": seen})
        self.changes.bump()

    def _send_connection(self) -> None:
        for workspace in self.workspaces:
            connected = workspace.deliveries.is_connected
            workspace.page_streams.send_to_all({"type": "connected", "connected": connected})
            workspace.changes.bump()

    def list_teams_for_page(self) -> list[dict[str, str]]:
        """Each with its first person, as whom one enters it."""
        return [
            {"id": each.team.id, "name": each.team.name, "path": each.team.path, "as": next(iter(each.people))}
            for each in self.workspaces
        ]

    def snapshot(self, part: str = "") -> dict[str, Any]:
        """What `GET /_control/state` shows of Slack, all or one part; no token is in it."""
        parts: dict[str, Callable[[], Any]] = {
            "channels": lambda: [channel.as_page() for channel in self.channels.values()],
            "people": lambda: [person.as_page() for person in self.people.values()],
            "messages": lambda: {
                channel: [self.messages.as_api(each) for each in self.messages.list_in_channel(channel)]
                for channel in self.messages.list_channel_ids()
            },
            "ephemerals": lambda: [
                self.messages.as_api(each) | {"channel": each.channel, "shown_to": each.seen_only_by}
                for each in self.messages.ephemerals.values()
            ],
            "views": lambda: {
                person: [each.as_masked() for each in stack] for person, stack in self.views.stacks.items()
            },
            "homes": lambda: {person: view.as_masked() for person, view in self.views.homes.items()},
            "bookmarks": lambda: list(self.bookmarks),
            "calls": lambda: list(self.calls),
            "sockets": lambda: len(self.sockets),
            "acks": lambda: list(self.deliveries.records),
        }
        return {name: build() for name, build in parts.items() if part in {"", name}}
