"""What a hold that waits lets through to which environment, as far as it was told: nobody is asked for it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.blocks import person_blocks
from bot.blocks.deploy_notice_blocks import VERSION, format_place
from bot.circleci.deploys_ahead import DeployAhead
from bot.circleci.links import Links, build_compare_url
from bot.circleci.models import Job
from bot.circleci.snapshot import Snapshot
from bot.domain import ProjectSlug
from bot.language import _
from bot.mrkdwn import as_code, as_link, format_leftover, join_first

_MOST, _NAMED = 3, 5


def format_ahead(snapshot: Snapshot, project: ProjectSlug, hold: Job, links: Links) -> str:
    """For the message that the hold waits: what approving it changes where; "" where nobody knows."""
    ahead = [one for one in snapshot.ahead if one.hold == hold.id and one.is_told]
    lines = [line for one in ahead[:_MOST] for line in _list_lines(one, snapshot, project, links)]
    return "\n".join(filter(None, [*lines, format_leftover(len(ahead) - _MOST)]))


def _list_lines(one: DeployAhead, snapshot: Snapshot, project: ProjectSlug, links: Links) -> Iterator[str]:
    pipeline = snapshot.pipeline
    what = as_link(links.pipeline_url(project, pipeline.number), f"#{pipeline.number}")
    shown = {
        "number": as_code(one.brings, VERSION) if one.brings else what,
        "place": format_place(one.environment, one.component, one.namespace, project),
    }
    if not one.runs:
        yield _(":package: This deploys {number} to {place}.", **shown)
        return
    if one.pipeline_id == pipeline.id:
        yield _(":package: This deploys {number} to {place}, where it runs already.", **shown)
        return
    yield _(
        ":package: This deploys {number} to {place}, where {version} runs.",
        **shown,
        version=as_code(one.runs, VERSION),
    )
    if one.number > pipeline.number:
        yield _(":warning: What runs there is newer.")
        return
    page = build_compare_url(pipeline.repository_url, one.revision, pipeline.revision)
    news = [_format_news(one), as_link(page, _("All changes")) if page and one.revision != pipeline.revision else ""]
    yield " · ".join(filter(None, news))


def _format_news(one: DeployAhead) -> str:
    if not one.pushers:
        return ""
    who = join_first([person_blocks.format_login(each, 60) for each in one.pushers], _NAMED)
    return _("New there: pushes by {authors}", authors=who)


def list_card_lines(snapshot: Snapshot, project: ProjectSlug) -> Iterator[str]:
    """For a card: which of its holds lets something through to where."""
    holds = {job.id: job.name for _workflow, job in snapshot.pending_holds}
    for one in snapshot.ahead:
        if one.is_told and one.hold in holds:
            shown = {
                "hold": as_code(holds[one.hold], 80),
                "place": format_place(one.environment, one.component, one.namespace, project),
            }
            if one.runs:
                yield _(
                    ":package: {hold} deploys to {place}, where {version} runs",
                    **shown,
                    version=as_code(one.runs, VERSION),
                )
            else:
                yield _(":package: {hold} deploys to {place}", **shown)
