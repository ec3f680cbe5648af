"""The board of a channel: what runs where in its projects, by what was told of their deploys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.blocks import kit, running_deploy_blocks, subscription_blocks
from bot.circleci.links import Links
from bot.command import format_line
from bot.domain import Outcome, ProjectSlug
from bot.language import N_, _
from bot.messages import Message
from bot.mrkdwn import as_bold, as_code, cut, escape, format_leftover
from bot.rules.deploy_board import DeployBoard

MOST = 15
"""Projects that are shown, those with the latest deploys."""

_AROUND = 1_000
"""Characters of the header and the notes."""

_REFUSALS = {
    "missing_scope": N_(
        "I could not pin the board in {channel}: the app lacks the scope `pins:write`. Where it runs, `circlebot slack "
        "update` asks for it, and the app has to be installed again; then say `/circle deploys --pin` there once more."
    ),
    "not_in_channel": N_(
        "I could not pin the board in {channel}: I am not in that channel. Say `/invite @circlebot` there, then "
        "`/circle deploys --pin` once more."
    ),
    "too_many_pins": N_(
        "I could not pin the board in {channel}: as many messages are pinned there as Slack allows. Unpin one, then "
        "say `/circle deploys --pin` there once more."
    ),
}
_REFUSED = N_("I could not pin the board in {channel}: Slack says {reason}. It is kept up to date all the same.")


def render(running: Sequence[Outcome], names: Mapping[ProjectSlug, str], board: DeployBoard, links: Links) -> Message:
    """`running` are the newest deploys, one of each place, the latest first; `names` are those of opaque projects."""
    title = _("What runs where")
    by_project: dict[ProjectSlug, list[Outcome]] = {}
    for one in running:
        by_project.setdefault(one.project, []).append(one)
    rows = [
        running_deploy_blocks.build_row(project, as_bold(_get_name(project, names)), of_project, links)
        for project, of_project in list(by_project.items())[:MOST]
    ]
    rows = kit.take_fitting(kit.ROOM - _AROUND, rows)
    end = _("I keep this up to date. `/circle deploys --unpin` ends it.")
    notes = kit.build_notes(*filter(None, [format_leftover(len(by_project) - len(rows)), end]))
    return Message(title, [kit.header(title), *(rows or [_build_empty_row(board)]), *notes])


def _build_empty_row(board: DeployBoard) -> kit.Block:
    said = _("I have heard of no deploy yet.")
    project = [str(board.project)] if board.project else []
    return kit.section(said, kit.button(_("Show Deploys"), format_line("deploys", *project)))


def _get_name(project: ProjectSlug, names: Mapping[ProjectSlug, str]) -> str:
    return cut(escape(names.get(project) or project.name), 120)


def render_ended() -> Message:
    text = _(":pushpin: What runs where is no longer kept up to date here.")
    return Message(text, [kit.section(text, kit.button(_("Show Deploys"), format_line("deploys")))])


def render_refused(channel: str, reason: str) -> Message:
    """To whoever wanted it pinned: `reason` is Slack's word for why it is not."""
    sentence = _REFUSALS.get(reason, _REFUSED)
    where = subscription_blocks.format_channel(channel)
    text = _(sentence, channel=where, reason=as_code(reason, 60))
    return Message(text, [kit.section(text)])


def format_pinned(user: str, project: ProjectSlug | None) -> str:
    """For the channel in which somebody did that."""
    if project is None:
        return _(":pushpin: <@{user}> pinned what runs where in this channel's projects.", user=user)
    return _(":pushpin: <@{user}> pinned what runs where in {project}.", user=user, project=as_code(project.name))


def format_unpinned(user: str) -> str:
    return _(":pushpin: <@{user}> unpinned what runs where: it is no longer kept up to date.", user=user)
