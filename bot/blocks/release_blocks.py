"""What a card says of the deploys of its pipeline, and of those that its holds keep: a line each."""

from __future__ import annotations

from bot.blocks import ahead_blocks, kit, status_blocks
from bot.blocks.deploy_notice_blocks import NAME, REASON, VERSION, format_place
from bot.circleci.pipeline_releases import PipelineRelease
from bot.circleci.snapshot import Snapshot
from bot.domain import ProjectSlug
from bot.language import N_, _
from bot.mrkdwn import as_code, cut, escape, format_leftover
from bot.untrusted.invisible_marks import to_one_line

_MOST = 5

_STATES = {
    "pending": (":hourglass_flowing_sand:", N_("{version} is to be deployed to {place} ({ago})")),
    "running": (":large_blue_circle:", N_("{version} is being deployed to {place} ({ago})")),
    "validating": (":mag:", N_("{version} is being validated in {place} ({ago})")),
    "success": (":rocket:", N_("{version} was deployed to {place} ({ago})")),
    "failed": (":x:", N_("{version} was not deployed to {place} ({ago})")),
    "invalid": (":x:", N_("{version} failed its validation in {place} ({ago})")),
    "canceled": (":no_entry_sign:", N_("The deploy of {version} to {place} was canceled ({ago})")),
}
_BACK = {
    "pending": (":hourglass_flowing_sand:", N_("{place} is to be rolled back to {version} ({ago})")),
    "running": (":leftwards_arrow_with_hook:", N_("{place} is being rolled back to {version} ({ago})")),
    "success": (":leftwards_arrow_with_hook:", N_("{place} was rolled back to {version} ({ago})")),
    "failed": (":x:", N_("{place} was not rolled back to {version} ({ago})")),
}
_UNKNOWN = (":grey_question:", N_("{version} in {place}: {status} ({ago})"))


def build_lines(snapshot: Snapshot, project: ProjectSlug, *, followed: bool) -> list[kit.Block]:
    """The newest ones. Nobody looks any more where it is not `followed`: what moved then is not said."""
    shown = [one for one in snapshot.releases if followed or not one.is_moving]
    lines = [*(_format_line(one, project) for one in shown[-_MOST:]), format_leftover(len(shown) - _MOST)]
    ahead = list(ahead_blocks.list_card_lines(snapshot, project)) if followed else []
    lines += [*ahead[:_MOST], format_leftover(len(ahead) - _MOST)]
    return kit.build_notes("\n".join(filter(None, lines)))


def _format_line(release: PipelineRelease, project: ProjectSlug) -> str:
    state = "invalid" if release.state == "failed" and release.was_validated else release.state
    emoji, sentence = (_BACK if release.brings_back else {}).get(state) or _STATES.get(state, _UNKNOWN)
    at = release.ended_at or release.created_at
    text = _(
        sentence,
        version=as_code(release.version or "?", VERSION),
        place=format_place(release.environment, release.component, release.namespace, project),
        ago=status_blocks.format_ago(at) if at else "?",
        status=cut(escape(state), NAME),
    )
    reason = f": {escape(cut(to_one_line(release.reason), REASON))}" if release.reason else ""
    return f"{emoji} {text}{reason}"
