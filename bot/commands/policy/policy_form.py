"""The form that says a line: handed in, it shows first what that would change; the second form writes it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.actions import policy_changes, policy_input, visible_projects
from bot.blocks import kit, policy_change_blocks, policy_form_blocks
from bot.command import Choice, Context, Modal, ParsedLine, Reply, Request, format_line
from bot.commands.policy.policy_args import PolicyArgs
from bot.errors import UsageError
from bot.language import _
from bot.rules import policy_typed
from bot.rules.policy_difference import PolicyDifference
from bot.rules.policy_line import Effect, PolicyLine
from bot.rules.policy_plain import from_plain
from bot.rules.policy_version import PolicyVersion


def build_first_modal(_request: Request, line: ParsedLine) -> Modal | None:
    """Where a line is to be added or changed, and nothing of it is said."""
    words = line.words
    bare = words == ("add",) or (len(words) == 2 and words[0] == "change")
    return Modal(_("Who may do what"), kit.build_loading(_("Reading the policy"))) if bare else None


def draw(args: PolicyArgs, newest: PolicyVersion, before: PolicyLine | None) -> Reply:
    again = format_line("policy", args.verb, *args.words, version=str(newest.number))
    blocks = policy_form_blocks.render(before)
    return Reply(view=Modal(_("Who may do what"), blocks, line=again, submit=_("Continue")))


async def show_change(context: Context, args: PolicyArgs, newest: PolicyVersion, before: PolicyLine | None) -> Reply:
    """What the line of the form would change; handed in again it counts."""
    after = (args.verb, *args.words)
    line = await policy_input.resolve_project(context, _read_form(context, before), after=after)
    difference = PolicyDifference((before,) if before else (), (line,))
    planned = await policy_changes.plan(context, newest, difference)
    again = policy_typed.format_typed(line, *after, version=str(newest.number), sure=True)
    blocks = policy_change_blocks.render_preview(planned.difference, planned.effects)
    return Reply(view=Modal(_("Who may do what"), blocks, line=again, submit=_("Change")))


def _read_form(context: Context, before: PolicyLine | None) -> PolicyLine:
    row = policy_form_blocks.parse_form(context.request.fields, context.request.chosen, before)
    for name in (*Effect, *policy_form_blocks.LISTS):
        if name in row:
            row[name] = list(policy_typed.read_who(row[name], policy_input.find_person))
    if not any(row.get(effect) for effect in Effect):
        error = UsageError(_("Whom is the line about?"))
        error.field = policy_form_blocks.OTHERS
        raise error
    return from_plain(row)


async def suggest(context: Context, _line: ParsedLine, _action: str, typed: str) -> Sequence[Choice]:
    """Projects that the person can see; an organisation or a pattern by typing it."""
    itself = [Choice(_("Use “{typed}”", typed=typed), typed)] if "/" in typed else []
    return [*itself, *await visible_projects.list_project_choices(context, typed)][:100]
