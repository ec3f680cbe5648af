"""To decline a hold: it asks why, in a form, and says so wherever the hold was announced."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.actions import hold_approval, vote_counting
from bot.actions.follow_pipeline import follow_pipeline
from bot.actions.hold_approval import HeldWorkflow
from bot.blocks import decision_form_blocks, deed_blocks
from bot.blocks.hold_blocks import Hold
from bot.command import Context, Reply, RequestSource
from bot.language import _
from bot.messages import Message


async def refuse_hold(
    context: Context, held: HeldWorkflow, *, reason: str, form: bool, tell_circleci: Callable[[], Awaitable[None]]
) -> Reply:
    """By whichever way they ask it: who says no reason is asked for one."""
    request, found = context.request, held.found
    if request.source is not RequestSource.FORM and (form or not reason):
        return _ask_why(context, held, await hold_approval.load_hold(context, held))
    reason = reason or request.fields.get(decision_form_blocks.REASON, "").strip()
    await tell_circleci()
    await vote_counting.record_decline(context, held.build_approval(request.workspace), reason)
    action = deed_blocks.format_decision(deed_blocks.DECLINED, deed_blocks.DECLINED_WHY, held.name, reason)
    seen = await follow_pipeline(context, found.project, found.pipeline, action=action)
    text = _(":no_entry_sign: You declined {hold}. CircleCI may take some seconds.", hold=held.name)
    return Reply(Message(text), seen=seen)


def _ask_why(context: Context, held: HeldWorkflow, hold: Hold) -> Reply:
    """In the form that is open, or else by a button that opens it."""
    if context.request.view_id:
        return Reply(view=decision_form_blocks.render_decline_form(hold, context.links, required=held.demands.reason))
    return Reply(decision_form_blocks.render_decline_button(hold))
