"""unremind, said `mute --reminders` — stops the reminders of a pipeline's holds in this channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot.actions import stop_reminders, targets
from bot.ambiguity import match_by_name
from bot.blocks import announcement_blocks, reminder_blocks
from bot.blocks.hold_blocks import Hold
from bot.circleci.models import Pipeline
from bot.command import Command, Context, Group, ParsedLine, Reply, format_line
from bot.conversation import is_channel
from bot.errors import NextStep, TargetError
from bot.language import N_, _
from bot.language.formats import join_and, join_or
from bot.mrkdwn import as_code


@dataclass(frozen=True, slots=True)
class UnremindArgs:
    """`words` name a pipeline, then perhaps some of its holds by name or id; none: the person is asked."""

    words: tuple[str, ...] = ()


def parse(line: ParsedLine) -> UnremindArgs:
    return UnremindArgs(line.words)


async def run(context: Context, args: UnremindArgs) -> Reply:
    if not (args.words or context.is_about_something):
        raise await _build_choice_error(context)
    pipeline, named = await targets.resolve_pipeline(context, args.words, partial(format_line, "mute", reminders=True))
    holds = _select_holds(pipeline, await stop_reminders.list_upcoming(context, pipeline.id), named)
    told = await stop_reminders.stop(context, holds)
    undo, direct = announcement_blocks.build_undo_row(told.undo), not is_channel(context.request.channel)
    return Reply(reminder_blocks.render_stop_confirmation(holds, direct=direct, undo=undo), seen=told.seen)


async def _build_choice_error(context: Context) -> TargetError:
    found = await stop_reminders.list_pipelines(context)
    if not found:
        return TargetError(
            _("No reminders are to come here."),
            NextStep(_("Show All Rules"), format_line("subscriptions")),
        )
    steps = [
        NextStep(f"{one.project.name} #{one.number}", format_line("mute", one.id, reminders=True)) for one in found
    ]
    return TargetError(_("Of which pipeline do you want to stop the reminders?"), *steps)


def _select_holds(pipeline: Pipeline, to_come: Sequence[Hold], named: Sequence[str]) -> list[Hold]:
    """Of those to come the ones that are named, or all. A button may name one that was decided meanwhile."""
    found = [_get_holds_by_name(to_come, word) for word in named] if named else [list(to_come)]
    if any(found):
        return [hold for hold in to_come if any(hold in each for each in found)]
    names = join_and([as_code(hold.job.name, 80) for hold in to_come[:20]])
    raise TargetError(
        _format_none(pipeline, named),
        *([_("There will be reminders of {holds}.", holds=names)] if names else []),
        NextStep(_("Why?"), format_line("why", pipeline.id)),
    )


def _format_none(pipeline: Pipeline, named: Sequence[str]) -> str:
    if not named:
        return _("No reminder of a hold of #{number} comes here (any more).", number=pipeline.number)
    holds = join_or([as_code(name, 80) for name in named[:5]])
    return _("No reminder of {holds} of #{number} comes here (any more).", holds=holds, number=pipeline.number)


def _get_holds_by_name(to_come: Sequence[Hold], word: str) -> list[Hold]:
    found = match_by_name(word, to_come, lambda hold: [hold.job.name], lambda hold: [hold.job.id])
    if len({hold.job.name for hold in found}) > 1:
        steps = [
            NextStep(hold.job.name, format_line("mute", hold.snapshot.pipeline.id, hold.job.id, reminders=True))
            for hold in found[:10]
        ]
        raise TargetError(_("Several holds are called {word}. Which one?", word=as_code(word, 80)), *steps)
    return found


COMMAND = Command(
    name="unremind",
    summary=N_("Stops the reminders of a hold in this channel"),
    usage="mute --reminders [project] [NUMBER|ID|LINK] [hold]",
    example="mute --reminders acme/web 341 release-production",
    parse=parse,
    run=run,
    group=Group.RULES,
)
