"""What is said and asked before a start that the workspace's policy protects."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from slack_sdk.models.blocks import ButtonElement, CheckboxesElement, PlainTextInputElement

from bot.blocks import kit
from bot.blocks.decision_form_blocks import MOST
from bot.blocks.policy_words import format_policy_line, format_scope
from bot.command import Modal, Request, RequestSource, format_line
from bot.errors import Unconfirmed
from bot.language import _
from bot.messages import Message
from bot.rules.asked_demands import CONFIRMED, WHY
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
    """With the button that says yes to just this, or opens the form that asks why."""
    typed = request.source is RequestSource.TYPED
    if asked.asks_why:
        line = format_line("requests", "confirm", asked.mark, request.line, typed=typed, form=True, what=asked.message)
        return _render(asked.message, kit.button(_("Add Reason…"), line))
    line = format_line("requests", "confirm", asked.mark, request.line, typed=typed)
    return _render(asked.message, kit.button(_("Confirm and Start"), line, style="primary"))


def _render(text: str, button: ButtonElement) -> Message:
    return Message(text, [kit.section(text), kit.actions([button])])


def render_why_form(what: str, mark: str, line: str, *, typed: bool) -> Modal:
    """Its submission says yes to just this, and why; `line` goes on then."""
    confirmed = format_line("requests", "confirm", mark, line, typed=typed)
    blocks = [kit.section(what), _ask_why("")]
    return Modal(_("Protected start"), blocks, line=confirmed, submit=_("Confirm and Start"))


def add_to_form(form: Modal, asked: Unconfirmed, why: str = "") -> Modal:
    """The form as it was filled in, and below it what has to be ticked or said; `why` is what was said so far."""
    blocks = [one for one in (*form.blocks, *form.original_blocks) if not _is_question(one.get("block_id"))]
    asks = [*([_ask_yes(asked.mark)] if asked.asks_yes else []), *([_ask_why(why)] if asked.asks_why or why else [])]
    return replace(form, blocks=(), original_blocks=[*blocks, kit.section(asked.message, block_id=_NAMED), *asks])


def _ask_yes(mark: str) -> kit.Block:
    box = CheckboxesElement(action_id=CONFIRMED, options=[kit.option(_("Confirm and start"), mark)])
    return kit.input_block(_("Confirm what is protected"), box, block_id=CONFIRMED)


def _ask_why(why: str) -> kit.Block:
    element = PlainTextInputElement(action_id=WHY, multiline=True, max_length=MOST, initial_value=why or None)
    return kit.input_block(_("Reason"), element, block_id=WHY, hint=_("A ticket, or what you looked at."))


def _is_question(block_id: object) -> bool:
    return str(block_id).startswith(CONFIRMED)
