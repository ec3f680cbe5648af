"""admin [people|rules|webhooks|budgets|refusals] — what whoever owns circlebot here looks after; for admins."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.actions import administration, subcommands, targets
from bot.blocks import administration_blocks, administration_page_blocks
from bot.command import Access, Command, Context, Group, ParsedLine, Reply
from bot.language import N_
from bot.messages import Message

_CLOSE = "close"


@dataclass(frozen=True, slots=True)
class AdminArgs:
    """`word` names a page behind the overview; `close` leads from the Home's administration to the person's own."""

    word: str
    page: int


def parse(line: ParsedLine) -> AdminArgs:
    word, words = subcommands.parse(line.words, (*administration_page_blocks.list_pages(), _CLOSE))
    subcommands.check_no_more(words)
    return AdminArgs(word, targets.parse_page(line))


async def run(context: Context, args: AdminArgs) -> Reply:
    if args.word == _CLOSE and context.request.in_home:
        return Reply(Message(""), whole=True)
    overview = await administration.load(context)
    if args.word in administration_page_blocks.list_pages():
        return Reply(administration_page_blocks.render_page(args.word, overview, args.page))
    overview = replace(overview, wrong=await administration.examine(context))
    in_home, now = context.request.in_home, context.clock.now()
    return Reply(administration_blocks.render(overview, now=now, in_home=in_home), whole=True)


COMMAND = Command(
    name="admin",
    summary=N_("For admins: people, rules, webhooks, budgets, delivery, refusals and versions"),
    usage="admin [people|rules|webhooks|budgets|refusals] [--page N]",
    example="admin",
    parse=parse,
    run=run,
    group=Group.YOU,
    order=9,
    access=Access.ADMIN,
    is_change=lambda _args: False,
    always_allowed=True,
    fills_home=lambda args: args.word in {subcommands.LIST, _CLOSE},
)
