"""unremind [project] [NUMBER|ID|LINK] [hold] — this channel is reminded no more of holds of a pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.actions import stop_reminders, targets
from bot.ambiguity import meant
from bot.blocks import reminder_blocks
from bot.blocks.hold_blocks import Hold
from bot.circleci.models import Pipeline
from bot.command import Command, Context, Group, Line, Reply, line
from bot.conversation import here
from bot.errors import NotThere, Step
from bot.mrkdwn import code


@dataclass(frozen=True, slots=True)
class Args:
    """`words` name a pipeline, then perhaps some of its holds by name or id; none: the person is asked."""

    words: tuple[str, ...] = ()


def parse(said: Line) -> Args:
    return Args(said.words)


async def run(context: Context, args: Args) -> Reply:
    if not (args.words or context.thread):
        raise await _which(context)
    pipeline, named = await targets.pipeline(context, args.words, lambda *words: line("unremind", *words))
    holds = _meant(pipeline, await stop_reminders.to_come(context, pipeline.id), named, here(context.request.channel))
    await stop_reminders.stop(context, holds)
    return Reply(reminder_blocks.stopped(holds, here(context.request.channel)))


async def _which(context: Context) -> NotThere:
    found = await stop_reminders.pipelines(context)
    if not found:
        return NotThere(
            f"{here(context.request.channel).capitalize()} is to be reminded of nothing.",
            Step("Show all rules", line("subscriptions")),
        )
    steps = [Step(f"{one.project} #{one.number}", line("unremind", one.id)) for one in found]
    return NotThere("Of which pipeline are the reminders to stop?", *steps)


def _meant(pipeline: Pipeline, to_come: Sequence[Hold], named: Sequence[str], place: str) -> list[Hold]:
    """Of those to come the ones that are named, or all. A button may name one that was decided meanwhile."""
    found = [_one(to_come, word) for word in named] if named else [list(to_come)]
    if any(found):
        return [hold for hold in to_come if any(hold in each for each in found)]
    names = ", ".join(code(hold.job.name, 80) for hold in to_come[:20])
    raise NotThere(
        f"{place.capitalize()} is not reminded of {'that' if named else 'any hold'} of #{pipeline.number} (any more).",
        *([f"It is reminded of {names}."] if names else []),
        Step("Why?", line("why", pipeline.id)),
    )


def _one(to_come: Sequence[Hold], word: str) -> list[Hold]:
    found = meant(word, to_come, lambda hold: [hold.job.name], lambda hold: [hold.job.id])
    if len({hold.job.name for hold in found}) > 1:
        steps = [Step(hold.job.name, line("unremind", hold.snapshot.pipeline.id, hold.job.id)) for hold in found[:10]]
        raise NotThere(f"Several holds are called {code(word, 80)}. Which one?", *steps)
    return found


COMMAND = Command(
    name="unremind",
    summary="Stops the reminders of a hold in this channel",
    usage="unremind [project] [NUMBER|ID|LINK] [hold]",
    example="unremind gh/acme/web 341 release-production",
    parse=parse,
    run=run,
    group=Group.RULES,
)
