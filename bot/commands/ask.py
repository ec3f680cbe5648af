"""ask [project] [pipeline] [hold] — asks those who may approve a hold, below its card."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import approval_questions, target_holds, target_words
from bot.command import Command, Context, Group, ParsedLine, Reply
from bot.language import N_


@dataclass(frozen=True, slots=True)
class AskArgs:
    words: tuple[str, ...]


def parse(line: ParsedLine) -> AskArgs:
    return AskArgs(target_words.add_job_option(line))


async def run(context: Context, args: AskArgs) -> Reply:
    return await approval_questions.ask(context, *await target_holds.resolve_hold(context, args.words, "ask"))


COMMAND = Command(
    name="ask",
    summary=N_("Asks those who may approve a hold"),
    usage="ask [project] [pipeline] [hold] [--job N]",
    example="ask acme/web 341 release-production",
    parse=parse,
    run=run,
    group=Group.ACTS,
    order=2,
    is_change=lambda _args: False,
)
