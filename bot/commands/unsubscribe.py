"""unsubscribe [NUMBER|project] — removes a rule; anybody in the channel may, whoever made it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot import conversation
from bot.actions import mute_target, rule_changes, visible_projects
from bot.ambiguity import meant
from bot.blocks import kit, subscription_blocks
from bot.command import Command, Context, Group, Line, Reply, line
from bot.errors import NotThere, Step, UsageError
from bot.messages import Message
from bot.mrkdwn import code
from bot.rules.subscription import Subscription


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
    number = mute_target.number(word)
    return Args(project=word.removeprefix("#")) if number is None else Args(number=number)


async def run(context: Context, args: Args) -> Reply:
    here = context.request.channel or context.request.user
    rule = _chosen(await _removable(context, here), args, here)
    context.rights.over(rule.channel)
    names = await visible_projects.names(context, [rule.scope.exact] if rule.scope.exact else [])
    await rule_changes.remove(context, rule, names)
    elsewhere = "" if rule.channel == here else f" of {subscription_blocks.place(rule.channel)}"
    text = (
        f":no_bell: Removed rule {rule.id}{elsewhere}: {subscription_blocks.sentence(rule, names)} (made "
        f"by <@{rule.made_by}>)."
    )
    return Reply(Message(text, [kit.section(text), _again(rule, here)]))


def _again(rule: Subscription, here: str) -> kit.Block:
    """A rule is made where somebody asks for it: one of another channel is not made again from here."""
    if rule.channel == here:
        return kit.actions([kit.button("Subscribe again", rule_changes.typed(rule))])
    return kit.context(
        f"To make it again, say in {subscription_blocks.place(rule.channel)}: "
        f"{code(f'/circle {rule_changes.typed(rule)}')}"
    )


async def _removable(context: Context, here: str) -> list[Subscription]:
    """The rules of this channel, and one's own anywhere."""
    request = context.request
    async with context.store.read() as tx:
        return await tx.subscriptions.within_reach(request.workspace, here, request.user)


def _chosen(rules: Sequence[Subscription], args: Args, here: str) -> Subscription:
    """By its number wherever it is; by its project only in this channel."""
    if args.number is not None:
        found = [rule for rule in rules if rule.id == args.number]
    else:
        found = meant(args.project, rules, _names) if args.project else list(rules)
    certain = [rule for rule in found if args.number is not None or (args.project and rule.channel == here)]
    if len(certain) == 1:
        return certain[0]
    what = f"rule {args.number}" if args.number is not None else f"rule for {code(args.project or 'any project', 100)}"
    asked = (
        "Which rule?"
        if certain or (found and not args.project)
        else f"{conversation.here(here).capitalize()} has no {what}."
    )
    raise NotThere(asked, *_offered(certain or found, here), Step("Show all rules", line("subscriptions")))


def _offered(rules: Sequence[Subscription], here: str) -> Iterator[str | Step]:
    """Each with its channel, where that is not the one in which the person asks."""
    for rule in rules[:10]:
        elsewhere = "" if rule.channel == here else f" in {subscription_blocks.place(rule.channel)}"
        yield f"*Rule {rule.id}*{elsewhere}: {code(str(rule.scope), 100)}"
        yield Step(f"Remove rule {rule.id}", line("unsubscribe", str(rule.id)))


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
