"""env [list|show|set|rm] [project] [NAME] — a project's environment variables; a value only ever goes into a form."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from bot.actions import confirm, subcommands, target_projects, targets
from bot.actions.lost_answer import told
from bot.blocks import kit, variable_blocks
from bot.command import Command, Context, Group, Line, Reply, Request, Source, View, line
from bot.commands.env import set_variable, variable_names
from bot.domain import ProjectSlug
from bot.errors import Step, UsageError
from bot.line import Written
from bot.messages import Message


@dataclass(frozen=True, slots=True)
class Args:
    verb: str
    project: str | None
    name: str
    page: int
    sure: bool

    def again(self, slug: str) -> Written:
        return line("env", self.verb, slug, *filter(None, [self.name]))


def parse(said: Line) -> Args:
    verb, words = subcommands.read(said.words, ("list", "show", "set", "rm"))
    variable_names.no_values(words, most=2)
    project, words = subcommands.project_first(verb, words)
    variable_names.no_values(words, most=0 if verb == "list" else 1)
    name = variable_names.check(words[0]) if words else ""
    if verb in {"show", "rm"} and not name:
        raise UsageError("Which variable?", Step("Show the variables", line("env", *filter(None, [project]))))
    return Args(verb, project, name, targets.page(said), said.flag("sure"))


def acts(request: Request, args: Args) -> bool:
    if args.verb == "set":
        return request.source is Source.FORM and variable_blocks.VALUE in request.fields
    return args.verb == "rm" and confirm.asked(request, sure=args.sure)


def opens(request: Request, said: Line) -> View | None:
    with suppress(UsageError):
        args = parse(said)
        if args.verb == "rm":
            return confirm.opens(request, sure=args.sure)
        return View("Set a variable", kit.loading()) if args.verb == "set" else None
    return None


async def run(context: Context, args: Args) -> Reply:
    slug = await target_projects.project(context, args.project, args.again)
    if args.verb == "set":
        return await set_variable.set_variable(context, slug, args.name, sure=args.sure)
    if args.verb == "rm":
        return await _remove(context, slug, args)
    if args.verb == "show":
        found = await context.circleci.variable(slug, args.name)
        return Reply(Message(variable_blocks.named(found), variable_blocks.shown(slug, found)))
    variables = await context.circleci.variables(slug)
    return Reply(
        Message(f"Environment variables: {len(variables)}", variable_blocks.listed(slug, variables, args.page))
    )


async def _remove(context: Context, slug: ProjectSlug, args: Args) -> Reply:
    if not confirm.asked(context.request, sure=args.sure):
        return confirm.ask(context, variable_blocks.removal(slug, await context.circleci.variable(slug, args.name)))
    was_there = await context.circleci.remove_variable(slug, args.name)
    return Reply(variable_blocks.removed(slug, args.name, was_there=was_there))


@told
async def reread(context: Context, args: Args, _began_at: datetime) -> str:
    """Look whether the variable is there now."""
    slug = await target_projects.project(context, args.project, args.again)
    return await set_variable.look(context, slug, args.name)


COMMAND = Command(
    name="env",
    summary="Shows, sets and removes a project's environment variables",
    usage="env [list|show|set|rm] [project] [NAME] [--page N] [--sure]",
    example="env set gh/acme/web NPM_TOKEN",
    parse=parse,
    run=run,
    changes=lambda args: args.verb in {"set", "rm"},
    group=Group.SETTINGS,
    covers=(
        "GET /project/{project-slug}/envvar",
        "POST /project/{project-slug}/envvar",
        "GET /project/{project-slug}/envvar/{name}",
        "DELETE /project/{project-slug}/envvar/{name}",
    ),
    acts=acts,
    reread=reread,
    opens=opens,
)
