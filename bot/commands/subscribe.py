"""subscribe [project] [--branch GLOB] [--only KINDS] … — lets a channel hear how things end."""

from __future__ import annotations

from dataclasses import dataclass

from bot.acting import rules, webhook
from bot.blocks import subscription as blocks
from bot.command import Command, Context, Group, Line, Reply
from bot.domain import Message
from bot.errors import UsageError
from bot.mrkdwn import code
from bot.rules import fields
from bot.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Args:
    project: str | None
    rule: Rule


def parse(said: Line) -> Args:
    if len(said.words) > 1:
        raise UsageError(f"I do not know what {code(said.words[1], 100)} is for.", "Branches are named by `--branch`.")
    return Args(said.words[0] if said.words else None, Rule.of(fields.said_in(said.options)))


async def run(context: Context, args: Args) -> Reply:
    wanted, seen = await rules.plan(context, args.project, args.rule)
    rule = await rules.make(context, wanted, seen)
    names = {seen.projects[0]: seen.name} if seen.name else {}
    text = f"This channel hears of {blocks.sentence(rule, names)}"
    offers = await webhook.offers(context, seen.projects[0]) if rule.scope.exact else []
    return Reply(Message(text, blocks.made(rule, names, seen.projects, offers)))


COMMAND = Command(
    name="subscribe",
    summary="Lets this channel hear what fails, recovers or waits",
    usage=f"subscribe [project] {fields.USAGE}",
    example="subscribe gh/acme/web --branch release/* --only failed,recovered",
    parse=parse,
    run=run,
    group=Group.RULES,
    aliases=("watch",),
)
