"""deploys [project] [WHAT] — what runs in which environment since when, and which deploy brought a commit there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from bot.actions.deploy_carriers import find_attempts, find_carriers
from bot.actions.deploy_targets import PlaceWords, build_unfound_error
from bot.actions.known_places import check_names
from bot.actions.share_files import reply_with_picture
from bot.actions.target_projects import is_project_name, resolve_project
from bot.blocks import deploy_blocks, deploy_report_blocks, deployed_changes_blocks, kit
from bot.circleci.deploy_timeline import LOOKS_BACK
from bot.circleci.deployed_changes import fetch_changes
from bot.circleci.deployed_places import DeployPlace, ProjectDeploys, fetch_deploys, list_called
from bot.circleci.models import Project
from bot.circleci.release_history import fetch_release_history
from bot.command import Command, Context, Group, ParsedLine, Reply, format_line
from bot.commands.deploys import deploy_reports, pinned_board
from bot.conversation import is_channel
from bot.errors import NextStep, TargetError, UsageError
from bot.language import N_, _
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.pictures.drawing_thread import draw_file

DEFAULT_WEEKS, MOST_WEEKS = 8, 26


@dataclass(frozen=True, slots=True)
class DeploysArgs:
    """`words` are a project, and a commit, tag, link, number or version that is sought; each may be missing."""

    words: tuple[str, ...]
    environment: str | None = None
    component: str | None = None
    against: str | None = None
    namespace: str | None = None
    report: bool = False
    timeline: bool = False
    weeks: int = DEFAULT_WEEKS
    here: bool = False
    pin: bool = False
    unpin: bool = False
    sure: bool = False

    def to_line(self, *words: str) -> Written:
        named = {"environment": self.environment, "component": self.component, "namespace": self.namespace}
        weeks = str(self.weeks) if self.weeks != DEFAULT_WEEKS else None
        flags = {"report": self.report, "timeline": self.timeline}
        return format_line("deploys", *words, **named, against=self.against, **flags, weeks=weeks)

    @property
    def place(self) -> PlaceWords:
        return PlaceWords(None, self.environment, self.component, self.namespace)

    @property
    def draws(self) -> bool:
        return self.report or self.timeline


def parse(line: ParsedLine) -> DeploysArgs:
    args = DeploysArgs(
        line.words,
        environment=line.get_value("environment"),
        component=line.get_value("component"),
        against=line.get_value("against"),
        namespace=line.get_value("namespace"),
        report=line.has_flag("report") or (line.get_value("weeks") is not None and not line.has_flag("timeline")),
        timeline=line.has_flag("timeline"),
        weeks=_parse_weeks(line.get_value("weeks")),
        here=line.has_flag("here"),
        pin=line.has_flag("pin"),
        unpin=line.has_flag("unpin"),
        sure=line.has_flag("sure"),
    )
    pinned_board.check_words(line)
    if args.draws and (len(line.words) > 1 or args.against):
        raise UsageError(_("A report and a timeline are of one project: name it, and an environment at most."))
    if args.report and args.timeline:
        raise UsageError(_("A report, or a timeline: choose one."))
    if args.timeline and line.get_value("weeks") is not None:
        raise UsageError(_("A timeline always shows the last {days} days: leave out `--weeks`.", days=LOOKS_BACK.days))
    if len(line.words) > 2:
        raise UsageError(_("One project at a time, and one commit, tag, link or version of it."))
    if args.against and not args.environment:
        raise UsageError(_("Name the other one by `--environment`."))
    if args.against and args.against.casefold() == (args.environment or "").casefold():
        raise UsageError(_("Name two environments to compare."))
    return args


def _parse_weeks(said: str | None) -> int:
    if said is None:
        return DEFAULT_WEEKS
    if not (said.isascii() and said.isdigit() and len(said) <= 2 and 1 <= int(said) <= MOST_WEEKS):
        example = _("Example: {line}", line=as_code(f"/circle deploys acme/web --report --weeks {DEFAULT_WEEKS}"))
        raise UsageError(_("A report looks 1 to {most} weeks back.", most=MOST_WEEKS), example)
    return int(said)


async def run(context: Context, args: DeploysArgs) -> Reply:
    if context.links.is_server:
        return Reply(deploy_blocks.render_server())
    if args.pin or args.unpin:
        pin = partial(pinned_board.pin, context, args.words, sure=args.sure)
        return await (pin() if args.pin else pinned_board.unpin(context))
    return await _show(context, args)


async def _show(context: Context, args: DeploysArgs) -> Reply:
    project_word, sought = await _split_words(context, args)
    slug = await resolve_project(context, project_word, lambda *words: args.to_line(*words, *filter(None, [sought])))
    project = await context.circleci.fetch_project(slug)
    if args.draws:
        return await _draw(context, project, args)
    environment = None if args.against else args.environment
    deploys = await fetch_deploys(context.circleci, project, environment=environment, component=args.component)
    words = [str(slug), *filter(None, [sought])]
    names = {"environment": args.environment, "against": args.against, "component": args.component}
    check_names(deploys, names, lambda **new: replace(args, **new).to_line(*words))
    if args.environment and args.against:
        return Reply(await _render_difference(context, deploys, args))
    deploys = replace(deploys, places=[one for one in deploys.places if args.namespace in {None, one.namespace}])
    if not deploys.components:
        return Reply(deploy_blocks.render_none(project))
    if not deploys.places:
        raise build_unfound_error(deploys, args.place)
    if sought:
        return Reply(await _render_carriers(context, deploys, sought))
    in_channel = is_channel(context.request.channel)
    return Reply(deploy_blocks.render(deploys, links=context.links, in_channel=in_channel))


async def _draw(context: Context, project: Project, args: DeploysArgs) -> Reply:
    history = await fetch_release_history(context.circleci, project, component=args.component, namespace=args.namespace)
    if history.releases is None:
        return Reply(deploy_report_blocks.render_untold(project))
    if not history.component_names:
        return Reply(deploy_blocks.render_none(project))
    known, slug = deploy_reports.build_known(history), project.slug
    check_names(known, {"component": args.component}, lambda **new: replace(args, **new).to_line(slug))
    if not history.releases:
        raise build_unfound_error(known, args.place)
    check_names(known, {"environment": args.environment}, lambda **new: replace(args, **new).to_line(slug))
    buttons = [kit.button(_("Show Deploys"), format_line("deploys", project.slug))]
    if args.timeline:
        report = deploy_reports.build_timeline(context, history, args.environment)
        buttons.append(kit.button(_("Show Report"), format_line("deploys", project.slug, report=True)))
    else:
        report = await deploy_reports.fetch_report(context, history, args.environment, weeks=args.weeks)
        buttons.append(kit.button(_("Show Timeline"), format_line("deploys", project.slug, timeline=True)))
    if report.chart is None:
        return Reply(kit.add_buttons(report.message, buttons))
    picture = await draw_file(report.chart, name="deploys.png", title=report.chart.title)
    again = replace(args, environment=report.environment).to_line(project.slug)
    return reply_with_picture(context, picture, report.message, buttons=buttons, here=args.here, again=again)


async def _split_words(context: Context, args: DeploysArgs) -> tuple[str | None, str | None]:
    """A lone word is a project's name, or what is sought in the channel's project."""
    words = args.words
    if len(words) == 2:
        return words
    if not words or args.draws or await is_project_name(context, words[0]):
        return next(iter(words), None), None
    return None, words[0]


async def _render_difference(context: Context, deploys: ProjectDeploys, args: DeploysArgs) -> Message:
    places = pick_side(deploys, args, args.environment), pick_side(deploys, args, args.against)
    live = [place.live for place in places]
    pipelines = [
        deploys.pipelines.get(place.get_pipeline_id(one)) for place, one in zip(places, live, strict=True) if one
    ]
    known = [one for one in pipelines if one]
    changes = await fetch_changes(context.circleci, *known) if len(known) == 2 else None
    return deployed_changes_blocks.render_difference(deploys, *places, changes, links=context.links)


def pick_side(deploys: ProjectDeploys, args: DeploysArgs, environment: str | None) -> DeployPlace:
    """The only one there, or that of the namespace that was said. Raises TargetError."""
    found = list_called(deploys.places, environment)
    fitting = [one for one in found if one.namespace == args.namespace] or found
    if len(fitting) == 1:
        return fitting[0]
    slug, name = deploys.project.slug, as_code(environment or "", 80)
    if not found:
        raise build_unfound_error(deploys, replace(args.place, environment=environment))
    steps = [
        NextStep(
            deploy_blocks.get_place_label(one, deploys.project),
            replace(args, component=one.component.name, namespace=one.namespace).to_line(slug),
        )
        for one in fitting[:10]
    ]
    raise TargetError(_("Several run in {environment}. Which one?", environment=name), *steps)


async def _render_carriers(context: Context, deploys: ProjectDeploys, sought: str) -> Message:
    carriers = await find_carriers(context, deploys, sought)
    came = [carrier[0] for carrier in carriers]
    attempts = await find_attempts(context, [one for one in deploys.places if one not in came], sought)
    if not (carriers or attempts):
        text = _(
            "I find no deploy of {project} with {what}.",
            project=as_code(deploys.project.full_name),
            what=as_code(sought, 80),
        )
        raise TargetError(
            " ".join([text, *deploy_blocks.list_partial(deploys)]),
            NextStep(_("Show Deploys"), format_line("deploys", deploys.project.slug)),
        )
    return deployed_changes_blocks.render_carriers(deploys, sought, carriers, attempts, links=context.links)


COMMAND = Command(
    name="deploys",
    summary=N_("Shows what runs in which environment, since when and by whom"),
    usage="deploys [project] [COMMIT|TAG|VERSION] [--environment NAME] [--against NAME] [--component NAME] "
    "[--namespace NAME] [--report] [--weeks N] [--timeline] [--here] [--pin] [--unpin] [--sure]",
    example="deploys acme/web --environment staging --against production",
    parse=parse,
    run=run,
    sends_file=lambda args: args.draws,
    group=Group.PIPELINES,
    order=3,
    endpoints=(
        "GET /deploy/components",
        "GET /deploy/components/{component_id}/versions",
        "GET /deploy/environments",
        "GET /deploy/projects/{project_id}/releases",
        "GET /project/{project-slug}/pipeline",
    ),
)
