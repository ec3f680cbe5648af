"""What is asked before something is destroyed: behind a button by Slack's own dialog, for a typed line by a modal.

Both name exactly what will happen. A button says its line with `--sure`; the modal's submission says it without.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.blocks import kit
from bot.command import Modal
from bot.line import Written, extend_line
from bot.messages import Message


@dataclass(frozen=True, slots=True)
class Confirmation:
    """`title` (24 characters) asks, `text` (mrkdwn, 300 characters) tells what will happen, `yes` and `line` do it.

    `danger` says that something is lost by it.
    """

    title: str
    text: str
    yes: str
    line: Written
    danger: bool = True


def build_button(label: str, question: Confirmation, *, style: str | None = None) -> kit.Pressable:
    """A row's button is plain: red is for the one act that a whole message is about."""
    sure = kit.confirm(question.title, question.text, question.yes, danger=question.danger)
    return kit.button(label, extend_line(question.line, sure=True), style=style, confirm=sure)


def render_dialog(question: Confirmation) -> Modal:
    return Modal(question.title, [kit.section(question.text)], line=question.line, submit=question.yes)


def render_message(question: Confirmation) -> Message:
    """Where no modal can be opened."""
    style = "danger" if question.danger else "primary"
    return Message(
        question.text,
        [kit.section(question.text), kit.actions([build_button(f"{question.yes}…", question, style=style)])],
    )
