"""subscriptions [--all] — the rules of a channel (or of all), who made them and pays, and how to be rid of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.actions import mute_changes, targets, visible_projects
from bot.blocks import hours_blocks, kit, mute_blocks, subscription_blocks
from bot.blocks.pager import pager
from bot.command import Access, Command, Context, Group, Line, Reply, line
from bot.conversation import here
from bot.messages import Message
from bot.mrkdwn import bold
from bot.rules.muting import Mute
from bot.rules.subscription import Subscription


@dataclass(frozen=True, slots=True)
class Args:
    everywhere: bool
    page: int


def parse(said: Line) -> Args:
    return Args(said.flag("all"), targets.page(said))


async def run(context: Context, args: Args) -> Reply:
    rules = await (_everywhere(context) if args.everywhere else _here(context))
    if not rules:
        return Reply(_nothing(context, args))
    begin = (args.page - 1) * subscription_blocks.PAGE
    shown = rules[begin : begin + subscription_blocks.PAGE]
    names = await visible_projects.names(context, [rule.scope.exact for rule in shown if rule.scope.exact])
    paid = await _paid(context, shown) if args.everywhere else {}
    async with context.store.read() as tx:
        troubles = await tx.troubles.of(rule.id for rule in shown)
    muted = await mute_changes.of_channels(context, {rule.channel for rule in shown})
    title = _title(context, args, len(rules))
    drawn = [
        kit.section(bold(title)),
        *([] if args.everywhere else await _habits(context, muted)),
        *subscription_blocks.listed(
            shown,
            names,
            user=context.request.user,
            channel=context.request.channel,
            paid=paid,
            troubles=troubles,
            mutes=muted,
        ),
        *pager(
            args.page, line("subscriptions", all=args.everywhere), more=begin + subscription_blocks.PAGE < len(rules)
        ),
    ]
    return Reply(Message(title, drawn))


async def _habits(context: Context, muted: Sequence[Mute]) -> list[kit.Block]:
    """Of this channel: what is muted, and when it is quiet."""
    request = context.request
    async with context.store.read() as tx:
        known = await tx.hours.get(request.workspace, request.channel or request.user)
    everything = any(mute.about == "" for mute in muted)
    buttons = [*([] if everything else [mute_blocks.mute_button()]), kit.button("Quiet hours…", line("quiet"))]
    told = (
        [kit.context(f":crescent_moon: {here(request.channel).capitalize()} {hours_blocks.sentence(known)}.")]
        if known and known.ever
        else []
    )
    return [*told, *mute_blocks.listed(muted, buttons)]


def _title(context: Context, args: Args, count: int) -> str:
    rules = "1 rule" if count == 1 else f"{count} rules"
    if not args.everywhere:
        return f"{rules} of {here(context.request.channel)}"
    return f"{rules} of this workspace" if context.admin else f"{rules} that you may see"


async def _here(context: Context) -> list[Subscription]:
    request = context.request
    async with context.store.read() as tx:
        return await tx.subscriptions.of_channel(request.workspace, request.channel or request.user)


async def _everywhere(context: Context) -> list[Subscription]:
    """All of them for an admin; else one's own, and those of projects that one can see.

    A rule would tell everybody else that a hidden project exists.
    """
    request = context.request
    async with context.store.read() as tx:
        rules = await tx.subscriptions.of_workspace(request.workspace)
    if context.admin:
        return rules
    seen = await visible_projects.slugs(context)
    return [rule for rule in rules if rule.made_by == request.user or any(map(rule.scope.covers, seen))]


async def _paid(context: Context, rules: Sequence[Subscription]) -> dict[int, str]:
    """Whose token pays for each rule's requests, in words."""
    async with context.store.read() as tx:
        watches = await tx.watches.of(rule.scope.exact for rule in rules if rule.scope.exact)
        counts = {rule.id: len(await tx.subscriptions.covered(rule.id)) for rule in rules if not rule.scope.exact}
    return {rule.id: subscription_blocks.paid(rule, watches, counts.get(rule.id, 0)) for rule in rules}


def _nothing(context: Context, args: Args) -> Message:
    heard = f"{here(context.request.channel).capitalize()} hears of nothing yet."
    text = "There are no rules that you may see." if args.everywhere else heard
    how = f"{text} `/circle subscribe gh/org/repo` tells it what fails, recovers or waits for approval."
    return Message(text, [kit.section(how), kit.actions([kit.button("Show my projects", line("projects"))])])


COMMAND = Command(
    name="subscriptions",
    summary="Lists the rules of this channel",
    usage="subscriptions [--all] [--page N]",
    example="subscriptions",
    parse=parse,
    run=run,
    group=Group.RULES,
    access=Access.ANYONE,
    aliases=("rules",),
)
