"""Changes the policy: each change is a version, which says first what it changes for whom where that is odd."""

from __future__ import annotations

from dataclasses import replace

from bot.actions import policy_changes, policy_input, subcommands
from bot.actions.policy_changes import Overtaken
from bot.blocks import policy_change_blocks
from bot.command import Context, Reply, RequestSource, format_line
from bot.commands.policy import policy_form
from bot.commands.policy.policy_args import PolicyArgs, parse_number
from bot.errors import NextStep, TargetError, UsageError
from bot.language import _
from bot.line import Written
from bot.rules.policy_difference import PolicyDifference, compare_lines
from bot.rules.policy_line import PolicyLine
from bot.rules.policy_version import PolicyVersion


async def add(context: Context, args: PolicyArgs) -> Reply:
    if not args.words:
        return await _ask(context, args, None) or Reply(policy_change_blocks.render_add_hint())
    line = await policy_input.read_policy_line(context, args.said, args.words, after=(args.verb,))
    return await _edit(context, args, PolicyDifference((), (line,)))


async def remove(context: Context, args: PolicyArgs) -> Reply:
    subcommands.check_no_more(args.words[1:])
    line = await _load_line(context, args)
    return await _edit(context, args, PolicyDifference((line,), ()))


async def change(context: Context, args: PolicyArgs) -> Reply:
    """`policy change 3 only @deployers do decide …`."""
    line = await _load_line(context, args)
    if not args.words[1:]:
        hint = Reply(policy_change_blocks.render_change_hint(line, args.words[0]))
        return await _ask(context, args, line) or hint
    new = await policy_input.read_policy_line(context, args.said, args.words[1:], after=(args.verb, args.words[0]))
    return await _edit(context, args, PolicyDifference((line,), (new,)))


async def take_back(context: Context, args: PolicyArgs) -> Reply:
    """What one version changed is taken back; what was changed since stays."""
    subcommands.check_no_more(args.words[1:])
    newest = await policy_changes.load_newest(context)
    number = parse_number(args.words[0]) if args.words else newest.number
    if not number:
        raise TargetError(_("The policy was never changed."), NextStep(_("Show Policy"), format_line("policy")))
    made = await policy_changes.load_version(context, number)
    before = await policy_changes.load_version(context, number - 1)
    return await _edit(context, args, compare_lines(before.lines, made.lines).inverse)


async def _ask(context: Context, args: PolicyArgs, before: PolicyLine | None) -> Reply | None:
    """The form, or what it says as it would be; None where no form can be open."""
    newest = await policy_changes.load_newest(context)
    if context.request.source is RequestSource.FORM:
        return await policy_form.show_change(context, args, newest, before)
    return policy_form.draw(args, newest, before) if context.request.view_id else None


async def _load_line(context: Context, args: PolicyArgs) -> PolicyLine:
    """The line that is named by its number, in the version that the person looks at."""
    show = NextStep(_("Show Policy"), format_line("policy"))
    if not args.words:
        raise UsageError(_("Which line? Name its number."), show)
    number = parse_number(args.words[0])
    newest = await policy_changes.load_newest(context)
    seen = newest if args.seen is None else await policy_changes.load_version(context, args.seen)
    line = policy_changes.get_line(seen.lines, number)
    if line is None:
        raise TargetError(_("The policy has no line {number}.", number=number), show)
    return line


async def _edit(context: Context, args: PolicyArgs, difference: PolicyDifference) -> Reply:
    """Written at once, unless somebody changed it since they looked, or it is odd and they did not look again."""
    newest = await policy_changes.load_newest(context)
    if args.seen not in {None, newest.number}:
        return _render_overtaken(args, await policy_changes.load_overtaken(context, args.seen or 0), difference)
    planned = await policy_changes.plan(context, newest, difference)
    if planned.effects.is_odd and not args.sure:
        again = args.to_line(seen=newest.number, sure=True)
        return Reply(policy_change_blocks.render_question(planned.difference, planned.effects, again))
    written = await policy_changes.commit(context, planned, args.to_line(seen=newest.number, sure=False))
    if isinstance(written, Overtaken):
        return _render_overtaken(args, written, difference)
    return Reply(policy_change_blocks.render_written(written, planned.difference, planned.effects))


def _render_overtaken(args: PolicyArgs, by: Overtaken, difference: PolicyDifference) -> Reply:
    again = _build_again(args, by.newest, difference)
    return Reply(policy_change_blocks.render_overtaken(by.seen, by.newest, by.meanwhile, again))


def _build_again(args: PolicyArgs, newest: PolicyVersion, difference: PolicyDifference) -> Written | None:
    """The same change of the newest version: a line that is still there may have another number by now."""
    if compare_lines(newest.lines, difference.apply(newest.lines)).is_empty:
        return None
    if args.verb in {"rm", "change"}:
        (line,) = difference.removed
        if line not in newest.lines:
            return None
        args = replace(args, words=(str(newest.lines.index(line) + 1), *args.words[1:]))
    return args.to_line(seen=newest.number, sure=False)
