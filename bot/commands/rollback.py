"""rollback [project] [--environment NAME] [--to VERSION] [--reason TEXT] — brings back what ran there before."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

from bot.actions import channel_time, confirm, rollbacks
from bot.actions.deploy_targets import FoundPlace, PlaceWords, resolve_place
from bot.actions.follow_pipeline import follow_pipeline
from bot.actions.lost_answer import SKEW, catch_errors
from bot.actions.rollbacks import Decision, Road, build_moved_error, build_show_step, fetch_road
from bot.actions.targets import find_newer_run
from bot.blocks import deed_blocks, kit, rollback_blocks
from bot.blocks.decision_form_blocks import MOST, REASON
from bot.circleci.deployed_places import DeployPlace, ProjectDeploys, fetch_pipelines
from bot.circleci.deploys_api import RollbackOrder
from bot.circleci.models import ComponentVersion, Pipeline
from bot.command import Command, Context, Group, Modal, ParsedLine, Reply, Request
from bot.errors import BotError, Rejected, TargetError, UsageError
from bot.language import N_, _
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_bold, as_code

MOST_OFFERED = 12
"""Versions of which the pipeline is named in the form."""


@dataclass(frozen=True, slots=True)
class RollbackArgs:
    """`current` is what somebody saw to run there when they decided, `by` the road that they were promised."""

    place: PlaceWords
    to: str | None = None
    current: str | None = None
    by: str | None = None
    reason: str = ""
    sure: bool = False

    @property
    def said(self) -> dict[str, str | None]:
        """Beside the place. Not that they are sure: another place than they named asks first."""
        return {"to": self.to, "current": self.current, "by": self.by, "reason": self.reason or None}


def parse(line: ParsedLine) -> RollbackArgs:
    if len(line.words) > 1:
        raise UsageError(_("One project at a time."), _("Name the version by `--to`."))
    reason = line.get_text("reason", MOST)
    to, current, by = (line.get_value(name) for name in ("to", "current", "by"))
    if by not in {None, *Road}:
        raise UsageError(_("`--by` is `pipeline` or `rerun`."))
    return RollbackArgs(PlaceWords.parse(line), to, current, by, reason, line.has_flag("sure"))


def build_first_modal(request: Request, line: ParsedLine) -> Modal | None:
    return confirm.build_loading_modal(request, _(rollback_blocks.TITLE), sure=line.has_flag("sure"))


async def run(context: Context, args: RollbackArgs) -> Reply:
    found = await resolve_place(
        context, "rollback", args.place, fits=lambda place: bool(place.list_earlier()), **args.said
    )
    live = _get_live(found)
    if not found.place.list_earlier():
        raise TargetError(_("Nothing else ran there that could be brought back."), build_show_step(found))
    if not confirm.is_confirmed(context.request, sure=args.sure):
        return await _ask(context, found, live, args)
    decision = await _decide(context, found, live, args)
    if decision.road is Road.PIPELINE:
        return await _start_pipeline(context, found, decision)
    return await _rerun(context, found, decision)


def _get_live(found: FoundPlace) -> ComponentVersion:
    if found.place.live is None:
        raise TargetError(_("CircleCI does not say what runs there: I cannot roll back."), build_show_step(found))
    return found.place.live


async def _ask(context: Context, found: FoundPlace, live: ComponentVersion, args: RollbackArgs) -> Reply:
    """The form, which says how it will be done; the version that it shows is the precondition."""
    if not context.request.view_id:
        return Reply(rollback_blocks.render_form_button(found.to_line("rollback", **args.said)))
    if args.to:
        _pick(found, live, args.to)
    road = await fetch_road(context, found)
    form = rollback_blocks.render_form(
        await _fetch_makers(context, found),
        found.place,
        found.to_line("rollback", current=live.name, by=road),
        context.links,
        has_pipeline=road is Road.PIPELINE,
        zone=await channel_time.find_own_zone(context),
        chosen=args.to or "",
        reason=args.reason,
    )
    return Reply(view=form)


async def _fetch_makers(context: Context, found: FoundPlace) -> ProjectDeploys:
    """With the pipelines of what may be brought back, as far as one looks."""
    place, known = found.place, found.deploys.pipelines
    ids = [place.get_pipeline_id(one) for one in place.list_earlier()[:MOST_OFFERED]]
    more = await fetch_pipelines(context.circleci, [each for each in ids if each not in known])
    return replace(found.deploys, pipelines={**known, **more})


async def _decide(context: Context, found: FoundPlace, live: ComponentVersion, args: RollbackArgs) -> Decision:
    """Raises TargetError where something else runs by now, NotAllowed where the policy is against it."""
    fields = context.request.fields
    wanted, reason = args.to or fields.get(rollback_blocks.TO, ""), args.reason or fields.get(REASON, "").strip()[:MOST]
    if args.current and args.current != live.name:
        raise build_moved_error(found, live, args.current)
    target = _pick(found, live, wanted)
    if not reason:
        raise _build_why_error(in_form=context.request.form is not None)
    road = await fetch_road(context, found, args.by)
    pipeline = await _fetch_pipeline(context, found, target)
    workflow = await context.circleci.fetch_workflow(target.workflow_id) if target.workflow_id else None
    decision = Decision(live, target, pipeline, workflow, reason, road)
    about = await rollbacks.build_target(context, found, decision)
    await context.rights.check_act(about, line=_build_line(found, decision))
    return decision


def _build_why_error(*, in_form: bool) -> UsageError:
    error = UsageError(_("Say why.") if in_form else _("Say why, by `--reason`."))
    error.field = REASON
    return error


def _pick(found: FoundPlace, live: ComponentVersion, wanted: str) -> ComponentVersion:
    """Raises TargetError for what cannot be brought back."""
    target = next((one for one in found.place.list_earlier() if one.name == wanted), None)
    if target:
        return target
    if wanted == live.name:
        raise TargetError(_("{version} runs there already.", version=as_code(wanted, 80)), build_show_step(found))
    raise TargetError(_("{version} did not run there.", version=as_code(wanted, 80)), build_show_step(found))


def _build_line(found: FoundPlace, decision: Decision) -> Written:
    """The whole of it, for when it has to wait for others."""
    return found.to_line(
        "rollback",
        current=decision.current.name,
        by=decision.road,
        to=decision.target.name,
        reason=decision.reason,
        sure=True,
    )


async def _fetch_pipeline(context: Context, found: FoundPlace, target: ComponentVersion) -> Pipeline:
    made_by = found.place.get_pipeline_id(target)
    known = found.deploys.pipelines or {}
    pipeline = known.get(made_by) or (await fetch_pipelines(context.circleci, [made_by])).get(made_by)
    if pipeline is None:
        raise TargetError(
            _("CircleCI no longer shows the pipeline that made {version}.", version=as_code(target.name, 80)),
            build_show_step(found),
        )
    return pipeline


async def _start_pipeline(context: Context, found: FoundPlace, decision: Decision) -> Reply:
    """By the rollback pipeline: CircleCI checks the precondition once more."""
    place, project = found.place, found.deploys.project
    order = RollbackOrder(
        place.component.name,
        place.environment.name,
        place.namespace,
        current=decision.current.name,
        target=decision.target.name,
        reason=decision.reason,
    )
    try:
        started = await context.circleci.request_rollback(project.id, order)
    except Rejected as refused:
        raise await _explain(context, found, decision, refused) from None
    pipeline = decision.pipeline
    if started.is_pipeline:
        pipeline = (await fetch_pipelines(context.circleci, [started.id])).get(started.id, pipeline)
    return await _tell(context, found, decision, pipeline, by_pipeline=True)


async def _explain(context: Context, found: FoundPlace, decision: Decision, refused: Rejected) -> BotError:
    """CircleCI says only that it refused: what runs there by now says why."""
    if refused.status == HTTPStatus.CONFLICT:
        return rollbacks.build_under_way_error(found)
    with suppress(BotError):
        again = await resolve_place(context, "rollback", found.to_words())
        if again.place.live and again.place.live.name != decision.current.name:
            return build_moved_error(again, again.place.live, decision.current.name)
    refused.next_steps = (*refused.next_steps, build_show_step(found))
    return refused


async def _rerun(context: Context, found: FoundPlace, decision: Decision) -> Reply:
    """By the workflow that deployed it then. Nobody else checks the precondition: it is read again under the claim."""
    if decision.workflow is None:
        raise TargetError(
            _("CircleCI does not say which workflow deployed {version}.", version=as_code(decision.target.name, 80)),
            build_show_step(found),
        )
    async with rollbacks.claim_place(context, found) as claim:
        again = await resolve_place(context, "rollback", found.to_words())
        rollbacks.check_still_runs(again, decision)
        await rollbacks.check_nothing_moves(context, again, decision, decision.workflow)
        await claim.renew()
        await context.circleci.rerun_workflow(decision.workflow.id)
    return await _tell(context, found, decision, decision.pipeline, by_pipeline=False)


async def _tell(
    context: Context, found: FoundPlace, decision: Decision, pipeline: Pipeline, *, by_pipeline: bool
) -> Reply:
    action = deed_blocks.ROLLED_BACK.format(
        place=rollbacks.format_where(found),
        current=as_code(decision.current.name, 60),
        target=as_code(decision.target.name, 60),
        reason=deed_blocks.shorten_reason(decision.reason),
    )
    seen = await follow_pipeline(context, found.deploys.project.project, pipeline, action=action)
    text = rollback_blocks.format_started(found.place, found.deploys, decision.target.name, by_pipeline=by_pipeline)
    return Reply(Message(text, [kit.section(text)]), seen=seen and by_pipeline)


@catch_errors
async def resolve_lost_answer(context: Context, args: RollbackArgs, began_at: datetime) -> str:
    """Look what runs there, and what was tried since."""
    found = await resolve_place(context, "rollback", args.place)
    place = found.place
    target = args.to or context.request.fields.get(rollback_blocks.TO, "")
    runs = {
        "place": as_bold(rollbacks.format_where(found)),
        "version": as_code(place.live.name if place.live else "?", 80),
    }
    by_rerun = (args.by or await fetch_road(context, found)) == Road.RERUN
    if _has_begun(place, target, began_at) or (by_rerun and await _runs_again(context, place, target, began_at)):
        return _("I looked again: {version} is being brought back, or runs already.", version=as_code(target, 80))
    if by_rerun:
        return _(
            "I looked again: {place} runs {version}, and CircleCI shows no new run of the workflow yet. Look at "
            "CircleCI before you repeat it.",
            **runs,
        )
    return _(
        "I looked again: {place} runs {version}, and CircleCI shows no rollback yet. To repeat it does no harm: it is "
        "refused where something else runs by then.",
        **runs,
    )


def _has_begun(place: DeployPlace, target: str, began_at: datetime) -> bool:
    if place.live and place.live.name == target:
        return True
    return any(one.version == target and one.created_at and one.created_at >= began_at - SKEW for one in place.releases)


async def _runs_again(context: Context, place: DeployPlace, target: str, began_at: datetime) -> bool:
    made = next((one.workflow_id for one in place.list_earlier() if one.name == target and one.workflow_id), None)
    newer = await find_newer_run(context, await context.circleci.fetch_workflow(made)) if made else None
    return bool(newer and newer.created_at and newer.created_at >= began_at - SKEW)


COMMAND = Command(
    name="rollback",
    summary=N_("Brings back a version that ran in an environment before"),
    usage="rollback [project] [--environment NAME] [--component NAME] [--namespace NAME] [--to VERSION] "
    "[--current VERSION] [--by WAY] [--reason TEXT] [--sure]",
    example='rollback acme/web --environment production --to 4.8.1 --reason "Checkout is down"',
    parse=parse,
    run=run,
    group=Group.ACTS,
    order=4,
    endpoints=(
        "POST /projects/{project_id}/rollback",
        "GET /deploy/projects/{project_id}/settings",
        "POST /workflow/{id}/rerun",
    ),
    writes=lambda request, args: confirm.is_confirmed(request, sure=args.sure),
    resolve_lost_answer=resolve_lost_answer,
    build_first_modal=build_first_modal,
)
