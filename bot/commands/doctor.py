"""doctor — what is wrong with this circlebot, each with the command that mends it; for admins."""

from __future__ import annotations

import asyncio

from bot.actions import subcommands
from bot.blocks import doctor_blocks
from bot.command import Access, Command, Context, Group, ParsedLine, Reply
from bot.language import N_, _

_QUICK_S = 2.0
"""An answer that comes sooner needs no line before it."""


def parse(line: ParsedLine) -> None:
    subcommands.check_no_more(line.words)


async def run(context: Context, _args: None) -> Reply:
    looking = asyncio.ensure_future(context.examine(context.request.workspace))
    done, _waiting = await asyncio.wait([looking], timeout=_QUICK_S)
    if not done:
        await context.progress(_(":stethoscope: Something does not answer at once: I give it half a minute."))
    return Reply(doctor_blocks.render(await looking, v3=context.circleci.get_v3_state()))


COMMAND = Command(
    name="doctor",
    summary=N_("For admins: what is wrong with me, and what mends it"),
    usage="doctor",
    example="doctor",
    parse=parse,
    run=run,
    always_allowed=True,
    group=Group.YOU,
    order=9,
    access=Access.ADMIN,
    is_change=lambda _args: False,
)
