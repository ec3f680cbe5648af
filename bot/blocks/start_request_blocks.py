"""A start that waits for others: what is asked of whom, where it stands, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import PlainTextInputElement

from bot.blocks import kit, vote_blocks
from bot.blocks.decision_form_blocks import MOST, REASON
from bot.blocks.deed_blocks import shorten_reason
from bot.blocks.policy_words import format_scope
from bot.blocks.status_blocks import format_moment
from bot.command import Modal, format_line
from bot.language import N_, _, ngettext, say_kept
from bot.language.formats import join_and
from bot.messages import Message
from bot.mrkdwn import as_quote
from bot.permissions import format_mention
from bot.rules.policy_line import PolicyScope
from bot.rules.start_request import StartRequest, StartState
from bot.rules.voting import Approval

_LONGEST = 300
_ENDS = {
    StartState.WAITING: N_(":hourglass_flowing_sand: {asker} asks to start this: {scope}"),
    StartState.STARTING: N_(":hourglass_flowing_sand: This was approved, and is being started for {asker}: {scope}"),
    StartState.STARTED: N_(":white_check_mark: This was approved, and started in the name of {asker}: {scope}"),
    StartState.REFUSED: N_(":warning: This was not started for {asker}: {scope}"),
    StartState.DECLINED: N_(":no_entry_sign: {who} declined what {asker} asked to start: {scope}"),
    StartState.WITHDRAWN: N_(":leftwards_arrow_with_hook: {asker} withdrew what they asked to start: {scope}"),
    StartState.EXPIRED: N_(":hourglass: Nobody approved in time what {asker} asked to start: {scope}"),
}


def render(start: StartRequest, approval: Approval) -> Message:
    """Where it waits, and from then on."""
    said = format_end(start)
    counted = "\n".join(filter(None, [said, _format_standing(start, approval)]))
    if start.state is not StartState.WAITING:
        return Message(said, [kit.section(counted)])
    return _render_question(start, said, counted, _format_asked(approval))


def render_escalation(start: StartRequest, approval: Approval) -> Message:
    """Nobody approved it in time: these are asked as well. Once it has ended it says that instead."""
    if start.state is not StartState.WAITING:
        return render(start, approval)
    asked = join_and([format_mention(one) for one in approval.escalate_to])
    people = _(":mega: {people}: nobody has approved this yet. Do you?", people=asked)
    said = format_end(start)
    counted = "\n".join(filter(None, [said, _format_standing(start, approval)]))
    return _render_question(start, said, counted, people)


def _render_question(start: StartRequest, said: str, counted: str, people: str) -> Message:
    buttons = [
        kit.button(_("Approve Start"), format_line("requests", "approve", start.id), style="primary"),
        kit.button(_("Decline…"), format_line("requests", "decline", start.id, form=True)),
        kit.button(_("Withdraw"), format_line("requests", "withdraw", start.id)),
    ]
    return Message(f"{said}\n{people}", [kit.section(f"{counted}\n{people}"), kit.actions(buttons)])


def _format_asked(approval: Approval) -> str:
    people = join_and([format_mention(one) for one in approval.approvers])
    return _("{people}: do you approve it?", people=people)


def _format_standing(start: StartRequest, approval: Approval) -> str:
    if start.state is StartState.WAITING:
        until = _("It waits until {moment}.", moment=format_moment(start.ends_at))
        return "\n".join(filter(None, [vote_blocks.format_standing(approval), until]))
    return vote_blocks.format_standing(approval)


def format_end(start: StartRequest) -> str:
    """What was asked, and what became of it (mrkdwn)."""
    who = format_mention(start.ended_by) if start.ended_by else ""
    said = _(_ENDS[start.state], asker=format_mention(start.user), who=who, scope=_format_scope(start))
    reason = _("The reason: “{reason}”", reason=shorten_reason(start.reason)) if start.reason else ""
    return "\n".join([said, *filter(None, [say_kept(start.what), reason]), *_quote_why(start)])


def _quote_why(start: StartRequest) -> list[str]:
    """A person's words, or a sentence of ours."""
    if start.state is StartState.DECLINED:
        return [as_quote(start.why, _LONGEST)]
    return [f"> {line}" for line in say_kept(start.why).splitlines()]


def _format_scope(start: StartRequest) -> str:
    about = start.target
    return format_scope(
        PolicyScope(
            act=start.act,
            project=about.project,
            branch=about.branch or None,
            tag=about.tag or None,
            workflow=about.workflow or None,
            parameters=tuple(sorted((name, value) for name, value in about.parameters.items() if value)),
        )
    )


def render_end(ended: StartRequest) -> Message:
    """For whoever asked, who may look elsewhere by then: an edit notifies nobody."""
    said = _("{asker}: what you asked for is not started.", asker=format_mention(ended.user))
    text = "\n".join([said, *_quote_why(ended)])
    return Message(text, [kit.section(text)])


def render_asked(people: Sequence[str]) -> Message:
    """For whoever asked: it waits."""
    asked = join_and([format_mention(one) for one in people])
    text = _(":hourglass_flowing_sand: Others have to approve this first: I asked {people}.", people=asked)
    return Message(text, [kit.section(text)])


def render_vote(start: StartRequest, left: int) -> Message:
    """For whoever approved it, where more have to."""
    rest = vote_blocks.format_left(left) if left else _("It is being started just now.")
    done = _(":ballot_box_with_check: You approved it.")
    text = f"{done} {rest}"
    back = kit.button(_("Withdraw My Approval"), format_line("requests", "withdraw", start.id))
    return Message(text, [kit.section(text), kit.actions([back])])


def render_list(waiting: Sequence[StartRequest]) -> Message:
    """Those that wait where somebody asks."""
    if not waiting:
        return Message(_("Nothing waits here for the approval of others."))
    head = ngettext("{count} start waits here:", "{count} starts wait here:", len(waiting))
    return Message(head, kit.build_sections([head, *map(format_end, waiting)]))


def render_decline_form(start: StartRequest) -> Modal:
    """Its submission declines."""
    reason = PlainTextInputElement(action_id=REASON, multiline=True, max_length=MOST)
    hint = _("Whoever waits for it reads this.")
    ask = kit.input_block(_("Why not?"), reason, block_id=REASON, hint=hint)
    line = format_line("requests", "decline", start.id)
    return Modal(_("Decline start"), [kit.section(format_end(start)), ask], line=line, submit=_("Decline"))


def render_decline_button(start: StartRequest) -> Message:
    """Where no form could be opened."""
    text = _("A form asks why you decline it.")
    ask = kit.button(_("Decline…"), format_line("requests", "decline", start.id, form=True))
    return Message(text, [kit.section(text), kit.actions([ask])])
