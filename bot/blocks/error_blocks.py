"""How an error looks: one sentence, and what to do next. The only place where people meet errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.blocks import kit
from bot.command import Modal, Reply, Request
from bot.errors import BotError, CircleCIError, NextStep, OutdatedForm, UsageError
from bot.language import _, ngettext
from bot.messages import Message
from bot.mrkdwn import as_code


def render_reply(error: BotError, request: Request) -> Reply:
    """For the person alone: in the form that they filled in, in the modal that is open, or as an ephemeral message.

    A form is never lost to an error, whatever went wrong.
    """
    shown = render_blocks(error)
    if request.form:
        return Reply(view=_put_into_form(request.form, shown, error.field), errors=_list_errors(request.form, error))
    if request.view_id:
        title = _("One question") if error.message.endswith("?") else _("That did not work")
        return Reply(view=Modal(title=title, blocks=shown))
    return Reply(Message(error.message, shown))


_PROBLEM = "problem:"
_ROOM = 9_000
"""Of a menu, beside what is said: some sixty choices."""


def _put_into_form(form: Modal, shown: list[kit.Block], field: str) -> Modal:
    """The form with the error under the input that it is about, else on top; in place of the one before."""
    drawn, kept = ([one for one in part if not _is_problem(one)] for part in (form.blocks, form.original_blocks))
    blocks = [*drawn, *kept]
    at = next((number for number, one in reversed([*enumerate(blocks, 1)]) if field and _is_field(one, field)), 0)
    problem = [*shown, *([] if at else [kit.divider()])]
    named = [{**block, "block_id": f"{_PROBLEM}{number}"} for number, block in enumerate(problem)]
    if at == 0:
        return replace(form, blocks=[*named, *drawn], original_blocks=kept)
    return replace(form, blocks=blocks[:at], original_blocks=[*named, *blocks[at:]])


def _list_errors(form: Modal, error: BotError) -> dict[str, str]:
    """At the field, in plain text. What has a button has to be drawn, and so has a form that is drawn anew."""
    if isinstance(error, OutdatedForm):
        return {}
    at_fields = [_find_field_errors(form, one) for one in (error, *error.others)]
    return {name: text for found in at_fields for name, text in found.items()} if all(at_fields) else {}


def _find_field_errors(form: Modal, error: BotError) -> dict[str, str]:
    sentences = _list_sentences(error)
    if not error.field or len(sentences) < len(error.next_steps):
        return {}
    fields = (block for block in (*form.blocks, *form.original_blocks) if _is_field(block, error.field))
    return {str(block["block_id"]): " ".join([error.message, *sentences]) for block in fields}


def _is_problem(block: Mapping[str, Any]) -> bool:
    return block.get("type") != "input" and str(block.get("block_id")).startswith(_PROBLEM)


def _is_field(block: Mapping[str, Any], field: str) -> bool:
    return block.get("type") == "input" and str(block.get("block_id")).startswith(field)


def add_example(error: UsageError, line: str) -> None:
    """An example, unless the error is a question or says already how something is typed."""
    if not is_question(error.message) and not any("/circle " in str(step) for step in error.next_steps):
        example = _("Example: {line}", line=as_code(f"/circle {line}", 400))
        error.next_steps = (*error.next_steps, example)


def is_question(message: str) -> bool:
    """What is asked is no error: it carries no warning sign."""
    return message.rstrip("*").endswith("?")


def build_crash_error(reference: str) -> BotError:
    """What a bug looks like to a person: nothing of the inside, and a word to find it by in the log."""
    return BotError(
        _("Something went wrong on my side, and I do not know what became of it."),
        _("It is in circlebot's log as {reference}: tell the person who runs me.", reference=as_code(reference)),
    )


def build_busy_error() -> BotError:
    """For a person who asks faster than it can be done."""
    return BotError(
        _("I am still busy with what you asked before."), _("Try again in a moment: I did not do this one.")
    )


def render_blocks(error: BotError) -> list[kit.Block]:
    """The sentence, and what to do next; in a message, a modal or the Home."""
    sentences = _list_sentences(error)
    steps = [step for step in error.next_steps if isinstance(step, NextStep)]
    offered = kit.Picker(_("Choose…"), [(step.label, step.line) for step in steps])
    left = len(steps) - sum(map(len, offered.split_pages(_ROOM)[:1]))
    rest = ngettext("…and {count} more: name it.", "…and {count} more: name one.", left) if left else ""
    text = "\n".join([*_format_messages(error), *(f"• {sentence}" for sentence in [*sentences, rest] if sentence)])
    buttons = [kit.actions(_build_actions(offered))] if steps else []
    return [kit.section(text), *buttons, *kit.build_notes(format_reference(error))]


def format_reference(error: BotError) -> str:
    """By what circlebot's log and CircleCI's support find it; nothing where it is the person's own mistake."""
    ours, circlecis = error.reference, error.request_id if isinstance(error, CircleCIError) else None
    if not ours:
        return ""
    if not circlecis:
        return _("Request {reference}", reference=as_code(ours))
    return _("Request {reference} · CircleCI's {theirs}", reference=as_code(ours), theirs=as_code(circlecis, 64))


def _format_messages(error: BotError) -> list[str]:
    """What is wrong. With several mistakes each has its own hints beside it."""
    messages = [error.message, *(" ".join([one.message, *_list_sentences(one)]) for one in error.others)]
    return [message if is_question(message) else f":warning: {message}" for message in messages]


def _list_sentences(error: BotError) -> list[str]:
    return [step for step in error.next_steps if isinstance(step, str)]


def _build_actions(offered: kit.Picker) -> list[kit.Pressable]:
    """The connect button is primary: nothing else works without it."""
    if [said for _, said in offered.choices] == ["connect"]:
        return [kit.button(label, said, style="primary") for label, said in offered.choices]
    return offered.build_page(1, _ROOM)
