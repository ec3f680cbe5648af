"""How the deploys to one environment fare, as chart and numbers; and what was deployed where lately, as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.blocks import deploy_report_blocks
from bot.circleci.deploy_metrics import compute_deploy_metrics
from bot.circleci.deploy_verdicts import judge_releases
from bot.circleci.deployed_places import match_names
from bot.circleci.models import DeployEnvironment, Release
from bot.circleci.release_history import ReleaseHistory, fetch_pushes
from bot.command import Context, format_line
from bot.errors import NextStep, TargetError
from bot.language import _
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.pictures.charts import DeployChart
from bot.pictures.drawing_thread import can_draw

PRODUCTION = frozenset({"production", "prod", "live"})
"""What is meant where nobody names an environment, in whatever case."""


@dataclass(frozen=True, slots=True)
class DeployReport:
    """Words and numbers, and what to draw with them (nothing, where there is nothing to see)."""

    message: Message
    chart: DeployChart | None = None
    environment: str = ""


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


def choose_environment(history: ReleaseHistory, said: str | None) -> DeployEnvironment:
    """Of those to which something was deployed: the one that is named, the only one, or production."""
    there = _list_used(history.environments, history.releases or ())
    names = match_names([one.name for one in there], said)
    called = [one for one in there if one.name in names]
    likely = [one for one in called if one.name.casefold() in PRODUCTION]
    if len(called) == 1 or (not said and len(likely) == 1):
        return called[0] if len(called) == 1 else likely[0]
    if not called:
        raise TargetError(
            _("Nothing was deployed to {environment}.", environment=as_code(said or "", 80)),
            NextStep(_("Show Deploys"), format_line("deploys", history.project.slug)),
        )
    raise TargetError(_("Of which environment?"), *[_build_step(history, one) for one in called[:10]])


def _build_step(history: ReleaseHistory, one: DeployEnvironment) -> NextStep:
    return NextStep(one.name, build_report_line(history, one.name))


def build_report_line(history: ReleaseHistory, environment: str) -> Written:
    return format_line("deploys", history.project.slug, report=True, environment=environment)


def _list_used(environments: Sequence[DeployEnvironment], releases: Sequence[Release]) -> list[DeployEnvironment]:
    """One that CircleCI does not list is called by its id."""
    named = {one.id: one for one in environments}
    used = dict.fromkeys(one.environment_id for one in releases if one.environment_id)
    return [named.get(each) or DeployEnvironment(id=each, name=each) for each in used]
