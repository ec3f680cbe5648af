"""promote [project] [--from NAME] [--environment NAME] — brings what runs in one environment to the next one."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import deploy_pipelines, hold_approval, promotions
from bot.actions.deploy_pipelines import PipelinePromotion
from bot.actions.deploy_targets import PlaceWords, build_unfound_error, is_one_of_more
from bot.actions.known_places import check_names
from bot.actions.promotions import Promotion
from bot.actions.target_projects import resolve_project
from bot.blocks import deploy_blocks, kit, promotion_blocks
from bot.circleci.deployed_places import ProjectDeploys, fetch_deploys, list_called
from bot.command import Command, Context, Group, Modal, ParsedLine, Reply, Request, format_line
from bot.errors import UsageError
from bot.language import N_, _
from bot.line import Written


@dataclass(frozen=True, slots=True)
class PromoteArgs:
    """`place` says where to; `source` where it runs already."""

    place: PlaceWords
    source: str | None = None


def parse(line: ParsedLine) -> PromoteArgs:
    if len(line.words) > 1:
        raise UsageError(_("One project at a time."))
    return PromoteArgs(PlaceWords.parse(line), line.get_value("from"))


def build_first_modal(_request: Request, _line: ParsedLine) -> Modal | None:
    return Modal(_("Promote"), kit.build_loading(_("Reading what runs where")))


async def run(context: Context, args: PromoteArgs) -> Reply:
    """What is done, `approve` does: its form says here what goes where. Nothing is changed by this line."""
    said = args.place
    slug = await resolve_project(
        context, said.project, lambda *words: format_line("promote", *words, **said.options, **{"from": args.source})
    )
    if context.links.is_server:
        return Reply(deploy_blocks.render_server())
    project = await context.circleci.fetch_project(slug)
    deploys = await fetch_deploys(context.circleci, project, component=said.component)
    names = {"from": args.source, "environment": said.environment, "component": said.component}
    check_names(deploys, names, lambda **new: format_line("promote", str(slug), **{**said.options, **names, **new}))
    if not deploys.components:
        return Reply(deploy_blocks.render_none(project))
    if not deploys.places:
        raise build_unfound_error(deploys, said)
    fitting = [one for one in await promotions.find_promotions(context, deploys) if _fits(deploys, one, args)]
    if not fitting:
        return await _promote_by_pipeline(context, deploys, args)
    if len(fitting) == 1 and context.request.view_id and not is_one_of_more(deploys, said):
        return await _open_form(context, fitting[0])
    return _offer(deploys, fitting)


def _fits(deploys: ProjectDeploys, promotion: Promotion, args: PromoteArgs) -> bool:
    wanted = ((args.source, promotion.source), (args.place.environment, promotion.target))
    fits = all(place in list_called(deploys.places, name) for name, place in wanted)
    return fits and args.place.namespace in {None, promotion.target.namespace}


async def _open_form(context: Context, promotion: Promotion) -> Reply:
    held = await promotions.build_held(context, promotion)
    return await hold_approval.ask(context, held, promotions.add_deploys)


def _offer(deploys: ProjectDeploys, fitting: list[Promotion]) -> Reply:
    choices = [
        (one.source, one.target, format_line("approve", one.found.workflow.id, one.hold.id, form=True))
        for one in fitting
    ]
    return Reply(promotion_blocks.render_choice(deploys, choices, approves=True))


async def _promote_by_pipeline(context: Context, deploys: ProjectDeploys, args: PromoteArgs) -> Reply:
    """Where one was designated; else only the way is said."""
    settings = await context.circleci.fetch_deploy_settings(deploys.project.id)
    definition = settings.deploy_definition_id
    if not await deploy_pipelines.is_designated(context, deploys, definition):
        return Reply(promotion_blocks.render_no_hold(deploys, "", links=context.links))
    steps = deploy_pipelines.list_steps(deploys, args.place, args.source)
    if not steps:
        return Reply(promotion_blocks.render_no_hold(deploys, definition, links=context.links))
    if len(steps) == 1 and context.request.view_id and not is_one_of_more(deploys, args.place):
        return Reply(view=await deploy_pipelines.build_form(context, deploys, steps[0], definition))
    choices = [(one.source, one.target, _build_line(deploys, one)) for one in steps]
    return Reply(promotion_blocks.render_choice(deploys, choices, approves=False))


def _build_line(deploys: ProjectDeploys, step: PipelinePromotion) -> Written:
    return deploy_blocks.format_place_line(
        "promote", step.target, deploys.project, **{"from": step.source.environment.name}
    )


COMMAND = Command(
    name="promote",
    summary=N_("Brings what runs in one environment to the next, by its hold or the deploy pipeline"),
    usage="promote [project] [--from NAME] [--environment NAME] [--component NAME] [--namespace NAME]",
    example="promote acme/web --from staging --environment production",
    parse=parse,
    run=run,
    group=Group.ACTS,
    order=4,
    endpoints=("POST /workflow/{id}/approve/{approval_request_id}", "GET /deploy/projects/{project_id}/settings"),
    build_first_modal=build_first_modal,
)
