"""What runs where, a line for each place, by what was told of its deploys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.blocks import deploy_blocks, kit
from bot.blocks.deploy_notice_blocks import format_place
from bot.circleci.links import Links
from bot.command import format_line
from bot.domain import Outcome, OutcomeKind, ProjectSlug
from bot.language import _
from bot.mrkdwn import as_link, format_leftover

MOST = 5
"""Places of a project that are shown, the latest ones."""


def build_row(project: ProjectSlug, name: str, running: Sequence[Outcome], links: Links) -> kit.Block:
    """One project, called `name` (mrkdwn), with the way to all that is known of its deploys."""
    lines = [name, *list_lines(running, links)]
    said = "\n".join(filter(None, lines))
    return kit.section(said, kit.button(_("Show Deploys"), format_line("deploys", str(project)), about=project.name))


def list_lines(running: Sequence[Outcome], links: Links) -> Iterator[str]:
    for one in running[:MOST]:
        if one.deploy:
            place = format_place(one.deploy.environment, one.deploy.component, one.deploy.namespace, one.project)
            said = deploy_blocks.format_running(
                one.deploy.version, place, one.happened_at, again=one.kind == OutcomeKind.ROLLED_BACK
            )
            url = links.pipeline_url(one.project, one.pipeline_number)
            link = as_link(url, f"#{one.pipeline_number}")
            by = _("by {who}", who=link) if one.deploy.is_rollback else link
            yield f"{said} · {by}"
    yield format_leftover(len(running) - MOST)
