"""takeover NUMBER — you answer for a rule of this channel from now on, in place of whoever made it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import mute_target, rule_changes, rule_scopes, visible_projects
from bot.blocks import kit, subscription_blocks
from bot.command import Command, Context, Group, Line, Reply, line
from bot.errors import Step, UsageError
from bot.messages import Message
from bot.mrkdwn import code


@dataclass(frozen=True, slots=True)
class Args:
    number: int


def parse(said: Line) -> Args:
    number = mute_target.number(said.words[0]) if said.words else None
    if len(said.words) > 1 or number is None:
        what = f"{code(said.words[0], 100)} is no rule." if said.words else "Which rule?"
        raise UsageError(
            f"{what} One rule at a time: its number.", Step("Show the rules of this channel", line("subscriptions"))
        )
    return Args(number)


async def run(context: Context, args: Args) -> Reply:
    rule = await rule_changes.within_reach(context, args.number)
    if rule.made_by == context.request.user:
        return Reply(Message(f":information_source: You answer for rule {rule.id} already."))
    seen = await rule_scopes.seen(context.circleci, rule.scope)
    await rule_changes.take_over(context, rule, seen)
    names = await visible_projects.names(context, [rule.scope.exact] if rule.scope.exact else [])
    text = f":handshake: You answer for rule {rule.id} now: {subscription_blocks.sentence(rule, names)}."
    note = "Everybody in the channel hears of it. It is read with your token where nobody else's serves."
    buttons = [kit.button("Show all rules", line("subscriptions")), subscription_blocks.change_button(rule)]
    return Reply(Message(text, [kit.section(text), kit.context(note), kit.actions(buttons)]))


COMMAND = Command(
    name="takeover",
    summary="Lets you answer for a rule of this channel in place of whoever made it",
    usage="takeover NUMBER",
    example="takeover 3",
    parse=parse,
    run=run,
    group=Group.RULES,
    aliases=("take-over", "adopt"),
)
