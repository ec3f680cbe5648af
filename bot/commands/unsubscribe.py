"""unsubscribe [NUMBER|project] — removes a rule; anybody in the channel may, whoever made it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.acting import rules as acts
from bot.alike import meant
from bot.blocks import kit
from bot.blocks import subscription as blocks
from bot.command import Command, Context, Group, Line, Reply, line
from bot.domain import Message, Subscription
from bot.errors import NotThere, Step, UsageError
from bot.meaning import mutable
from bot.mrkdwn import code


@dataclass(frozen=True, slots=True)
class Args:
    """`number` is a rule's, `project` a slug or a part of it; neither: the person is asked."""

    number: int | None = None
    project: str | None = None


def parse(said: Line) -> Args:
    if len(said.words) > 1:
        raise UsageError("One rule at a time: its number, as `/circle subscriptions` shows it.")
    if not said.words:
        return Args()
    word = said.words[0]
    number = mutable.number(word)
    return Args(project=word.removeprefix("#")) if number is None else Args(number=number)


async def run(context: Context, args: Args) -> Reply:
    rule = _chosen(await _removable(context), args)
    context.rights.over(rule.channel)
    await acts.remove(context, rule)
    text = f":no_bell: Removed rule {rule.id}: {blocks.sentence(rule, {})} (made by <@{rule.made_by}>)."
    return Reply(Message(text, [kit.section(text), kit.actions([kit.button("Subscribe again", acts.typed(rule))])]))


async def _removable(context: Context) -> list[Subscription]:
    """The rules of this channel, and one's own anywhere."""
    request = context.request
    here = request.channel or request.user
    async with context.store.read() as tx:
        return await tx.subscriptions.within_reach(request.workspace, here, request.user)


def _chosen(rules: Sequence[Subscription], args: Args) -> Subscription:
    if args.number is not None:
        found = [rule for rule in rules if rule.id == args.number]
    else:
        found = meant(args.project, rules, _names) if args.project else list(rules)
    if len(found) == 1 and (args.number is not None or args.project is not None):
        return found[0]
    steps = [Step(f"Remove {rule.id}: {rule.scope}", line("unsubscribe", str(rule.id))) for rule in found[:10]]
    if steps:
        raise NotThere("Which rule?", *steps, Step("Show all rules", line("subscriptions")))
    what = f"rule {args.number}" if args.number is not None else f"rule for {code(args.project or 'any project', 100)}"
    raise NotThere(f"This channel has no {what}.", Step("Show all rules", line("subscriptions")))


def _names(rule: Subscription) -> list[str]:
    """The end of its scope is enough: `web`, `acme/web`."""
    parts = str(rule.scope).split("/")
    return ["/".join(parts[at:]) for at in range(len(parts))]


COMMAND = Command(
    name="unsubscribe",
    summary="Removes a rule of this channel",
    usage="unsubscribe [NUMBER|project]",
    example="unsubscribe 3",
    parse=parse,
    run=run,
    group=Group.RULES,
    aliases=("unwatch",),
)
