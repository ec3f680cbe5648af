"""Shows the policy, to everybody what is about them, and its versions."""

from __future__ import annotations

from collections.abc import Sequence

from bot.actions import policy_changes, policy_input, subcommands
from bot.blocks import policy_blocks, policy_change_blocks
from bot.blocks.policy_blocks import NumberedLine
from bot.command import Context, Reply, format_line
from bot.commands.policy.policy_args import PolicyArgs, parse_number
from bot.domain import ProjectScope
from bot.errors import NextStep, TargetError
from bot.language import _
from bot.rules.policy_difference import compare_lines
from bot.rules.policy_line import ANY, PolicyLine
from bot.rules.policy_version import PolicyVersion


async def show(context: Context, args: PolicyArgs) -> Reply:
    """All lines for an admin; for everybody else those that say something to them."""
    subcommands.check_no_more(args.words[1:])
    scope = await _find_scope(context, args.words)
    about = str(scope or "")
    newest = await policy_changes.load_newest(context)
    lines = [NumberedLine(number, line) for number, line in enumerate(newest.lines, 1)]
    if scope:
        lines = [one for one in lines if _is_about(one.line, scope)]
    if not context.admin:
        lines = policy_changes.select_own(context, lines)
    again = format_line("policy", "show", *filter(None, [about]))
    return Reply(
        policy_blocks.render_table(lines, newest, args.page, again=again, may_change=context.admin, about=about)
    )


async def _find_scope(context: Context, words: Sequence[str]) -> ProjectScope | None:
    """What is no longer at CircleCI, or hidden from them, is taken as it is typed: a line may still be about it."""
    if not words:
        return None
    try:
        return await policy_input.find_scope(context, words[0], words, verb="show")
    except TargetError:
        if "/" not in words[0]:
            raise
        return ProjectScope.parse(words[0])


def _is_about(line: PolicyLine, wanted: ProjectScope) -> bool:
    """Whether it says something of a project that is covered by what is asked for."""
    if line.scope.project == ANY:
        return True
    scope, exact = ProjectScope.parse(line.scope.project.casefold()), ProjectScope.parse(str(wanted).casefold())
    return (exact.exact is not None and scope.covers(exact.exact)) or (
        scope.exact is not None and exact.covers(scope.exact)
    )


async def show_history(context: Context, args: PolicyArgs) -> Reply:
    subcommands.check_no_more(args.words)
    size = policy_change_blocks.HISTORY_PAGE
    workspace = context.request.workspace
    async with context.store.begin_read() as tx:
        versions = await tx.policy_versions.list_newest(workspace, size + 1, (args.page - 1) * size)
        total = await tx.policy_versions.count(workspace)
    if not total:
        raise TargetError(_("The policy was never changed."), NextStep(_("Show Policy"), format_line("policy")))
    return Reply(policy_change_blocks.render_history(versions, args.page, total))


async def show_difference(context: Context, args: PolicyArgs) -> Reply:
    """Of two versions; one is compared with that of now, none is what changed last."""
    numbers = sorted({parse_number(word) for word in args.words[:2]})
    subcommands.check_no_more(args.words[2:])
    older, newer = await _load_two(context, numbers)
    return Reply(policy_change_blocks.render_comparison(older, newer, compare_lines(older.lines, newer.lines)))


async def _load_two(context: Context, numbers: Sequence[int]) -> tuple[PolicyVersion, PolicyVersion]:
    newest = await policy_changes.load_newest(context)
    older = numbers[0] if numbers else max(newest.number - 1, 0)
    newer = numbers[1] if len(numbers) > 1 else max(newest.number, older)
    return await policy_changes.load_version(context, older), await policy_changes.load_version(context, newer)
