"""How the deploys to one environment fare: the four numbers of DORA, of how many each is, and how it is counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.blocks import kit, project_blocks
from bot.blocks.measure import UNKNOWN, format_percent, format_rate, format_seconds
from bot.circleci.deploy_metrics import DeployMetrics, Spread
from bot.circleci.deploy_verdicts import JudgedRelease
from bot.circleci.models import Project
from bot.language import _, ngettext
from bot.language.formats import format_day
from bot.messages import Message
from bot.mrkdwn import as_bold, as_code, cut


def format_title(project: Project, environment: str, weeks: int, *, plain: bool = False) -> str:
    """As mrkdwn, or plain for a picture, which knows no markup."""
    return ngettext(
        "Deploys of {project} to {environment}, last {count} week",
        "Deploys of {project} to {environment}, last {count} weeks",
        weeks,
        project=project.full_name if plain else project_blocks.format_name(project),
        environment=cut(environment, 40) if plain else as_code(environment, 80),
    )


def render(title: str, metrics: DeployMetrics, *, is_cut: bool, since: datetime, drawn: bool = True) -> Message:
    """Lines, since a phone shows two columns of a table and cuts the third.

    `since` is how far back it was asked for; the week by week stands in the picture, if one is `drawn`.
    """
    blocks = [
        kit.section(f":bar_chart: {as_bold(title)}"),
        kit.section("\n".join(_list_numbers(metrics))),
        *([] if drawn else [kit.section(_format_weeks(metrics))]),
        kit.context(" ".join(filter(None, [_format_span(metrics, since, is_cut=is_cut), _explain()]))),
    ]
    return Message(title, blocks)


def render_nothing(title: str, judged: Sequence[JudgedRelease]) -> Message:
    """No deploy ended in that time: when the last one did, if that is known."""
    said = _("No deploy ended: {title}.", title=title)
    if judged:
        said += "\n" + _("The newest one ended on {day}.", day=format_day(judged[-1].at.date(), year=True))
    return Message(title, [kit.section(said)])


def render_untold(project: Project) -> Message:
    said = _("CircleCI does not tell what was tried in {project}.", project=project_blocks.format_name(project))
    return Message(said, [kit.section(said)])


def _list_numbers(metrics: DeployMetrics) -> Iterator[str]:
    lead, restore = metrics.lead, metrics.restore
    commits = ngettext("{known} of {count} commit", "{known} of {count} commits", metrics.commits, known=lead.count)
    yield _("*Deploys a week:* {value} · {of}", value=format_rate(metrics.a_week), of=format_ran(metrics.ran))
    yield _("*Lead time:* {value} · {of}", value=_format_spread(lead), of=commits)
    yield _(
        "*Change failure rate:* {value} · {of}", value=format_percent(metrics.failure_share), of=_format_bad(metrics)
    )
    if metrics.outages:
        yield _("*Time to restore:* {value} · {of}", value=_format_spread(restore), of=_format_outages(metrics))
    else:
        yield _("*Time to restore:* {value}", value=UNKNOWN)


def _format_spread(spread: Spread) -> str:
    if spread.median is None:
        return UNKNOWN
    return _("median {median}, p90 {p90}", median=format_seconds(spread.median), p90=format_seconds(spread.p90))


def format_ran(count: int) -> str:
    """Deploys that brought something there."""
    return ngettext("{count} ran", "{count} ran", count)


def format_attempts(count: int) -> str:
    """Deploys that ended, also those that brought nothing."""
    return ngettext("{count} attempt", "{count} attempts", count)


def _format_bad(metrics: DeployMetrics) -> str:
    return _(
        "{deploys}: {failed} failed, {rolled_back} rolled back",
        deploys=format_attempts(metrics.deploys),
        failed=metrics.failed,
        rolled_back=metrics.rolled_back,
    )


def _format_outages(metrics: DeployMetrics) -> str:
    return ngettext(
        "{count} of {total} is over", "{count} of {total} are over", metrics.restore.count, total=len(metrics.outages)
    )


def _format_weeks(metrics: DeployMetrics) -> str:
    told = [
        _(
            "From {day}: {deploys}, {bad} went wrong, lead time {duration}",
            day=format_day(week.begins_at.date()),
            deploys=format_attempts(week.stayed + week.failed + week.rolled_back),
            bad=week.failed + week.rolled_back,
            duration=format_seconds(week.lead.median),
        )
        for week in reversed(metrics.weeks)
    ]
    return "\n".join(told)


def _format_span(metrics: DeployMetrics, since: datetime, *, is_cut: bool) -> str:
    if metrics.begins_at <= since:
        return ""
    day = format_day(metrics.begins_at.date(), year=True)
    if is_cut:
        return _("There were too many deploys to read them all: the numbers begin on {day}.", day=day)
    if metrics.a_week is None:
        return _("The first deploy was on {day}: that is too short for deploys a week.", day=day)
    return _("The first deploy was on {day}: the numbers begin there.", day=day)


def _explain() -> str:
    return _(
        "Each deploy that ended is an attempt; a rollback is none. Lead time: from the first pipeline of a commit "
        "until it is deployed. Change failure: it failed, its validation failed, or it was rolled back. Time to "
        "restore: from there to the next deploy that stays, or to the rollback."
    )
