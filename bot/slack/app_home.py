"""The App Home: read with the person's own token when it is opened, and drawn again when what it shows has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog

from bot.blocks import error_blocks, home_blocks, kit
from bot.blocks.home_blocks import HomeContent
from bot.circleci.links import Links
from bot.clock import Clock
from bot.command import Command, Context, Request, RequestSource
from bot.dispatch.access import RightsBuilder, WorkspaceRules
from bot.dispatch.admission import Admission
from bot.dispatch.whom_to_ask import AdminRoster
from bot.domain.people import Account
from bot.errors import NotAllowed, Unauthorized
from bot.language.spoken import speaking
from bot.messages import Message
from bot.naming import PeopleDirectory, naming
from bot.rules.hold_readers import ANYBODY, begin_reading, get_readers
from bot.rules.policy_line import PolicyLine
from bot.slack import home_reader
from bot.slack.clients import SlackClients
from bot.slack.home_notes import HomeNotes
from bot.slack.home_reader import CircleCIReading
from bot.slack.home_viewers import HomeViewer, HomeViewers
from bot.store.store import Store
from bot.workers.loop import Wakeup

log = structlog.get_logger(__name__)

_EVERY_S = 3.0
"""How often a Home is drawn again at most, unless its owner opens it or presses something in it."""

_RELOADED_AFTER = timedelta(minutes=1)
"""What changes without a pipeline that moves (a preset of a colleague) is seen after so long."""

_Shown = HomeContent | NotAllowed | Account | None


class AppHome:
    """`wakeup` ends the sleep of the loop that calls `tick`."""

    def __init__(
        self,
        *,
        clients: SlackClients,
        store: Store,
        clock: Clock,
        links: Links,
        rights: RightsBuilder,
        commands: Sequence[Command[Any]],
        admission: Admission,
        notes: HomeNotes,
    ) -> None:
        self.wakeup = Wakeup()
        self._admission = admission
        self._clients = clients
        self._store = store
        self._clock = clock
        self._links = links
        self._rights = rights
        self._commands = commands
        self._notes = notes
        self._viewers = HomeViewers(clock)

    async def open(self, workspace: str, user: str) -> None:
        """Somebody looks at their Home: read all of it anew."""
        self._notes.drop(workspace, user)
        viewer = self._viewers.open(workspace, user)
        viewer.told, viewer.shown = None, None
        await self._draw(viewer)

    async def redraw(self, workspace: str, user: str) -> None:
        """Something in it was pressed: show what came of it."""
        viewer = self._viewers.open(workspace, user)
        viewer.shown = None
        await self._draw(viewer)

    def mark_due(self, workspace: str, user: str) -> None:
        """They did something elsewhere: what their Home shows may have changed with it."""
        if viewer := self._viewers.find(workspace, user):
            viewer.is_due = True

    async def tick(self) -> float:
        """Draw again what has changed, of those who looked lately. Returns how many seconds to sleep."""
        for viewer in self._viewers.list_next():
            try:
                await self._refresh(viewer)
            except Exception:
                log.exception("home.not_refreshed")
            viewer.checked_at = self._clock.now()
        return _EVERY_S

    async def _refresh(self, viewer: HomeViewer) -> None:
        stale = self._clock.now() - viewer.loaded_at > _RELOADED_AFTER
        if stale or viewer.is_due or await self._has_moved(viewer):
            await self._draw(viewer)

    async def _has_moved(self, viewer: HomeViewer) -> bool:
        return viewer.told is not None and await self._load_versions(viewer.told) != viewer.versions

    async def _load_versions(self, told: CircleCIReading) -> Mapping[str, int]:
        async with self._store.begin_read() as tx:
            return await tx.pipelines.list_moving_versions(told.seen)

    async def _draw(self, viewer: HomeViewer) -> None:
        """Publish it, unless it would say the same but for the time. One after another, so that no older one wins."""
        async with viewer.lock:
            viewer.is_due, viewer.loaded_at = False, self._clock.now()
            client = await self._clients.find(viewer.workspace)
            if client is None:
                return
            language, people = await self._load_reader(viewer)
            with speaking(language), naming(people), begin_reading(ANYBODY):
                content, note = await self._load(viewer), self._notes.find(viewer.workspace, viewer.user)
                is_admin = await self._is_admin(viewer)
                page = self._notes.find_page(viewer.workspace, viewer.user) if is_admin else None
                if (shown := (language, content, note, page, is_admin, get_readers())) == viewer.shown:
                    return
                drawn = home_blocks.render_page(page, note) if page else self._render(content, note, is_admin=is_admin)
                view = {"type": "home", "blocks": drawn[:100]}
            await client.views_publish(user_id=viewer.user, view=view)
            viewer.shown = shown

    async def _load_reader(self, viewer: HomeViewer) -> tuple[str | None, PeopleDirectory]:
        async with self._store.begin_read() as tx:
            return await tx.languages.load(viewer.workspace, viewer.user), await tx.people.load(viewer.workspace)

    def _render(self, shown: _Shown, note: Message | None, *, is_admin: bool) -> list[kit.Block]:
        if isinstance(shown, HomeContent):
            drawn = home_blocks.render(shown, links=self._links, now=self._clock.now(), note=note)
        elif isinstance(shown, NotAllowed):
            return error_blocks.render_blocks(shown)
        else:
            drawn = home_blocks.render_welcome(shown)
        return [*drawn, *home_blocks.build_way_to_administration()] if is_admin else drawn

    async def _is_admin(self, viewer: HomeViewer) -> bool:
        """Asked whenever it is drawn: who is none any more sees nothing of it."""
        async with self._store.begin_read() as tx:
            roster = await self._rights.admins.load(tx, viewer.workspace)
        return roster.has(await self._rights.askers.find(viewer.workspace, viewer.user, roster.groups))

    async def _load(self, viewer: HomeViewer) -> _Shown:
        """Why it is refused; an account that does not work, or None; or what the Home shows."""
        try:
            await self._admission.admit(_build_request(viewer.workspace, viewer.user))
        except NotAllowed as refusal:
            return refusal
        account, lines, roster = await self._find_person(viewer)
        if not (account and account.is_active):
            viewer.told = None
            return account
        try:
            return await self._load_content(viewer, account, await self._build_context(account, lines, roster))
        except Unauthorized:
            async with self._store.begin() as tx:
                await tx.accounts.mark_expired(account)
            return await self._load(viewer)

    async def _load_content(self, viewer: HomeViewer, account: Account, context: Context) -> HomeContent:
        told = viewer.told = viewer.told or await home_reader.fetch(context)
        viewer.versions = await self._load_versions(told)
        content = await home_reader.load(context, account, told)
        viewer.told = replace(told, own=content.own)
        return content

    async def _find_person(self, viewer: HomeViewer) -> tuple[Account | None, Sequence[PolicyLine], AdminRoster]:
        async with self._store.begin_read() as tx:
            account = await tx.accounts.find(viewer.workspace, viewer.user)
            lines = await tx.policy_versions.load_lines(viewer.workspace)
            return account, lines, await self._rights.admins.load(tx, viewer.workspace)

    async def _build_context(self, account: Account, lines: Sequence[PolicyLine], roster: AdminRoster) -> Context:
        """What a command would get, had the person said something."""
        request = _build_request(account.workspace, account.user)
        project = next(one for one in self._commands if one.name == "project")
        circleci, rights = await self._rights.build(
            project, request, account, WorkspaceRules(lines, roster), changes=False
        )
        return Context(
            request=request,
            circleci=circleci,
            store=self._store,
            clock=self._clock,
            links=self._links,
            wake=lambda: None,
            account=account,
            admin=rights.is_admin,
            rights=rights,
            commands=self._commands,
        )


def _build_request(workspace: str, user: str) -> Request:
    return Request(workspace, user, "", RequestSource.SHORTCUT, "home")
