"""What is said and asked before a start that the workspace's policy protects."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from slack_sdk.models.blocks import CheckboxesElement

from bot.blocks import kit
from bot.blocks.policy_words import format_policy_line, format_scope
from bot.command import Modal, Request, RequestSource, format_line
from bot.errors import Unconfirmed
from bot.language import _
from bot.messages import Message
from bot.rules.asked_demands import CONFIRMED
from bot.rules.policy_line import ANY, PolicyLine, PolicyScope
from bot.rules.policy_rank import Act

_NAMED = f"{CONFIRMED}:what"


def format_protected(
    act: Act, parameters: Collection[str], numbered: Sequence[tuple[int, PolicyLine]], what: str = ""
) -> str:
    """The start as the policy sees it, `what` more it is, and which lines ask for a second look (mrkdwn)."""
    said = {name: value for name, value in (act.parameters or {}).items() if name in parameters and value}
    scope = PolicyScope(
        act=act.name,
        project=_choose_name(act),
        branch=act.branch or None,
        tag=act.tag or None,
        workflow=act.workflow or None,
        parameters=tuple(sorted((name, str(value)) for name, value in said.items())),
    )
    head = _(":lock: *This is protected:* {scope}.", scope=format_scope(scope))
    return "\n".join([head, *filter(None, [what]), *(_format_line(number, line) for number, line in numbered)])


def _choose_name(act: Act) -> str:
    """The project as people know it, not by ids where it has another name."""
    names = sorted(act.projects or (), key=lambda one: (one.vcs == "circleci", str(one)))
    return str(names[0]) if names else ANY


def _format_line(number: int, line: PolicyLine) -> str:
    said = format_policy_line(line)
    return _("Line {number} of your workspace's policy: {line}.", number=number, line=said)


def render_question(asked: Unconfirmed, request: Request) -> Message:
    """With the button that says yes to just this."""
    typed = request.source is RequestSource.TYPED
    line = format_line("requests", "confirm", asked.mark, request.line, typed=typed)
    yes = kit.button(_("Confirm and Start"), line, style="primary")
    return Message(asked.message, [kit.section(asked.message), kit.actions([yes])])


def add_to_form(form: Modal, asked: Unconfirmed) -> Modal:
    """The form as it was filled in, and below it what has to be ticked."""
    blocks = [one for one in (*form.blocks, *form.original_blocks) if not _is_question(one.get("block_id"))]
    yes = kit.option(_("Confirm and start"), asked.mark)
    box = CheckboxesElement(action_id=CONFIRMED, options=[yes])
    ask = kit.input_block(_("Confirm what is protected"), box, block_id=CONFIRMED)
    return replace(form, blocks=(), original_blocks=[*blocks, kit.section(asked.message, block_id=_NAMED), ask])


def _is_question(block_id: object) -> bool:
    return str(block_id).startswith(CONFIRMED)
