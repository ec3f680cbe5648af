"""How the deploys to one environment fare, as chart and numbers; and what was deployed where lately, as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.actions.deploy_targets import PlaceWords, build_unfound_error
from bot.blocks import deploy_blocks, deploy_report_blocks, deploy_timeline_blocks
from bot.circleci.deploy_metrics import compute_deploy_metrics
from bot.circleci.deploy_timeline import build_deploy_timeline
from bot.circleci.deploy_verdicts import Place, judge_releases
from bot.circleci.deployed_places import DeployPlace, ProjectDeploys, match_names
from bot.circleci.models import DeployEnvironment, Release
from bot.circleci.release_history import ReleaseHistory, fetch_pushes
from bot.command import Context, format_line
from bot.errors import NextStep, TargetError
from bot.language import _
from bot.messages import Message
from bot.pictures.charts import DeployChart, DeployTimelineChart
from bot.pictures.drawing_thread import can_draw

MOST_DRAWN = 12
"""Places that a picture shows; the table has them all."""

PRODUCTION = frozenset({"production", "prod", "live"})
"""What is meant where nobody names an environment, in whatever case."""


@dataclass(frozen=True, slots=True)
class DeployReport:
    """Words and numbers, and what to draw with them (nothing, where there is nothing to see).

    `environment` is the only one that it is of, by name.
    """

    message: Message
    chart: DeployChart | DeployTimelineChart | None = None
    environment: str | None = None


async def fetch_report(context: Context, history: ReleaseHistory, said: str | None, *, weeks: int) -> DeployReport:
    """`said` is the environment's name. Raises TargetError where none is called so, or it is not clear which."""
    environment = choose_environment(history, said)
    ours = [one for one in history.releases or () if one.environment_id == environment.id]
    judged = judge_releases(ours)
    now = max([context.clock.now(), *(one.at for one in judged)])  # CircleCI's clock may be ahead of ours
    since = now - timedelta(weeks=weeks)
    ids = [one.release.pipeline_id for one in reversed(judged) if one.ran and one.is_deploy and one.at >= since]
    pipelines = await fetch_pushes(context.circleci, history.project, ids, since=since)
    metrics = compute_deploy_metrics(judged, pipelines, since=since, until=now)
    title = deploy_report_blocks.format_title(history.project, environment.name, weeks)
    if not metrics.deploys:
        return DeployReport(deploy_report_blocks.render_nothing(title, judged), environment=environment.name)
    chart = DeployChart(
        deploy_report_blocks.format_title(history.project, environment.name, weeks, plain=True), metrics
    )
    message = deploy_report_blocks.render(title, metrics, is_cut=history.is_cut, since=since, drawn=can_draw())
    return DeployReport(message, chart, environment.name)


def build_timeline(context: Context, history: ReleaseHistory, said: str | None) -> DeployReport:
    """Of all environments, or of the one that is `said`. Raises TargetError where none is called so."""
    releases = history.releases or ()
    if said:
        environment = choose_environment(history, said)
        releases = [one for one in releases if one.environment_id == environment.id]
    timeline = build_deploy_timeline(releases, context.clock.now())
    title = deploy_timeline_blocks.format_title(history.project)
    if not timeline.rows:
        return DeployReport(deploy_timeline_blocks.render_nothing(title), environment=said)
    labels = [_name_place(history, row.place) for row in timeline.rows]
    chart = DeployTimelineChart(
        deploy_timeline_blocks.format_title(history.project, plain=True), labels[:MOST_DRAWN], timeline
    )
    return DeployReport(
        deploy_timeline_blocks.render(title, labels, timeline, is_cut=history.is_cut), chart, environment=said
    )


def _name_place(history: ReleaseHistory, place: Place) -> str:
    component_id, environment_id, namespace = place
    component = next(one for one in history.components if one.id == component_id)
    environments = (one for one in history.environments if one.id == environment_id)
    environment = next(environments, DeployEnvironment(id=environment_id, name=environment_id))
    return deploy_blocks.get_place_label(DeployPlace(component, environment, namespace, (), ()), history.project)


def choose_environment(history: ReleaseHistory, said: str | None) -> DeployEnvironment:
    """Of those to which something was deployed: the one that is named, the only one, or production."""
    there = _list_used(history.environments, history.releases or ())
    names = match_names([one.name for one in there], said)
    called = [one for one in there if one.name in names]
    likely = [one for one in called if one.name.casefold() in PRODUCTION]
    if len(called) == 1 or (not said and len(likely) == 1):
        return called[0] if len(called) == 1 else likely[0]
    if not called:
        raise build_unfound_error(build_known(history), PlaceWords(environment=said))
    raise TargetError(_("Of which environment?"), *[_build_step(history, one) for one in called[:10]])


def build_known(history: ReleaseHistory) -> ProjectDeploys:
    """What can be named of it."""
    used = _list_used(history.environments, history.releases or ())
    names = [one.name for one in (*history.environments, *used) if one.name]
    return ProjectDeploys(history.project, (), {}, environments=names, components=history.component_names)


def _build_step(history: ReleaseHistory, one: DeployEnvironment) -> NextStep:
    return NextStep(one.name, format_line("deploys", history.project.slug, report=True, environment=one.name))


def _list_used(environments: Sequence[DeployEnvironment], releases: Sequence[Release]) -> list[DeployEnvironment]:
    """One that CircleCI does not list is called by its id."""
    named = {one.id: one for one in environments}
    used = dict.fromkeys(one.environment_id for one in releases if one.environment_id)
    return [named.get(each) or DeployEnvironment(id=each, name=each) for each in used]
