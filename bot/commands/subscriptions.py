"""subscriptions [--all] — the rules of a channel (or of all), whose token reads for each, and how to change them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.actions import mute_changes, rule_changes, targets, visible_projects
from bot.blocks import hours_blocks, kit, mute_blocks, subscription_blocks
from bot.blocks.pager import build_pager
from bot.command import Access, Command, Context, Group, ParsedLine, Reply, format_line
from bot.conversation import is_channel
from bot.errors import CircleCIError, NotAllowed, NotConnected
from bot.language import N_, _, ngettext
from bot.messages import Message
from bot.rules.muting import Mute
from bot.rules.subscription import Subscription


@dataclass(frozen=True, slots=True)
class SubscriptionsArgs:
    everywhere: bool
    page: int


def parse(line: ParsedLine) -> SubscriptionsArgs:
    return SubscriptionsArgs(line.has_flag("all"), targets.parse_page(line))


async def run(context: Context, args: SubscriptionsArgs) -> Reply:
    rules = await (_list_visible_rules(context) if args.everywhere else _list_channel_rules(context))
    if not rules:
        return Reply(await _render_empty(context, args))
    begin = (args.page - 1) * subscription_blocks.PAGE
    shown = rules[begin : begin + subscription_blocks.PAGE]
    names = await visible_projects.fetch_names(context, [rule.scope.exact for rule in shown if rule.scope.exact])
    paid = await _load_token_owners(context, shown) if args.everywhere else {}
    async with context.store.begin_read() as tx:
        problems = await tx.rule_problems.list_for_rules(rule.id for rule in shown)
    muted = await mute_changes.list_active(context, {rule.channel for rule in shown})
    title = _format_title(context, args, len(rules))
    if not args.everywhere and await context.is_external(context.request.channel or context.request.user):
        context.notes.append(_(":globe_with_meridians: People of other companies read this channel."))
    drawn = [
        kit.header(title),
        *([] if args.everywhere else await _build_channel_settings(context, muted)),
        *subscription_blocks.build_list(
            shown,
            names,
            user=context.request.user,
            channel=context.request.channel,
            paid=paid,
            problems=problems,
            mutes=muted,
            takeable=await _list_takeable(context, shown),
        ),
        *build_pager(
            args.page,
            format_line("subscriptions", all=args.everywhere),
            more=begin + subscription_blocks.PAGE < len(rules),
        ),
    ]
    return Reply(Message(title, drawn))


async def _build_channel_settings(context: Context, muted: Sequence[Mute]) -> list[kit.Block]:
    """Of this channel: what is muted, and when it is quiet."""
    request = context.request
    async with context.store.begin_read() as tx:
        known = await tx.hours.find(*request.place)
    everything = any(mute.about == "" for mute in muted)
    quiet = known and known.is_ever_quiet
    buttons = [
        *([] if everything else [mute_blocks.build_mute_button()]),
        kit.button(_("Change Quiet Hours…") if quiet else _("Set Quiet Hours…"), format_line("quiet")),
    ]
    hours = [kit.context(f":crescent_moon: {hours_blocks.format_here(known)}")] if known and quiet else []
    return [*hours, *mute_blocks.build_list(muted, buttons)]


def _format_title(context: Context, args: SubscriptionsArgs, count: int) -> str:
    if args.everywhere and context.admin:
        return ngettext("{count} rule of this workspace", "{count} rules of this workspace", count)
    if args.everywhere:
        return ngettext("{count} rule that you may see", "{count} rules that you may see", count)
    if is_channel(context.request.channel):
        return ngettext("{count} rule of this channel", "{count} rules of this channel", count)
    return ngettext("{count} rule of this conversation", "{count} rules of this conversation", count)


async def _list_channel_rules(context: Context) -> list[Subscription]:
    request = context.request
    async with context.store.begin_read() as tx:
        return await tx.subscriptions.list_for_channel(*request.place)


async def _list_visible_rules(context: Context) -> list[Subscription]:
    """All of them for an admin; else one's own, and those of projects that one can see.

    A rule would tell everybody else that a hidden project exists.
    """
    request = context.request
    async with context.store.begin_read() as tx:
        rules = await tx.subscriptions.list_for_workspace(request.workspace)
    if context.admin:
        return rules
    seen = await visible_projects.list_slugs(context)
    return [rule for rule in rules if rule.made_by == request.user or any(map(rule.scope.covers, seen))]


async def _list_takeable(context: Context, rules: Sequence[Subscription]) -> set[int]:
    """The rules of others that this person may take over: they see the projects, and the policy allows it."""
    try:
        seen = await visible_projects.list_slugs(context)
    except CircleCIError:
        return set()
    others = [rule for rule in rules if rule.made_by != context.request.user and any(map(rule.scope.covers, seen))]
    return {rule.id for rule in others if await _may_take_over(context, rule)}


async def _may_take_over(context: Context, rule: Subscription) -> bool:
    try:
        await context.rights.check_act(rule_changes.build_target(rule), "takeover")
    except (NotAllowed, NotConnected):
        return False
    return True


async def _load_token_owners(context: Context, rules: Sequence[Subscription]) -> dict[int, str]:
    """Whose token pays for each rule's requests, in words."""
    async with context.store.begin_read() as tx:
        watches = await tx.polled_projects.list_for_projects(rule.scope.exact for rule in rules if rule.scope.exact)
        counts = {rule.id: len(await tx.coverage.list_projects(rule.id)) for rule in rules if not rule.scope.exact}
    return {rule.id: subscription_blocks.format_token_owner(rule, watches, counts.get(rule.id, 0)) for rule in rules}


async def _render_empty(context: Context, args: SubscriptionsArgs) -> Message:
    """What is muted here is said, too: it keeps silent what is subscribed next."""
    text = _format_none(context, args)
    muted = [] if args.everywhere else await mute_changes.list_active(context, {context.request.place[1]})
    how = _("`/circle subscribe acme/web` asks for what fails, recovers or waits for approval.")
    projects = kit.button(_("Show My Projects"), format_line("projects"))
    return Message(text, [kit.section(f"{text} {how}"), *mute_blocks.build_list(muted, [projects])])


def _format_none(context: Context, args: SubscriptionsArgs) -> str:
    if args.everywhere:
        return _("There are no rules that you may see.")
    if is_channel(context.request.channel):
        return _("This channel gets no messages.")
    return _("This conversation gets no messages.")


COMMAND = Command(
    name="subscriptions",
    summary=N_("Lists the rules of this channel"),
    usage="subscriptions [--all] [--page N]",
    example="subscriptions",
    parse=parse,
    run=run,
    group=Group.RULES,
    order=2,
    task=N_("See and change the rules of this channel"),
    access=Access.ANYONE,
    aliases=("rules",),
)
