"""To link a person with logins, and to change which messages they get."""

from __future__ import annotations

import re

from bot.blocks.me_blocks import Known
from bot.command import Context, line
from bot.errors import NotAllowed, NotThere, Step, UsageError
from bot.mrkdwn import code
from bot.rules.dm_topics import LETTER

_LONGEST = 100
_UNFIT = re.compile(r"[<>|\x00-\x1f]")


def login(text: str) -> str:
    """A login as people write it: `octocat`, `@octocat`. Raises UsageError."""
    name = text.strip().removeprefix("@")
    if not name or len(name) > _LONGEST or _UNFIT.search(name):
        raise UsageError(
            f"{code(text.strip() or ' ', 60)} is no login.",
            "Say it as CircleCI shows it beside a pipeline: `me --login octocat`.",
        )
    return name


async def known(context: Context) -> Known:
    request = context.request
    async with context.store.read() as tx:
        logins = await tx.logins.of(request.workspace, request.user)
        return Known(context.account, tuple(logins), await tx.people.wishes(request.workspace, request.user))


async def claim(context: Context, name: str) -> None:
    """This login is theirs, they say. Raises NotAllowed when it is somebody else's."""
    request = context.request
    async with context.store.begin() as tx:
        owner = await tx.logins.claim(request.workspace, request.user, name, context.clock.now())
    if owner is None:
        return
    if owner.verified:
        raise NotAllowed(
            f"{code(owner.login, 100)} is <@{owner.user}>'s: their own CircleCI token says so.",
            "If it is yours, connect with a token of that login.",
            Step("Connect CircleCI", line("connect")),
        )
    raise NotAllowed(
        f"<@{owner.user}> says that {code(owner.login, 100)} is theirs.",
        "If it is yours, connect with a token of that login: that counts more.",
        Step("Connect CircleCI", line("connect")),
    )


async def forget(context: Context, name: str) -> None:
    """Raises NotThere when it is not theirs."""
    request = context.request
    async with context.store.begin() as tx:
        gone = await tx.logins.forget(request.workspace, request.user, name)
    if not gone:
        raise NotThere(f"{code(name, 100)} is none of your logins.", Step("Show them", line("me")))


async def wish(context: Context, topics: frozenset[str]) -> frozenset[str]:
    """Messages of these topics and no others, from this moment on; what they wished before.

    What waits to be sent of the others is not sent any more.
    """
    request = context.request
    async with context.store.begin() as tx:
        before = await tx.people.wishes(request.workspace, request.user)
        await tx.people.wish(request.workspace, request.user, topics)
        for topic in sorted(before - topics):
            prefix, now = f"{LETTER}{topic}:", context.clock.now()
            await tx.outbox.withdraw(request.workspace, request.user, prefix, "opted_out", now)
    return before
