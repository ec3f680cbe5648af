"""A hold: that it waits, that it still waits, and what became of it, with the buttons that mean something by then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.blocks import action_blocks, ahead_blocks, kit, pipeline_title, status_blocks, vote_blocks
from bot.circleci.links import Links
from bot.circleci.models import Job, Workflow
from bot.circleci.snapshot import Snapshot
from bot.command import format_line
from bot.domain import ProjectSlug
from bot.language import N_, _
from bot.language.formats import format_duration, join_and
from bot.messages import Message
from bot.mrkdwn import as_code, as_link
from bot.rules.hold_resolution import HoldResolution, ResolutionKind
from bot.rules.mention_words import format_mention
from bot.rules.voting import Standing


@dataclass(frozen=True, slots=True)
class Hold:
    """`job` holds `workflow` up; both may be bare ids where CircleCI no longer shows them.

    `standing` is what is known of its approval, in the workspace that reads; `deploys` says what approving it deploys
    where (mrkdwn), as far as that is known.
    """

    snapshot: Snapshot
    project: ProjectSlug
    workflow: Workflow
    job: Job
    standing: Standing | None = None
    deploys: str = ""

    @property
    def votes(self) -> str:
        return vote_blocks.format_standing(self.standing.approval) if self.standing else ""

    @property
    def missing(self) -> int:
        """How many approvals it still takes."""
        return self.standing.approval.missing if self.standing else 1

    @property
    def changes(self) -> str:
        """What changed since the last approval."""
        last = self.standing.last if self.standing else None
        return vote_blocks.format_changes(last, self.snapshot.pipeline) if last else ""


def render_waiting(hold: Hold, links: Links) -> Message:
    """The announcement where it stands alone."""
    return _render_with_decision(hold, _format_waiting(hold, links), links)


def render_by_card(hold: Hold, links: Links) -> Message:
    """The announcement below a card: that has the commit, the link and the primary button."""
    headline = _add_pipeline(hold, _format_waiting(hold, links))
    said = kit.section("\n".join(filter(None, [headline, _format_ahead(hold, links), hold.changes, hold.votes])))
    row = [*_build_decision_buttons(hold, main=False), *_build_ask_button(hold)]
    return Message(headline, [said, kit.actions(row)])


def _format_ahead(hold: Hold, links: Links) -> str:
    return ahead_blocks.format_ahead(hold.snapshot, hold.project, hold.job, links)


def _format_waiting(hold: Hold, links: Links) -> str:
    return _(":raised_hand: {hold} waits for approval", hold=_name(hold, links))


def render_reminder(hold: Hold, links: Links, at: datetime) -> Message:
    """What a reminder says of it that comes `at` this moment."""
    name, since = _name(hold, links), hold.job.started_at
    if since is None:
        what = _(":alarm_clock: {hold} still waits for approval", hold=name)
    else:
        span = format_duration((at - since).total_seconds())
        what = _(":alarm_clock: {hold} still waits for approval after {span}", hold=name, span=span)
    return _render_with_decision(hold, what, links)


def render_escalation(hold: Hold, links: Links, people: Sequence[str]) -> Message:
    """Nobody approved it in time: these are asked as well."""
    asked = join_and([format_mention(one) for one in people])
    what = _(":mega: {people}: nobody has approved {hold} yet", people=asked, hold=_name(hold, links))
    return _render_with_decision(hold, what, links)


def render_question(hold: Hold, links: Links, people: Sequence[str], asker: str) -> Message:
    """Somebody asks these to approve it."""
    asked = join_and([format_mention(one) for one in people])
    by, name = format_mention(asker), _name(hold, links)
    what = _(":mega: {people}: {who} asks you to approve {hold}", people=asked, who=by, hold=name)
    return _render_with_decision(hold, what, links)


def render_resolution(hold: Hold, end: HoldResolution, who: str, *, links: Links) -> Message:
    """What takes the place of either. `who` did it, in mrkdwn; empty where nobody knows."""
    when = f" · {status_blocks.format_ago(end.at)}" if end.at else ""
    where = pipeline_title.format_pipeline(hold.snapshot, hold.project)
    text = f"{_format_end(_name(hold, links), end, who)}{when} — {where}"
    left = [kit.actions([_build_open_button(hold, links)])] if end.kind in _STILL_LINKED else []
    return Message(text, [kit.section("\n".join(filter(None, [text, hold.votes]))), *left])


def _format_end(hold: str, end: HoldResolution, who: str) -> str:
    if end.kind is ResolutionKind.ENDED:
        label = status_blocks.get_label(end.status)
        text = _("{hold} no longer waits: its workflow ended: *{status}*", hold=hold, status=label)
        return f"{status_blocks.get_emoji(end.status)} {text}"
    emoji, alone, by = _ENDS[end.kind]
    return f"{emoji} {_(by, hold=hold, who=who) if who and by else _(alone, hold=hold)}"


def list_headlines(message: Message) -> list[str]:
    """What is said first of each hold."""
    return [block["text"]["text"].partition("\n")[0] for block in message.blocks if block["type"] == "section"]


def replace_headline(message: Message, begin: str) -> Message:
    """Of a message of one hold."""
    said, *rest = message.blocks
    _old, line, below = said["text"]["text"].partition("\n")
    return Message(begin, [{**said, "text": {**said["text"], "text": f"{begin}{line}{below}"}}, *rest])


def merge_messages(told: Sequence[Message]) -> Message:
    """Several holds in one message, each in words of its own; its text, which a notification shows, names them too."""
    if len(told) == 1:
        return told[0]
    text = "\n".join(one.text for one in told[:_MOST_NAMED])
    drawn = [block for one in told for block in one.blocks][:_MOST]
    return Message(text, kit.keep_one_primary(kit.take_fitting(kit.ROOM, drawn)))


_MOST = 45
"""Blocks that leave room for what may be added below (Slack: 50 in a message)."""

_MOST_NAMED = 5

_ENDS = {
    ResolutionKind.APPROVED: (":white_check_mark:", N_("{hold} was approved"), N_("{who} approved {hold}")),
    ResolutionKind.DECLINED: (":no_entry_sign:", N_("{hold} was declined"), N_("{who} declined {hold}")),
    ResolutionKind.CANCELED: (
        ":no_entry_sign:",
        N_("{hold} no longer waits: its workflow was canceled"),
        N_("{hold} no longer waits: {who} canceled its workflow"),
    ),
    ResolutionKind.SUPERSEDED: (
        ":repeat:",
        N_("{hold} no longer waits: its workflow was run again"),
        N_("{hold} no longer waits: {who} ran its workflow again"),
    ),
    ResolutionKind.EXPIRED: (
        ":hourglass:",
        N_("{hold} was not approved within 90 days: it can no longer be approved, and I no longer follow it"),
        "",
    ),
    ResolutionKind.LOST: (
        ":grey_question:",
        N_("{hold} is no longer followed: I can no longer see what became of it"),
        "",
    ),
}
"""How each looks, and what is said of it: alone, and where it is known who did it."""

_STILL_LINKED = frozenset({ResolutionKind.EXPIRED, ResolutionKind.LOST})
"""CircleCI may still show what became of these: the message keeps its link."""


def _render_with_decision(hold: Hold, what: str, links: Links) -> Message:
    """With what one has to know to decide, and the buttons that do."""
    headline = _add_pipeline(hold, what)
    commit = pipeline_title.format_commit(hold.snapshot.pipeline)
    told = [headline, commit, _format_ahead(hold, links), hold.changes, hold.votes]
    return Message(
        headline,
        [
            kit.section("\n".join(filter(None, told))),
            kit.actions([*_build_decision_buttons(hold), _build_open_button(hold, links)]),
        ],
    )


def _add_pipeline(hold: Hold, what: str) -> str:
    return f"{what} — {pipeline_title.format_pipeline(hold.snapshot, hold.project)}"


def _name(hold: Hold, links: Links) -> str:
    """``approve-staging` of release`."""
    url = links.workflow_url(hold.project, hold.snapshot.pipeline.number, hold.workflow.id)
    name = hold.workflow.name or _("a workflow")
    workflow = f"*{as_link(url, name)}*"
    if not hold.job.name:
        return _("A hold of {workflow}", workflow=workflow)
    return _("{hold} of {workflow}", hold=as_code(hold.job.name, 100), workflow=workflow)


def _build_decision_buttons(hold: Hold, *, main: bool = True) -> Iterator[kit.Pressable]:
    yield action_blocks.build_approve_button(hold.snapshot, hold.workflow, hold.job, main=main)
    yield action_blocks.build_decline_button(hold.workflow, hold.job)


def _build_ask_button(hold: Hold) -> Iterator[kit.Pressable]:
    """Where the policy says whom to ask, or one is not enough."""
    if hold.standing and (hold.standing.approval.approvers or hold.standing.approval.needed > 1):
        yield kit.button(_("Ask for Approval"), format_line("ask", hold.workflow.id, hold.job.id))


def _build_open_button(hold: Hold, links: Links) -> kit.Pressable:
    url = links.workflow_url(hold.project, hold.snapshot.pipeline.number, hold.workflow.id)
    return kit.link_button(_("Open in CircleCI"), url, about=hold.workflow.name)
