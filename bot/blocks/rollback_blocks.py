"""Bringing back what ran before: the form that says what runs, how it is done and what to; and what came of it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import PlainTextInputElement, StaticSelectElement

from bot.blocks import deploy_blocks, kit
from bot.blocks.decision_form_blocks import MOST, REASON
from bot.circleci.deployed_places import DeployPlace, ProjectDeploys
from bot.circleci.links import Links
from bot.circleci.models import ComponentVersion
from bot.command import Modal
from bot.language import N_, _, formats
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_bold, as_code, cut

TO = "to"
TITLE = N_("Roll back")
_SHOWN, _LONGEST = 50, 36

BY_PIPELINE = N_("CircleCI starts the project's rollback pipeline. It refuses where something else runs by then.")
BY_RERUN = N_(
    "The project has no rollback pipeline: I rerun the whole workflow that deployed what you choose. Its other jobs "
    "run again too, and its holds wait again."
)


def render_form(
    deploys: ProjectDeploys,
    place: DeployPlace,
    line: Written,
    links: Links,
    *,
    has_pipeline: bool,
    zone: str | None = None,
    chosen: str = "",
    reason: str = "",
) -> Modal:
    """Its submission rolls back, if what is said here to run still runs. Times are those of `zone`."""
    live = place.live
    runs = _(
        "{place} of {project} runs {version}.",
        place=as_bold(deploy_blocks.format_place(place, deploys.project)),
        project=as_code(deploys.project.full_name),
        version=as_code(live.name if live else "?", 80),
    )
    pipeline = deploys.pipelines.get(place.get_pipeline_id(live)) if live else None
    moving = place.under_way
    facts = [
        runs,
        deploy_blocks.format_origin(pipeline, links),
        deploy_blocks.format_release(moving, None, links) if moving else "",
        _(BY_PIPELINE) if has_pipeline else _(BY_RERUN),
    ]
    blocks = [
        kit.section("\n".join(filter(None, facts))),
        kit.input_block(_("Back to"), _build_choice(place, deploys, zone, chosen), block_id=TO),
        kit.input_block(
            _("Why?"),
            PlainTextInputElement(action_id=REASON, multiline=True, max_length=MOST, initial_value=reason or None),
            block_id=REASON,
            hint=_("Whoever reads the record, the card or CircleCI sees it."),
        ),
    ]
    return Modal(_(TITLE), blocks, line=line, submit=_("Roll Back"))


def _build_choice(place: DeployPlace, deploys: ProjectDeploys, zone: str | None, chosen: str) -> StaticSelectElement:
    """What was taken back is chosen by a person only: it would bring back what was wrong."""
    earlier = place.list_earlier()
    shown = [one for one in earlier if one.name == chosen][:1] + [one for one in earlier if one.name != chosen]
    options = {one.name: kit.option(_label(one, place, deploys, zone), one.name) for one in shown[:_SHOWN]}
    first = chosen or (place.before.name if place.before else "")
    return StaticSelectElement(action_id=TO, options=list(options.values()), initial_option=options.get(first))


def _label(version: ComponentVersion, place: DeployPlace, deploys: ProjectDeploys, zone: str | None) -> str:
    """Plain text."""
    pipeline = deploys.pipelines.get(place.get_pipeline_id(version))
    taken_back, at = place.list_taken_back().get(version.name), version.last_deployed_at
    told = (
        _("rolled back {time}", time=_format_time(taken_back, zone))
        if taken_back
        else (_format_time(at, zone) if at else "")
    )
    return " · ".join(filter(None, [cut(version.name, _LONGEST), f"#{pipeline.number}" if pipeline else "", told]))


def _format_time(at: datetime, zone: str | None) -> str:
    """By the clock of whoever asks: Slack shows no other times in a menu."""
    here = at.astimezone(ZoneInfo(zone) if zone else UTC)
    return f"{formats.format_day(here.date())}, {here:%H:%M}" + ("" if zone else " UTC")


def render_form_button(line: Written) -> Message:
    """Where no form could be opened."""
    text = _("A form asks what to bring back, and why.")
    return Message(text, [kit.section(text), kit.actions([kit.button(_("Roll Back…"), line)])])


def format_started(place: DeployPlace, deploys: ProjectDeploys, target: str, *, by_pipeline: bool) -> str:
    shown = {
        "version": as_code(target, 80),
        "place": as_bold(deploy_blocks.format_place(place, deploys.project)),
    }
    if by_pipeline:
        return _(":leftwards_arrow_with_hook: CircleCI is bringing back {version} on {place}.", **shown)
    return _(
        ":leftwards_arrow_with_hook: CircleCI reruns the workflow that deployed {version} on {place}. Look whether it "
        "waits at a hold.",
        **shown,
    )
