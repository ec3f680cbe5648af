"""A hold is decided in a form that says in full what about, and asks why."""

from __future__ import annotations

from slack_sdk.models.blocks import PlainTextInputElement

from bot.blocks import action_blocks, kit, person_blocks, pipeline_title, policy_words
from bot.blocks.hold_blocks import Hold
from bot.circleci.links import Links
from bot.command import Modal, format_line
from bot.language import _
from bot.messages import Message
from bot.mrkdwn import as_code, as_link, cut
from bot.rules.policy_line import Demands

REASON = "reason"
MOST = 500
"""Characters of a reason."""

_TITLE = 24


def render_approve_form(hold: Hold, links: Links, demands: Demands) -> Modal:
    """Its submission approves; without a reason only where none is demanded."""
    first = "" if hold.changes else _(":mag: No hold of this name was approved here before.")
    wanted = policy_words.format_demands(demands)
    told = _("Your workspace's policy demands {demands}.", demands=wanted) if wanted else ""
    follows = action_blocks.format_follows(hold.snapshot, hold.workflow, hold.job, missing=hold.missing)
    asked = _build_reason_input(_("Why is this right?"), _("A ticket, or what you looked at."), required=demands.reason)
    title = cut(action_blocks.format_approve_label(hold.job), _TITLE)
    line = format_line("approve", hold.workflow.id, hold.job.id)
    submit = _("Approve and Promote") if hold.deploys else _("Approve")
    return Modal(
        title, [*_build_facts(hold, links, first, follows, hold.deploys, told), asked], line=line, submit=submit
    )


def render_decline_form(hold: Hold, links: Links, *, required: bool) -> Modal:
    """Its submission declines."""
    stops = action_blocks.format_stops(hold.snapshot, hold.workflow, hold.job)
    asked = _build_reason_input(_("Why not?"), _("Whoever waits for it reads this."), required=required)
    line = format_line("cancel", hold.workflow.id, job=hold.job.id)
    return Modal(_("Decline hold"), [*_build_facts(hold, links, stops), asked], line=line, submit=_("Decline"))


def _build_facts(hold: Hold, links: Links, *more: str) -> list[kit.Block]:
    """What it is about: the pipeline, its commit with its author and link, who started it, and what is new."""
    pipeline = hold.snapshot.pipeline
    starter = person_blocks.format_login(pipeline.actor_login)
    project = pipeline_title.get_project_name(hold.snapshot, hold.project)
    where = as_link(links.pipeline_url(hold.project, pipeline.number), f"{project} #{pipeline.number}")
    lines = [
        _("*{pipeline}* on {branch}", pipeline=where, branch=as_code(pipeline.ref or "?", 120)),
        pipeline_title.format_commit(pipeline),
        _("Started by {who}", who=starter) if starter else "",
        hold.changes,
        *more,
        hold.votes,
    ]
    return [kit.section("\n".join(filter(None, lines)))]


def _build_reason_input(label: str, hint: str, *, required: bool) -> kit.Block:
    element = PlainTextInputElement(action_id=REASON, multiline=True, max_length=MOST)
    return kit.input_block(label, element, block_id=REASON, hint=hint, optional=not required)


def render_approve_button(hold: Hold) -> Message:
    """Where no form could be opened."""
    text = _("A form asks why you approve {hold}.", hold=as_code(hold.job.name, 80))
    ask = action_blocks.build_approve_button(hold.snapshot, hold.workflow, hold.job, in_form=True)
    return Message(text, [kit.section(text), kit.actions([ask])])


def render_decline_button(hold: Hold) -> Message:
    """Where no form could be opened."""
    text = _("A form asks why you decline {hold}.", hold=as_code(hold.job.name, 80))
    return Message(
        text, [kit.section(text), kit.actions([action_blocks.build_decline_button(hold.workflow, hold.job)])]
    )
