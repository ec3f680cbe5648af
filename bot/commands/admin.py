"""admin [people|rules|webhooks|budgets|workspaces] [--ask PERSON] — what an owner of circlebot looks after."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.actions import administration, reconnect_requests, subcommands, targets
from bot.blocks import administration_blocks, administration_page_blocks
from bot.command import Access, Command, Context, Group, ParsedLine, Reply
from bot.conversation import is_person
from bot.errors import UsageError
from bot.language import N_, _
from bot.messages import Message
from bot.rules import mention_words

_CLOSE = "close"


@dataclass(frozen=True, slots=True)
class AdminArgs:
    """`word` names a page behind the overview; `close` leads from the Home's administration to the person's own.

    `ask` is whom to ask to connect again: a person's id, or all.
    """

    word: str
    page: int
    ask: str | None


def parse(line: ParsedLine) -> AdminArgs:
    word, words = subcommands.parse(line.words, (*administration_page_blocks.list_pages(), _CLOSE))
    subcommands.check_no_more(words)
    return AdminArgs(word, targets.parse_page(line), _parse_ask(line.get_value("ask")))


def _parse_ask(text: str | None) -> str | None:
    if text in {None, reconnect_requests.EVERYBODY}:
        return text
    found = mention_words.find_id(str(text))
    if found is None or not is_person(found):
        raise UsageError(_("One person, or all of them: `--ask @ada`, `--ask all`."))
    return found


async def run(context: Context, args: AdminArgs) -> Reply:
    if args.word == _CLOSE and context.request.in_home:
        return Reply(Message(""), whole=True)
    if args.ask:
        context.notes.append(await reconnect_requests.ask(context, args.ask))
    overview = await administration.load(context)
    if args.word in administration_page_blocks.list_pages():
        return Reply(administration_page_blocks.render_page(args.word, overview, args.page))
    overview = replace(overview, wrong=await administration.examine(context))
    return Reply(administration_blocks.render(overview, in_home=context.request.in_home), whole=True)


COMMAND = Command(
    name="admin",
    summary=N_("For admins: people, rules, webhooks, budgets, delivery, refusals and versions"),
    usage="admin [people|rules|webhooks|budgets|workspaces] [--ask PERSON] [--page N]",
    example="admin",
    parse=parse,
    run=run,
    group=Group.YOU,
    order=9,
    access=Access.ADMIN,
    is_change=lambda args: args.ask is not None,
    always_allowed=True,
    fills_home=lambda args: args.word in {subcommands.LIST, _CLOSE},
)
