"""Channels that people of other companies read (Slack Connect): said before a rule is made there, or it is refused."""

from __future__ import annotations

from collections.abc import Iterable

from bot.actions import confirm, rule_changes
from bot.blocks.question_blocks import Confirmation
from bot.command import Context, Reply, RequestSource
from bot.domain import ProjectSlug
from bot.domain.project_marks import Mark
from bot.errors import NextStep, TargetError
from bot.language import N_, _
from bot.line import Written, extend_line, format_line
from bot.rules.subscription import Subscription


async def check(
    context: Context, wanted: Subscription, projects: Iterable[ProjectSlug], *, known: bool, sure: bool
) -> Reply | None:
    """The question whether it is meant; None where it was answered, nobody else reads there, or the rule is `known`.

    A form that has said it before it was handed in says so in its line: the channel may be shared since it was drawn.
    Raises TargetError where one of the projects may not be told there.
    """
    await check_marks(context, wanted.channel, projects)
    if known:
        return None
    line = extend_line(rule_changes.build_line(wanted), sure=True)
    return await ask(context, wanted.channel, line, yes=_("Subscribe Anyway"), sure=sure)


async def ask(context: Context, channel: str, line: Written, *, yes: str, sure: bool) -> Reply | None:
    """Before `line` does it, whether it is meant; None where it was answered, or nobody else reads the channel."""
    is_said = sure and context.request.source in (RequestSource.FORM, RequestSource.BUTTON)
    if is_said or not await context.is_external(channel):
        return None
    return confirm.ask(context, Confirmation(_("Other companies read it"), format_warning(), yes, line, danger=False))


async def record_confirmation(context: Context, rule: Subscription) -> None:
    """Who has just confirmed it is not told that others read there."""
    if await context.is_external(rule.channel):
        async with context.store.begin() as tx:
            await tx.shared_channels.insert_confirmed(rule.place, rule.made_by, context.clock.now())


def format_warning() -> str:
    return _(
        ":globe_with_meridians: People of other companies read this channel: they will read branches, commits, names "
        "and why something failed."
    )


async def check_marks(context: Context, channel: str, projects: Iterable[ProjectSlug]) -> None:
    """Raises TargetError where one of the projects may not be told in this channel."""
    async with context.store.begin_read() as tx:
        marks = await tx.project_marks.load(context.request.workspace)
    never = next((one for one in projects if marks.has(one, Mark.NEVER_EXTERNAL)), None)
    external = await context.is_external(channel) if never else False
    if never and external is not False:
        told = _(_READ if external else _UNKNOWN, project=never.name)
        raise TargetError(told, NextStep(_("Show Project"), format_line("project", str(never))))


_READ = N_("Admins marked {project}: nothing of it goes to channels that people of other companies read.")
_UNKNOWN = N_(
    "Admins marked {project}: nothing of it goes to channels that people of other companies read, and Slack does not "
    "tell me who reads this one."
)
