"""Votes for what several people approve: where it stands, who said what, and what was lost on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.blocks import person_blocks, status_blocks
from bot.circleci.links import build_compare_url
from bot.circleci.models import Pipeline
from bot.language import N_, _, ngettext
from bot.mrkdwn import as_code, as_link, as_quote, cut, escape
from bot.rules.voting import Approval, Loss, Vote

_LONGEST = 200
_MOST = 10

_LOSSES = {
    Loss.WITHDRAWN: N_("{who} withdrew their approval"),
    Loss.EXPIRED: N_("The approval of {who} has expired"),
    Loss.NOT_ALLOWED: N_("The approval of {who} no longer counts: they may not approve this any more"),
    Loss.DISCONNECTED: N_("The approval of {who} no longer counts: their CircleCI account is not connected any more"),
    Loss.REFUSED: N_("The approval of {who} does not count: CircleCI refused it"),
    Loss.SUPERSEDED: N_("The approval of {who} ended with what it was for"),
}
"""By why it does not count."""


def format_standing(approval: Approval) -> str:
    """How many there are of how many, with who and why, a line each (mrkdwn); "" where there is nothing to say.

    Of what was declined it is why.
    """
    if approval.declined_why:
        return as_quote(approval.declined_why, _LONGEST)
    counting = [one for one in approval.votes if one.loss is None]
    if approval.needed < 2 and not approval.votes:
        return ""
    return "\n".join([_format_count(approval, len(counting)), *_list_votes(counting), *_list_losses(approval)])


def format_changes(last: Approval, pipeline: Pipeline) -> str:
    """What is new since the last approval, and whose that was (mrkdwn); `pipeline` is what waits now."""
    when = status_blocks.format_moment(last.called_at) if last.called_at else ""
    by = person_blocks.format_user(last.caller) if last.caller else ""
    if last.revision == pipeline.revision:
        what = _("the same commit")
    else:
        url = build_compare_url(pipeline.repository_url, last.revision, pipeline.revision)
        pair = f"{last.revision[:7]}…{(pipeline.revision or '')[:7]}"
        what = as_link(url, pair) if url else as_code(pair)
    if by:
        return _(":mag: Since {who} approved it last, {when}: {changes}", who=by, when=when, changes=what)
    return _(":mag: Since it was approved last, {when}: {changes}", when=when, changes=what)


def _format_count(approval: Approval, count: int) -> str:
    return ngettext(
        ":busts_in_silhouette: {given} of {count} approval",
        ":busts_in_silhouette: {given} of {count} approvals",
        approval.needed,
        given=count,
    )


def _list_votes(votes: Sequence[Vote]) -> Iterator[str]:
    for one in votes[:_MOST]:
        who, when = _call(one), status_blocks.format_moment(one.voted_at)
        reason = cut(escape(one.reason), _LONGEST)
        yield f"> {who}, {when} — {reason}" if reason else f"> {who}, {when}"


def _list_losses(approval: Approval) -> Iterator[str]:
    yield from (f"> {format_loss(one)}" for one in [one for one in approval.votes if one.loss][:_MOST])


def format_loss(vote: Vote) -> str:
    """Whose vote does not count, and why (mrkdwn)."""
    sentence = _LOSSES[vote.loss or Loss.WITHDRAWN]
    return _(sentence, who=_call(vote))


def _call(vote: Vote) -> str:
    return person_blocks.format_user(vote.user) or _("somebody")


def format_left(left: int) -> str:
    """What is missing."""
    return ngettext("{count} more approval is needed.", "{count} more approvals are needed.", left)
