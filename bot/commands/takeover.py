"""takeover, said `subscribe --takeover` — makes you the owner of a rule of this channel."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.actions import confirm, mute_target, rule_changes, rule_scopes, visible_projects
from bot.blocks import announcement_blocks, kit, subscription_blocks
from bot.blocks.question_blocks import Confirmation
from bot.command import Command, Context, Group, Modal, ParsedLine, Reply, Request, RequestSource, format_line
from bot.errors import NextStep, UsageError
from bot.language import N_, _
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.rules.rule_problem import ProblemKind
from bot.rules.subscription import Subscription
from bot.store.store import Tx

_TITLE = N_("Take over rule")


@dataclass(frozen=True, slots=True)
class TakeoverArgs:
    """Without a `number` the answer is the list of rules, in which each can be taken over."""

    number: int | None
    sure: bool = False


def parse(line: ParsedLine) -> TakeoverArgs:
    number = mute_target.parse_rule_number(line.words[0]) if line.words else None
    if len(line.words) > 1 or (line.words and number is None):
        raise UsageError(
            _("{word} is not a rule.", word=as_code(line.words[0], 100)),
            _("One rule at a time: its number."),
            NextStep(_("Show the Rules of This Channel"), format_line("subscriptions")),
        )
    return TakeoverArgs(number, line.has_flag("sure"))


async def run(context: Context, args: TakeoverArgs) -> Reply:
    if args.number is None:
        return Reply(resume=replace(context.request, line=format_line("subscriptions")))
    rule = await rule_changes.load_accessible(context, args.number)
    if rule.made_by == context.request.user:
        return Reply(Message(_(":information_source: Rule {number} is yours already.", number=rule.id)))
    seen = await rule_scopes.fetch_visible(context.circleci, rule.scope)
    async with context.store.begin_read() as tx:
        asks = await _has_to_ask(tx, context.request, args)
    if asks:
        return confirm.ask(context, _build_question(rule))
    told = await rule_changes.take_over(context, rule, seen)
    names = await visible_projects.fetch_names(context, [rule.scope.exact] if rule.scope.exact else [])
    text = _(
        ":handshake: Rule {number} is yours now: {rule}.",
        number=rule.id,
        rule=subscription_blocks.format_rule(rule, names),
    )
    note = _("Where nobody else's token can read its projects, yours does.")
    buttons = [
        kit.button(_("Show All Rules"), format_line("subscriptions")),
        subscription_blocks.build_change_button(rule),
        *announcement_blocks.build_undo_row(told.undo),
    ]
    return Reply(Message(text, [kit.section(text), kit.context(note), kit.actions(buttons)]), seen=told.seen)


async def _has_to_ask(tx: Tx, request: Request, args: TakeoverArgs) -> bool:
    """Whether it was chosen in a menu, which cannot ask, of a rule whose owner is well."""
    if args.number is None or args.sure or request.source is not RequestSource.BUTTON:
        return False
    problems = (await tx.rule_problems.list_for_rules([args.number])).get(args.number, ())
    return not any(problem.kind == ProblemKind.OWNER for problem in problems)


async def load_first_modal(tx: Tx, request: Request, line: ParsedLine) -> Modal | None:
    asks = request.source is RequestSource.BUTTON and await _has_to_ask(tx, request, parse(line))
    return confirm.build_loading_modal(request, _(_TITLE), sure=False) if asks else None


def _build_question(rule: Subscription) -> Confirmation:
    text = _(
        "You answer for rule {number} then: where nobody else's token can read its projects, yours does. I tell "
        "{owner}, whose rule it is now, and the channel.",
        number=rule.id,
        owner=f"<@{rule.made_by}>",
    )
    line = format_line("subscribe", str(rule.id), takeover=True)
    return Confirmation(_(_TITLE), text, _("Take Over"), line, danger=False)


COMMAND = Command(
    name="takeover",
    summary=N_("Makes you the owner of a rule of this channel"),
    usage="subscribe --takeover <number> [--sure]",
    example="subscribe --takeover 3",
    parse=parse,
    run=run,
    group=Group.RULES,
    load_first_modal=load_first_modal,
    aliases=("take-over", "adopt"),
)
