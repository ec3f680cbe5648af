"""Deploys: what runs where since when, by whom, what it replaced, and how what was tried last is doing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from bot.blocks import kit, person_blocks, project_blocks, status_blocks
from bot.circleci.deployed_places import DeployPlace, ProjectDeploys
from bot.circleci.links import Links
from bot.circleci.models import ComponentVersion, Pipeline, Project, Release
from bot.circleci.models.deploy_models import DEFAULT
from bot.circleci.release_states import get_state
from bot.command import format_line
from bot.language import N_, _, ngettext
from bot.language.formats import join_or
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_bold, as_code, as_link, cut, escape, join_first
from bot.rules.match import list_unmatched
from bot.rules.rule import Rule
from bot.untrusted.invisible_marks import strip_invisible

GUIDE = "https://circleci.com/docs/guides/deploy/configure-deploy-markers/"

_STATES = {
    "pending": (":hourglass_flowing_sand:", N_("{version} is planned ({ago})")),
    "running": (":large_blue_circle:", N_("{version} is being deployed ({ago})")),
    "validating": (":mag:", N_("{version} is being validated ({ago})")),
    "success": (":white_check_mark:", N_("{version} was deployed ({ago})")),
    "rollback": (":leftwards_arrow_with_hook:", N_("{version} is being brought back ({ago})")),
    "failed": (":x:", N_("{version} failed ({ago})")),
    "canceled": (":no_entry_sign:", N_("{version} was canceled ({ago})")),
}
_NOTES = 600
"""Characters that are kept for what is not shown."""

_MOST_NAMED = 10
"""Environments of a rule that a button proposes."""

_UNKNOWN = N_("{version}: {status} ({ago})")


def render(deploys: ProjectDeploys, *, links: Links, in_channel: bool = False) -> Message:
    """What runs where. `deploys` has places. What is asked `in_channel` can be pinned there."""
    title = _("{project} — what runs where", project=as_bold(project_blocks.format_name(deploys.project)))
    rows = [kit.section(_format_row(place, deploys, links), _build_menu(place, deploys)) for place in deploys.shown]
    slug = deploys.project.slug
    buttons = [
        *_build_compare_button(deploys),
        kit.button(_("Show Timeline"), format_line("deploys", slug, timeline=True)),
        kit.button(_("Show Report"), format_line("deploys", slug, report=True)),
        kit.button(_("Subscribe…"), _format_subscribe(deploys.project, deploys.shown)),
        kit.button(_("Refresh"), format_line("deploys", slug)),
        *([kit.button(_("Pin It Here"), format_line("deploys", slug, pin=True))] if in_channel else []),
    ]
    below = kit.actions(buttons)
    shown = kit.take_fitting(kit.ROOM - _NOTES - kit.count_chars([title, below]), rows)
    notes = kit.build_notes(*_list_notes(deploys, len(deploys.places) - len(shown)))
    return Message(title, [kit.section(title), *shown, below, *notes])


def _list_notes(deploys: ProjectDeploys, hidden: int) -> Iterator[str]:
    """What is not shown."""
    if hidden:
        yield ngettext(
            "{count} place is not shown: name an environment by `--environment`.",
            "{count} places are not shown: name an environment by `--environment`.",
            hidden,
        )
    yield from list_partial(deploys)


def list_partial(deploys: ProjectDeploys) -> Iterator[str]:
    """Which components were not looked at, so that nobody takes what is not said for what does not run."""
    if deploys.left_out:
        yield ngettext(
            "I did not look at {count} component: name it by `--component`.",
            "I did not look at {count} components: name one by `--component`.",
            deploys.left_out,
        )
    if deploys.is_cut:
        yield _("There are more than {count} components: I read no further.", count=len(deploys.components))


def _build_compare_button(deploys: ProjectDeploys) -> list[kit.Pressable]:
    """For two environments of which one is ahead of the other; the same way round whichever was deployed to last."""
    ran = {place.environment.name: place for place in deploys.places if place.live}
    if len(ran) != 2 or len({place.component.id for place in ran.values()}) != 1:
        return []
    left, right = sorted(ran, reverse=True)
    if ran[left].live == ran[right].live:
        return []
    line = format_line("deploys", deploys.project.slug, environment=left, against=right)
    return [kit.button(_("Compare {left} with {right}", left=cut(left, 25), right=cut(right, 25)), line)]


def render_none(project: Project) -> Message:
    """CircleCI tells of none: what to do."""
    said = format_none(project)
    return Message(said, [kit.section(said), kit.actions([kit.link_button(_("Read CircleCI's Guide"), GUIDE)])])


def format_none(project: Project) -> str:
    return _(
        "CircleCI shows no deploys of {project}. It learns of them from deploy markers: let the job that deploys say "
        "{plan} before and {update} after.",
        project=project_blocks.format_name(project),
        plan="`circleci run release plan`",
        update="`circleci run release update`",
    )


def render_server() -> Message:
    said = _("A CircleCI Server knows no deploys: only the cloud does.")
    return Message(said, [kit.section(said)])


def format_place(place: DeployPlace, project: Project) -> str:
    """The same, harmless in mrkdwn."""
    return escape(get_place_label(place, project))


def get_place_label(place: DeployPlace, project: Project) -> str:
    """`production`, with the component where it is not called as the project (plain text)."""
    names = [place.environment.name]
    if place.component.name != project.name:
        names.append(place.component.name)
    if place.namespace != DEFAULT:
        names.append(place.namespace)
    return " · ".join(_mark_hidden(name) for name in names if name)


def _mark_hidden(name: str) -> str:
    """Two names that differ by marks that nobody sees do not look like one."""
    seen = cut(strip_invisible(name), 60)
    return seen if strip_invisible(name) == name else _("{name} (with hidden characters)", name=seen)


def _format_row(place: DeployPlace, deploys: ProjectDeploys, links: Links) -> str:
    return "\n".join(filter(None, _list_lines(place, deploys, links)))


def _list_lines(place: DeployPlace, deploys: ProjectDeploys, links: Links) -> Iterator[str]:
    name = as_bold(format_place(place, deploys.project))
    live, moving, undone = place.live, place.under_way, place.undone
    if live is None:
        yield _("{place}: nothing runs there yet", place=name)
    else:
        yield format_running(live.name, name, live.last_deployed_at, again=place.is_rolled_back)
        yield format_origin(deploys.pipelines.get(place.get_pipeline_id(live)), links)
    if place.before:
        yield _("Before: {version}", version=_format_before(place, place.before, deploys, links))
    if place.replaced and place.replaced.name in place.list_taken_back():
        yield _("Rolled back: {version}", version=_format_before(place, place.replaced, deploys, links))
    for release in filter(None, (moving, undone)):
        yield format_release(release, deploys.pipelines.get(release.pipeline_id), links)


def format_running(version: str, place: str, at: datetime | None, *, again: bool) -> str:
    """What runs at a place (mrkdwn), since when; `again` after it was rolled back."""
    named = {"place": place, "version": as_code(version, 80), "ago": status_blocks.format_ago(at) if at else "?"}
    if again:
        return _(":leftwards_arrow_with_hook: {place} runs {version} again: rolled back {ago}", **named)
    return _(":white_check_mark: {place} runs {version}, deployed {ago}", **named)


def format_origin(pipeline: Pipeline | None, links: Links) -> str:
    """Of which pipeline and commit it is, and who started that."""
    if pipeline is None:
        return ""
    revision = as_code(pipeline.revision[:7]) if pipeline.revision else ""
    subject = cut(escape(pipeline.subject or ""), 120)
    who = person_blocks.format_pusher(pipeline, 60)
    by = _("by {who}", who=who) if who else person_blocks.format_start(pipeline, 60)
    commit = " ".join(filter(None, [revision, subject]))
    return " · ".join(filter(None, [_link_pipeline(pipeline, links), commit, by]))


def _format_before(place: DeployPlace, version: ComponentVersion, deploys: ProjectDeploys, links: Links) -> str:
    pipeline = deploys.pipelines.get(place.get_pipeline_id(version))
    name = as_code(version.name, 80)
    return f"{name} ({_link_pipeline(pipeline, links)})" if pipeline else name


def _link_pipeline(pipeline: Pipeline, links: Links) -> str:
    return as_link(links.pipeline_url(pipeline.project, pipeline.number), f"#{pipeline.number}")


def format_release(release: Release, pipeline: Pipeline | None, links: Links) -> str:
    """How an attempt is doing; a status that we do not know stands there as CircleCI says it."""
    state = get_state(release)
    key = "rollback" if release.is_rollback and release.ended_at is None and state in _STATES else state
    emoji, sentence = _STATES.get(key, (":grey_question:", _UNKNOWN))
    at = release.ended_at or release.created_at
    told = _(
        sentence,
        version=as_code(release.version or "?", 80),
        ago=status_blocks.format_ago(at) if at else "?",
        status=cut(escape(state.replace("_", " ")), 60),
    )
    reason = f": {cut(escape(release.failure_reason), 200)}" if release.failure_reason else ""
    of = f"{_link_pipeline(pipeline, links)} · " if pipeline else ""
    return f"{emoji} {of}{told}{reason}"


def _build_menu(place: DeployPlace, deploys: ProjectDeploys) -> kit.Pressable | None:
    return kit.overflow(list(_list_choices(place, deploys)))


def _list_choices(place: DeployPlace, deploys: ProjectDeploys) -> Iterator[tuple[str, Written]]:
    live = place.live
    if live and len(deploys.places) > 1:
        yield _("Promote…"), _format_promote(place, deploys.project)
    if live and place.list_earlier():
        yield _("Roll Back…"), format_place_line("rollback", place, deploys.project)
    if live and live.pipeline_id:
        yield _("Show its pipeline"), format_line("pipeline", live.pipeline_id)
    moving = place.under_way
    if moving and moving.pipeline_id and not (live and moving.pipeline_id == live.pipeline_id):
        yield _("Show what is under way"), format_line("pipeline", moving.pipeline_id)
    yield _("Subscribe…"), _format_subscribe(deploys.project, [place])


def _format_promote(place: DeployPlace, project: Project) -> Written:
    component = place.component.name if place.component.name != project.name else None
    return format_line("promote", project.slug, component=component, **{"from": place.environment.name})


def _format_subscribe(project: Project, places: Sequence[DeployPlace]) -> Written:
    """The form of a rule for these environments, and for the component where all of it is one of several."""
    environments = sorted({place.environment.name for place in places if place.environment.name})
    components = {place.component.name for place in places}
    of = sorted(components) if len(components) == 1 and components != {project.name} else []
    return format_line(
        "subscribe", project.slug, environment=environments[:_MOST_NAMED], component=of or None, form=True
    )


def format_place_line(command: str, place: DeployPlace, project: Project, **more: str | bool | None) -> Written:
    """A command said of just this place: without its namespace, CircleCI's own one would be meant as any."""
    named = {"environment": place.environment.name, "component": place.component.name, "namespace": place.namespace}
    return format_line(command, project.slug, **named, **more)


def format_unknown_environments(rule: Rule, known: Collection[str]) -> str:
    """What a slip of the pen would leave silent; "" where each that the rule names is there."""
    unknown = [as_code(glob, 60) for glob in list_unmatched(rule.environment, known)]
    if not unknown:
        return ""
    if not known:
        return _("CircleCI shows no environment yet: it learns of them from deploy markers.")
    there = join_first([as_code(name, 60) for name in known], 10)
    return _(
        "No environment is called {names} yet: there are {environments}.", names=join_or(unknown), environments=there
    )
