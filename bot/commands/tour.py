"""tour — the first minutes, step by step: what is done is ticked, what is not has the button that does it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import resumption, visible_projects
from bot.actions.first_steps import load_first_steps
from bot.blocks import first_steps_blocks
from bot.blocks.first_steps_blocks import FirstSteps
from bot.command import Access, Command, Context, Group, ParsedLine, Reply, format_line
from bot.language import N_


@dataclass(frozen=True, slots=True)
class TourArgs:
    """Nothing: it goes on where somebody is."""


def parse(_line: ParsedLine) -> TourArgs:
    return TourArgs()


async def run(context: Context, _args: TourArgs) -> Reply:
    return Reply(first_steps_blocks.render_tour(await _load_steps(context)))


async def _load_steps(context: Context) -> FirstSteps:
    """Who connects from here comes back here."""
    account = context.account
    if account is None or not account.is_active:
        async with context.store.begin() as tx:
            await resumption.keep(tx, context.request, format_line("tour"), context.clock)
        return FirstSteps(account)
    seen = await visible_projects.list_slugs(context)
    async with context.store.begin_read() as tx:
        return await load_first_steps(tx, account, seen)


COMMAND = Command(
    name="tour",
    summary=N_("Shows you around: the first steps, ticked as you do them"),
    usage="tour",
    example="tour",
    parse=parse,
    run=run,
    always_allowed=True,
    group=Group.YOU,
    access=Access.ANYONE,
)
