"""unsubscribe [NUMBER|project] — removes a rule; anybody in the channel may, also a rule of somebody else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.actions import mute_target, rule_changes, visible_projects
from bot.ambiguity import match_by_name
from bot.blocks import announcement_blocks, kit, subscription_blocks
from bot.command import Command, Context, Group, ParsedLine, Reply, format_line
from bot.conversation import is_channel
from bot.errors import NextStep, TargetError, UsageError
from bot.language import N_, _
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.rules.subscription import Subscription


@dataclass(frozen=True, slots=True)
class UnsubscribeArgs:
    """`number` is a rule's, `project` a slug or a part of it; neither: the person is asked."""

    number: int | None = None
    project: str | None = None


def parse(line: ParsedLine) -> UnsubscribeArgs:
    if len(line.words) > 1:
        raise UsageError(_("One rule at a time: its number, as `/circle subscriptions` shows it."))
    if not line.words:
        return UnsubscribeArgs()
    word = line.words[0]
    number = mute_target.parse_rule_number(word)
    return UnsubscribeArgs(project=word.removeprefix("#")) if number is None else UnsubscribeArgs(number=number)


async def run(context: Context, args: UnsubscribeArgs) -> Reply:
    here = context.request.channel or context.request.user
    rule = _select_rule(await _list_removable_rules(context, here), args, here)
    await context.rights.check_act(rule_changes.build_target(rule))
    names = await visible_projects.fetch_names(context, [rule.scope.exact] if rule.scope.exact else [])
    told = await rule_changes.remove(context, rule, names)
    text, undo = _format_removed(rule, names, here), announcement_blocks.build_undo_row(told.undo)
    return Reply(kit.add_buttons(Message(text, [kit.section(text)]), undo), seen=told.seen)


def _format_removed(rule: Subscription, names: subscription_blocks.Names, here: str) -> str:
    values = {
        "number": rule.id,
        "rule": subscription_blocks.format_rule(rule, names),
        "who": f"<@{rule.made_by}>",
        "channel": subscription_blocks.format_channel(rule.channel),
    }
    if rule.channel == here:
        return _(":no_bell: Removed rule {number}: {rule} (owned by {who}).", **values)
    return _(":no_bell: Removed rule {number} of {channel}: {rule} (owned by {who}).", **values)


async def _list_removable_rules(context: Context, here: str) -> list[Subscription]:
    """The rules of this channel, and one's own anywhere."""
    request = context.request
    async with context.store.begin_read() as tx:
        return await tx.subscriptions.list_removable(request.workspace, here, request.user)


def _select_rule(rules: Sequence[Subscription], args: UnsubscribeArgs, here: str) -> Subscription:
    """By its number wherever it is; by its project only in this channel."""
    if args.number is not None:
        found = [rule for rule in rules if rule.id == args.number]
    else:
        found = _match_by_scope(args.project, rules) if args.project else list(rules)
    certain = [rule for rule in found if args.number is not None or (args.project and rule.channel == here)]
    if len(certain) == 1:
        return certain[0]
    asked = _("Which rule?") if certain or (found and not args.project) else _format_none(args, here)
    raise TargetError(
        asked, *_build_offers(certain or found, here), NextStep(_("Show All Rules"), format_line("subscriptions"))
    )


def _format_none(args: UnsubscribeArgs, here: str) -> str:
    if args.number is not None:
        return (
            _("This channel has no rule {number}.", number=args.number)
            if is_channel(here)
            else _("This conversation has no rule {number}.", number=args.number)
        )
    if args.project:
        project = as_code(args.project, 100)
        return (
            _("This channel has no rule for {project}.", project=project)
            if is_channel(here)
            else _("This conversation has no rule for {project}.", project=project)
        )
    return _("This channel has no rules.") if is_channel(here) else _("This conversation has no rules.")


def _build_offers(rules: Sequence[Subscription], here: str) -> Iterator[str | NextStep]:
    """Each with its channel, where that is not the one in which the person asks."""
    for rule in rules[:10]:
        elsewhere = "" if rule.channel == here else f" · {subscription_blocks.format_where(rule)}"
        yield f"{subscription_blocks.format_title(rule)}{elsewhere}: {as_code(rule.scope.name, 100)}"
        yield NextStep(_("Remove Rule {number}", number=rule.id), format_line("unsubscribe", str(rule.id)))


def _match_by_scope(text: str, rules: Sequence[Subscription]) -> list[Subscription]:
    """`acme/web` is the one that is shown as that, also beside `bb/acme/web`."""
    shown = match_by_name(text, rules, lambda rule: [rule.scope.name])
    return shown or match_by_name(text, rules, _build_scope_names)


def _build_scope_names(rule: Subscription) -> list[str]:
    """The end of its scope is enough: `web`, `acme/web`."""
    parts = str(rule.scope).split("/")
    return ["/".join(parts[at:]) for at in range(len(parts))]


COMMAND = Command(
    name="unsubscribe",
    summary=N_("Removes a rule of this channel"),
    usage="unsubscribe [NUMBER|project]",
    example="unsubscribe 3",
    parse=parse,
    run=run,
    group=Group.RULES,
    aliases=("unwatch",),
)
