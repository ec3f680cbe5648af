"""One act at a time changes a place of CircleCI's, whatever workspace asks for it: a second one is refused."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from bot.command import Context
from bot.errors import BotError, Unavailable

CLAIMED_FOR = timedelta(minutes=2)
"""Longer than a request takes with all its waiting; by then CircleCI shows what began."""


@dataclass(frozen=True, slots=True)
class ActClaim:
    """`build_error` says what whoever comes second is told."""

    context: Context
    name: str
    holder: str
    build_error: Callable[[], BotError]

    async def renew(self) -> None:
        """From now on for as long as a request takes. Raises `build_error()` where another act has it by now."""
        async with self.context.store.begin() as tx:
            now = self.context.clock.now()
            claimed = await tx.leases.claim_or_renew(self.name, self.holder, now + CLAIMED_FOR, now=now)
        if not claimed:
            raise self.build_error()

    async def release(self) -> None:
        async with self.context.store.begin() as tx:
            await tx.leases.release(self.name, self.holder)


@asynccontextmanager
async def claim(
    context: Context, act: str, of: Iterable[str], build_error: Callable[[], BotError]
) -> AsyncIterator[ActClaim]:
    """`of` says what `act` is about. Raises `build_error()` for the second.

    What is checked meanwhile may take longer than the claim lasts: it is renewed right before CircleCI is asked. It
    ends at once where nothing was begun for certain, else by itself: a process that dies holds up nobody.
    """
    name = f"{act}:{hashlib.sha256('|'.join(of).encode()).hexdigest()}"
    claim = ActClaim(context, name, uuid4().hex, build_error)
    await claim.renew()
    try:
        yield claim
    except BotError as error:
        if not (isinstance(error, Unavailable) and error.unknown):
            await claim.release()
        raise
