"""env [list|show|set|rm] [project] [NAME] — a project's environment variables; a value goes into a form only."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from bot.actions import act_targets, confirm, subcommands, target_projects, targets
from bot.actions.lost_answer import catch_errors
from bot.blocks import kit, variable_blocks
from bot.command import Command, Context, Group, Modal, ParsedLine, Reply, Request, RequestSource, format_line
from bot.commands.env import set_variable, variable_names
from bot.domain import ProjectSlug
from bot.errors import UsageError
from bot.language import N_, _
from bot.line import Written
from bot.messages import Message

_CHANGES = ("set", "rm")


@dataclass(frozen=True, slots=True)
class EnvArgs:
    verb: str
    project: str | None
    name: str
    page: int
    sure: bool

    def to_line(self, slug: str) -> Written:
        return format_line("env", self.verb, slug, *filter(None, [self.name]))


def parse(line: ParsedLine) -> EnvArgs:
    verb, words = subcommands.parse(line.words, ("list", "show", "set", "rm"))
    variable_names.check_no_values(words, most=2)
    project, words = subcommands.split_project(verb, words)
    variable_names.check_no_values(words, most=0 if verb == "list" else 1)
    name = variable_names.check_variable_name(words[0]) if words else ""
    verb = subcommands.list_if_unnamed(verb, name, {"show", "rm"})
    return EnvArgs(verb, project, name, targets.parse_page(line), line.has_flag("sure"))


def is_write(request: Request, args: EnvArgs) -> bool:
    if args.verb == "set":
        return request.source is RequestSource.FORM and variable_blocks.VALUE in request.fields
    return args.verb == "rm" and confirm.is_confirmed(request, sure=args.sure)


def build_first_modal(request: Request, line: ParsedLine) -> Modal | None:
    with suppress(UsageError):
        args = parse(line)
        if args.verb == "rm":
            return confirm.build_loading_modal(request, _("Remove variable"), sure=args.sure)
        return (
            Modal(_("Set variable"), kit.build_loading(_("Reading the project's variables")))
            if args.verb == "set"
            else None
        )
    return None


async def run(context: Context, args: EnvArgs) -> Reply:
    slug = await target_projects.resolve_project(context, args.project, args.to_line)
    if args.verb in _CHANGES:
        await act_targets.check_project_act(context, slug)
    if args.verb == "set":
        return await set_variable.set_variable(context, slug, args.name, sure=args.sure)
    if args.verb == "rm":
        return await _remove(context, slug, args)
    if args.verb == "show":
        found = await context.circleci.fetch_variable(slug, args.name)
        return Reply(Message(variable_blocks.format_variable(found), variable_blocks.render_details(slug, found)))
    variables = await context.circleci.list_variables(slug)
    return Reply(
        Message(
            _("Environment variables: {count}", count=len(variables)),
            variable_blocks.render_list(slug, variables, args.page),
        )
    )


async def _remove(context: Context, slug: ProjectSlug, args: EnvArgs) -> Reply:
    if not confirm.is_confirmed(context.request, sure=args.sure):
        return confirm.ask(
            context,
            variable_blocks.build_removal_confirmation(slug, await context.circleci.fetch_variable(slug, args.name)),
        )
    was_there = await context.circleci.remove_variable(slug, args.name)
    return Reply(variable_blocks.render_removed(slug, args.name, was_there=was_there))


@catch_errors
async def resolve_lost_answer(context: Context, args: EnvArgs, _began_at: datetime) -> str:
    """Look whether the variable is there now."""
    slug = await target_projects.resolve_project(context, args.project, args.to_line)
    return await set_variable.reconcile(context, slug, args.name)


COMMAND = Command(
    name="env",
    summary=N_("Shows, sets and removes a project's environment variables"),
    usage="env [list|show|set|rm] [project] [NAME] [--page N] [--sure]",
    example="env set acme/web NPM_TOKEN",
    parse=parse,
    run=run,
    is_change=lambda args: args.verb in _CHANGES,
    group=Group.SETTINGS,
    endpoints=(
        "GET /project/{project-slug}/envvar",
        "POST /project/{project-slug}/envvar",
        "GET /project/{project-slug}/envvar/{name}",
        "DELETE /project/{project-slug}/envvar/{name}",
    ),
    writes=is_write,
    resolve_lost_answer=resolve_lost_answer,
    build_first_modal=build_first_modal,
)
