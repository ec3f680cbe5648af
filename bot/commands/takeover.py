"""takeover, said `subscribe --takeover` — makes you the owner of a rule of this channel."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import mute_target, rule_changes, rule_scopes, visible_projects
from bot.blocks import announcement_blocks, kit, subscription_blocks
from bot.command import Command, Context, Group, ParsedLine, Reply, format_line
from bot.errors import NextStep, UsageError
from bot.language import N_, _
from bot.messages import Message
from bot.mrkdwn import as_code


@dataclass(frozen=True, slots=True)
class TakeoverArgs:
    number: int


def parse(line: ParsedLine) -> TakeoverArgs:
    number = mute_target.parse_rule_number(line.words[0]) if line.words else None
    if len(line.words) > 1 or number is None:
        raise UsageError(
            _("{word} is not a rule.", word=as_code(line.words[0], 100)) if line.words else _("Which rule?"),
            _("One rule at a time: its number."),
            NextStep(_("Show the Rules of This Channel"), format_line("subscriptions")),
        )
    return TakeoverArgs(number)


async def run(context: Context, args: TakeoverArgs) -> Reply:
    rule = await rule_changes.load_accessible(context, args.number)
    if rule.made_by == context.request.user:
        return Reply(Message(_(":information_source: Rule {number} is yours already.", number=rule.id)))
    seen = await rule_scopes.fetch_visible(context.circleci, rule.scope)
    undo = await rule_changes.take_over(context, rule, seen)
    names = await visible_projects.fetch_names(context, [rule.scope.exact] if rule.scope.exact else [])
    text = _(
        ":handshake: Rule {number} is yours now: {rule}.",
        number=rule.id,
        rule=subscription_blocks.format_rule(rule, names),
    )
    note = _("I posted that in the channel. Where nobody else's token can read its projects, yours does.")
    buttons = [
        kit.button(_("Show All Rules"), format_line("subscriptions")),
        subscription_blocks.build_change_button(rule),
        *announcement_blocks.build_undo_row(undo),
    ]
    return Reply(Message(text, [kit.section(text), kit.context(note), kit.actions(buttons)]))


COMMAND = Command(
    name="takeover",
    summary=N_("Makes you the owner of a rule of this channel"),
    usage="subscribe --takeover <number>",
    example="subscribe --takeover 3",
    parse=parse,
    run=run,
    group=Group.RULES,
    aliases=("take-over", "adopt"),
)
