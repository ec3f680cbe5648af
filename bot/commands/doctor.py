"""doctor — what is wrong with this circlebot, each with the command that mends it; for admins."""

from __future__ import annotations

from bot.actions import subcommands
from bot.blocks import doctor_blocks
from bot.command import Access, Command, Context, Group, ParsedLine, Reply
from bot.language import N_, _


def parse(line: ParsedLine) -> None:
    subcommands.check_no_more(line.words)


async def run(context: Context, _args: None) -> Reply:
    await context.progress(_(":stethoscope: Looking at the database, Slack, CircleCI and the way to them…"))
    return Reply(doctor_blocks.render(await context.examine(context.request.workspace)))


COMMAND = Command(
    name="doctor",
    summary=N_("For admins: what is wrong with me, and what mends it"),
    usage="doctor",
    example="doctor",
    parse=parse,
    run=run,
    group=Group.YOU,
    order=9,
    access=Access.ADMIN,
    is_change=lambda _args: False,
)
