"""schedules [list|add|pause|resume|rm] [project] [NAME|ID] … — a project's scheduled pipelines."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from bot.actions import confirm, subcommands, target_projects, targets
from bot.actions.lost_answer import told
from bot.blocks import kit, schedule_blocks, schedule_form_blocks
from bot.command import Command, Context, Group, Line, Reply, Request, Source, View, line
from bot.commands.schedules import schedule_changes
from bot.commands.schedules.schedule_input import Wanted, wanted
from bot.domain import ProjectSlug
from bot.errors import Step, UsageError
from bot.line import Written, also
from bot.messages import Message


@dataclass(frozen=True, slots=True)
class Args:
    """`named` is a name or an id, `wanted` a new schedule that was typed whole. `options` are as typed."""

    verb: str
    project: str | None
    named: str
    wanted: Wanted | None
    options: Mapping[str, str]
    page: int
    sure: bool

    def again(self, slug: str) -> Written:
        said = line("schedules", self.verb, slug, *filter(None, [self.named]), **self.options)
        return also(said, self.wanted.parameters if self.wanted else None)


def parse(said: Line) -> Args:
    verb, words = subcommands.read(said.words, ("list", "add", "pause", "resume", "rm"))
    project, words = subcommands.project_first(verb, words)
    subcommands.no_more(words if verb == "list" else words[1:])
    named = words[0] if words else ""
    if verb in {"pause", "resume", "rm"} and not named:
        raise UsageError("Which schedule?", Step("Show them", line("schedules", *filter(None, [project]))))
    options = {name: values[-1] for name, values in said.options.items() if values and name != "page"}
    typed = verb == "add" and (named or options or said.pairs)
    new = wanted({"name": named, **options}, said.pairs) if typed else None
    return Args(verb, project, named, new, options, targets.page(said), said.flag("sure"))


def acts(request: Request, args: Args) -> bool:
    if args.verb == "add":
        return args.wanted is not None or request.source is Source.FORM
    return args.verb in {"pause", "resume"} or (args.verb == "rm" and confirm.asked(request, sure=args.sure))


def opens(request: Request, said: Line) -> View | None:
    with suppress(UsageError):
        args = parse(said)
        if args.verb == "add" and args.wanted is None:
            return View(schedule_form_blocks.TITLE, kit.loading())
        return confirm.opens(request, sure=args.sure) if args.verb == "rm" else None
    return None


async def run(context: Context, args: Args) -> Reply:
    slug = await target_projects.project(context, args.project, args.again)
    if args.verb == "list":
        schedules = await context.circleci.schedules(slug)
        return Reply(Message(f"Schedules: {len(schedules)}", schedule_blocks.listed(slug, schedules, args.page)))
    schedule_changes.check_project(slug)
    if args.verb == "add":
        return await _add(context, slug, args)
    found = await schedule_changes.find(context, slug, args.named, args.verb)
    if args.verb == "rm":
        asked = confirm.asked(context.request, sure=args.sure)
        removal = schedule_blocks.removal(slug, found)
        return Reply(await schedule_changes.delete(context, slug, found)) if asked else confirm.ask(context, removal)
    change = schedule_changes.pause if args.verb == "pause" else schedule_changes.resume
    return Reply(await change(context, slug, found))


async def _add(context: Context, slug: ProjectSlug, args: Args) -> Reply:
    request = context.request
    if request.source is Source.FORM:
        return Reply(
            await schedule_changes.add(
                context, slug, wanted(*schedule_form_blocks.read(request.fields, request.chosen))
            )
        )
    if args.wanted:
        return Reply(await schedule_changes.add(context, slug, args.wanted))
    if request.view_id:
        return Reply(
            view=schedule_form_blocks.draw(await context.circleci.project(slug), request.fields, request.chosen)
        )
    return Reply(schedule_form_blocks.invitation(slug))


@told
async def reread(context: Context, args: Args, _began_at: datetime) -> str:
    """Look how it stands now."""
    slug = await target_projects.project(context, args.project, args.again)
    return await schedule_changes.look(context, slug, args.named or context.request.fields.get("name", ""))


COMMAND = Command(
    name="schedules",
    summary="Lists, adds, pauses and deletes a project's schedules",
    usage="schedules [list|add|pause|resume|rm] [project] [NAME|ID] [--on DAYS] [--at HOURS] [--times N] "
    "[--months MONTHS] [--branch NAME] [--tag NAME] [--as WHO] [--page N] [--sure] [key=value …]",
    example="schedules add gh/acme/web nightly --on MON-FRI --at 2 --branch main",
    parse=parse,
    run=run,
    changes=lambda args: args.verb != "list",
    group=Group.SETTINGS,
    covers=(
        "GET /project/{project-slug}/schedule",
        "POST /project/{project-slug}/schedule",
        "GET /schedule/{schedule-id}",
        "PATCH /schedule/{schedule-id}",
        "DELETE /schedule/{schedule-id}",
    ),
    acts=acts,
    reread=reread,
    opens=opens,
)
