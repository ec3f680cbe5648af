"""What we say first: to a person who opens our messages, and to a channel that we are added to."""

from __future__ import annotations

from collections.abc import Callable

from bot.actions.first_steps import load_known_steps
from bot.blocks import greeting_blocks
from bot.clock import Clock
from bot.command import Request, RequestSource
from bot.dispatch.admission import Admission
from bot.errors import NotAllowed
from bot.language.spoken import speaking
from bot.store.store import Store


class Greeter:
    """`wake` wakes delivery."""

    def __init__(self, *, store: Store, clock: Clock, admission: Admission, wake: Callable[[], None]) -> None:
        self._store = store
        self._clock = clock
        self._admission = admission
        self._wake = wake

    async def send_greeting(self, workspace: str, user: str) -> None:
        """Once a person. Who may not use us is not greeted."""
        try:
            await self._admission.admit(Request(workspace, user, "", RequestSource.SHORTCUT, "greeting"))
        except NotAllowed:
            return
        if await self._insert(workspace, user):
            self._wake()

    async def send_channel_greeting(self, workspace: str, channel: str) -> None:
        """Once a channel, unless somebody has set it up already."""
        async with self._store.begin() as tx:
            if await tx.channels.find_project(workspace, channel):
                return
            if await tx.subscriptions.list_for_channel(workspace, channel):
                return
            message = greeting_blocks.render_channel_greeting()
            await tx.outbox.insert(
                f"welcome:{workspace}:{channel}", workspace, channel, message=message, now=self._clock.now()
            )
        self._wake()

    async def _insert(self, workspace: str, user: str) -> bool:
        now = self._clock.now()
        async with self._store.begin() as tx:
            if not await tx.greetings.insert(workspace, user, now):
                return False
            steps = await load_known_steps(tx, await tx.accounts.find(workspace, user))
            with speaking(await tx.languages.load(workspace, user)):
                message = greeting_blocks.render_greeting(user, steps)
            await tx.outbox.insert(f"greeting:{workspace}:{user}", workspace, user, message=message, now=now)
        return True
