"""What runs where, a line for each place, by what was told of its deploys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.blocks import deploy_blocks, kit, person_blocks
from bot.blocks.deploy_notice_blocks import format_place
from bot.circleci.links import Links
from bot.command import format_line
from bot.domain import Deploy, Outcome, OutcomeKind, ProjectSlug
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
            yield f"{said} · {_format_doer(one, one.deploy, links)}"
    yield format_leftover(len(running) - MOST)


def _format_doer(outcome: Outcome, deploy: Deploy, links: Links) -> str:
    """Which pipeline brought it there, and who started that."""
    link = as_link(links.pipeline_url(outcome.project, outcome.pipeline_number), f"#{outcome.pipeline_number}")
    who = person_blocks.format_user(deploy.asked_by) or person_blocks.format_login(outcome.actor)
    if deploy.is_rollback:
        return _("by {pipeline} ({who})", pipeline=link, who=who) if who else _("by {who}", who=link)
    return _("{pipeline} by {who}", pipeline=link, who=who) if who else link
