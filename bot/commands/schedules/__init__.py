"""schedules [list|add|pause|resume|rm] [project] [NAME|ID] … — a project's scheduled pipelines."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from bot.actions import confirm, subcommands, target_projects, targets
from bot.actions.lost_answer import catch_errors
from bot.blocks import kit, schedule_blocks, schedule_form_blocks
from bot.command import Command, Context, Group, Modal, ParsedLine, Reply, Request, RequestSource, format_line
from bot.commands.schedules import schedule_changes
from bot.commands.schedules.schedule_input import NewSchedule, parse_schedule
from bot.domain import ProjectSlug
from bot.errors import Unconfirmed, UsageError
from bot.language import N_, _
from bot.line import Written, extend_line
from bot.messages import Message
from bot.permissions import Unapproved


@dataclass(frozen=True, slots=True)
class SchedulesArgs:
    """`named` is a name or an id, `wanted` a new schedule that was typed whole. `options` are as typed."""

    verb: str
    project: str | None
    named: str
    wanted: NewSchedule | None
    options: Mapping[str, str]
    page: int
    sure: bool

    def to_line(self, slug: str) -> Written:
        line = format_line("schedules", self.verb, slug, *filter(None, [self.named]), **self.options)
        return extend_line(line, self.wanted.parameters if self.wanted else None)


def parse(line: ParsedLine) -> SchedulesArgs:
    verb, words = subcommands.parse(line.words, ("list", "add", "pause", "resume", "rm"))
    project, words = subcommands.split_project(verb, words)
    subcommands.check_no_more(words if verb == "list" else words[1:])
    named = words[0] if words else ""
    verb = subcommands.list_if_unnamed(verb, named, {"pause", "resume", "rm"})
    options = {name: values[-1] for name, values in line.options.items() if values and name != "page"}
    typed = verb == "add" and (named or options or line.pairs)
    new = parse_schedule({"name": named, **options}, line.pairs) if typed else None
    return SchedulesArgs(verb, project, named, new, options, targets.parse_page(line), line.has_flag("sure"))


def is_write(request: Request, args: SchedulesArgs) -> bool:
    if args.verb == "add":
        return args.wanted is not None or request.source is RequestSource.FORM
    return args.verb in {"pause", "resume"} or (args.verb == "rm" and confirm.is_confirmed(request, sure=args.sure))


def build_first_modal(request: Request, line: ParsedLine) -> Modal | None:
    with suppress(UsageError):
        args = parse(line)
        if args.verb == "add" and args.wanted is None:
            return Modal(_(schedule_form_blocks.TITLE), kit.build_loading(_("Reading the project")))
        return confirm.build_loading_modal(request, _("Delete schedule"), sure=args.sure) if args.verb == "rm" else None
    return None


async def run(context: Context, args: SchedulesArgs) -> Reply:
    slug = await target_projects.resolve_project(context, args.project, args.to_line)
    if args.verb == "list":
        return Reply(await _render_list(context, slug, args.page))
    schedule_changes.check_project(slug)
    if args.verb == "add":
        return await _add(context, slug, args)
    found = await schedule_changes.resolve(context, slug, args.named, args.verb)
    line = format_line("schedules", args.verb, str(slug), found.id, sure=args.verb == "rm")
    check = schedule_changes.check_permitted(context, slug, found, line)
    if args.verb == "rm" and not confirm.is_confirmed(context.request, sure=args.sure):
        with suppress(Unconfirmed, Unapproved):
            await check
        return confirm.ask(context, schedule_blocks.build_removal_confirmation(slug, found))
    await check
    if args.verb == "rm":
        return Reply(await schedule_changes.delete(context, slug, found))
    change = schedule_changes.pause if args.verb == "pause" else schedule_changes.resume
    return Reply(await change(context, slug, found))


async def _render_list(context: Context, slug: ProjectSlug, page: int) -> Message:
    """Those of a GitHub App project only API v3 tells."""
    if slug.vcs == "circleci":
        project = await context.circleci.fetch_project(slug)
        triggers = await context.circleci.list_schedule_triggers(project.id)
        if triggers is not None:
            title = _("Schedules: {count}", count=len(triggers))
            return Message(title, schedule_blocks.render_triggers(slug, triggers, page))
    schedules = await context.circleci.list_schedules(slug)
    title = _("Schedules: {count}", count=len(schedules))
    return Message(title, schedule_blocks.render_list(slug, schedules, page))


async def _add(context: Context, slug: ProjectSlug, args: SchedulesArgs) -> Reply:
    request = context.request
    if request.source is RequestSource.FORM:
        texts, parameters = schedule_form_blocks.parse_form(request.fields, request.chosen)
        wanted = parse_schedule(texts, parameters)
        line = extend_line(_build_line(slug, texts), parameters)
        return Reply(await schedule_changes.add(context, slug, wanted, line))
    if args.wanted:
        line = extend_line(_build_line(slug, {**args.options, "name": args.named}), args.wanted.parameters)
        return Reply(await schedule_changes.add(context, slug, args.wanted, line))
    if request.view_id:
        return Reply(
            view=schedule_form_blocks.render(await context.circleci.fetch_project(slug), request.fields, request.chosen)
        )
    return Reply(schedule_form_blocks.render_form_button(slug))


def _build_line(slug: ProjectSlug, texts: Mapping[str, str]) -> Written:
    """What adds it, typed whole."""
    options = {name: text for name, text in sorted(texts.items()) if name != "name"}
    return format_line("schedules", "add", str(slug), texts["name"].strip(), **options)


@catch_errors
async def resolve_lost_answer(context: Context, args: SchedulesArgs, _began_at: datetime) -> str:
    """Read its state again."""
    slug = await target_projects.resolve_project(context, args.project, args.to_line)
    return await schedule_changes.reconcile(context, slug, args.named or context.request.fields.get("name", ""))


COMMAND = Command(
    name="schedules",
    summary=N_("Lists, adds, pauses and deletes a project's schedules"),
    usage="schedules [list|add|pause|resume|rm] [project] [NAME|ID] [--on DAYS] [--at HOURS] [--times N] "
    "[--months MONTHS] [--branch NAME] [--tag NAME] [--as WHO] [--page N] [--sure] [key=value …]",
    example="schedules add acme/web nightly --on MON-FRI --at 2 --branch main",
    parse=parse,
    run=run,
    is_change=lambda args: args.verb != "list",
    group=Group.SETTINGS,
    endpoints=(
        "GET /project/{project-slug}/schedule",
        "POST /project/{project-slug}/schedule",
        "GET /schedule/{schedule-id}",
        "PATCH /schedule/{schedule-id}",
        "DELETE /schedule/{schedule-id}",
    ),
    writes=is_write,
    resolve_lost_answer=resolve_lost_answer,
    build_first_modal=build_first_modal,
)
