"""orgs, said `projects --orgs` — the organisations that a person belongs to at CircleCI, each with its slug."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import target_projects, targets
from bot.blocks import kit, org_blocks
from bot.command import Command, Context, Group, ParsedLine, Reply
from bot.errors import UsageError
from bot.language import N_, _, ngettext
from bot.messages import Message


@dataclass(frozen=True, slots=True)
class OrgsArgs:
    page: int


def parse(line: ParsedLine) -> OrgsArgs:
    if line.words:
        raise UsageError(
            _("`projects --orgs` lists all of yours: it takes no name."),
            _("`recent --org NAME` shows what runs in one."),
        )
    return OrgsArgs(targets.parse_page(line))


async def run(context: Context, args: OrgsArgs) -> Reply:
    orgs = await context.circleci.list_collaborations()
    if not orgs:
        return Reply(Message(_(_NONE), [kit.section(_(_NONE))]))
    shown = org_blocks.render_list(
        orgs, args.page, await target_projects.find_current_project(context), words=context.command_names
    )
    text = ngettext(
        "You belong to {count} organisation at CircleCI", "You belong to {count} organisations at CircleCI", len(orgs)
    )
    return Reply(Message(text, shown))


_NONE = N_("CircleCI says that you belong to no organisation.")


COMMAND = Command(
    name="orgs",
    summary=N_("Lists your organisations at CircleCI"),
    usage="projects --orgs [--page N]",
    example="projects --orgs",
    parse=parse,
    run=run,
    group=Group.PROJECTS,
    endpoints=("GET /me/collaborations",),
    aliases=("organisations", "organizations"),
)
