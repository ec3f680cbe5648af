"""policy [show|add|change|rm|explain|history|diff|undo] … — who may do what here, and every version of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.actions import subcommands
from bot.command import Access, Command, Context, Group, ParsedLine, Reply
from bot.commands.policy import policy_edits, policy_explanation, policy_form, shown_policy
from bot.commands.policy.policy_args import PolicyArgs
from bot.errors import NotAllowed
from bot.language import N_, _
from bot.permissions import format_whom_to_ask
from bot.rules import policy_typed
from bot.rules.policy_line import Effect

_RUN: Mapping[str, Callable[[Context, PolicyArgs], Awaitable[Reply]]] = {
    "show": shown_policy.show,
    "explain": policy_explanation.explain,
    "history": shown_policy.show_history,
    "diff": shown_policy.show_difference,
    "add": policy_edits.add,
    "change": policy_edits.change,
    "rm": policy_edits.remove,
    "undo": policy_edits.take_back,
}
_FOR_ALL = ("show", "explain")
_EDITS = ("add", "change", "rm", "undo")


def parse(line: ParsedLine) -> PolicyArgs:
    words = line.words
    if words and words[0].casefold() in {*Effect}:
        return PolicyArgs.parse("add", words, line)
    verb, words = subcommands.parse(words, tuple(_RUN))
    return PolicyArgs.parse("show" if verb == subcommands.LIST else verb, words, line)


async def run(context: Context, args: PolicyArgs) -> Reply:
    if args.verb not in _FOR_ALL and not context.admin:
        nobody = _("Nobody is an admin yet: set `ADMIN_USERS` where circlebot runs.")
        raise NotAllowed(
            _("Only an admin of circlebot changes who may do what."), format_whom_to_ask(context.rights.admins, nobody)
        )
    return await _RUN[args.verb](context, args)


COMMAND = Command(
    name="policy",
    summary=N_("Shows who may do what here; admins change it"),
    usage="policy [show|add|change|rm|explain|history|diff|undo] [WHOM …] [do ACT] [project] "
    f"{policy_typed.USAGE} [--version N] [--sure] [--page N] [key=value …]",
    example="policy add only @deployers do decide gh/acme/web --hold production",
    parse=parse,
    run=run,
    is_change=lambda args: args.verb in _EDITS,
    group=Group.YOU,
    order=8,
    access=Access.ANYONE,
    always_allowed=True,
    build_first_modal=policy_form.build_first_modal,
    suggest=policy_form.suggest,
)
