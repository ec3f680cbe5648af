"""Before something is destroyed the person is asked: by a button's own dialog, or by a modal whose submission acts."""

from __future__ import annotations

from bot.blocks import kit, question_blocks
from bot.blocks.question_blocks import Confirmation
from bot.command import Context, Modal, Reply, Request, RequestSource
from bot.language import _


def is_confirmed(request: Request, *, sure: bool) -> bool:
    """Whether the person has confirmed this very line. `--sure` counts only from a button: Slack asked at its press.

    A form that says the line is the modal that we drew for it.
    """
    return request.source is RequestSource.FORM or (request.source is RequestSource.BUTTON and sure)


def build_loading_modal(request: Request, title: str, *, sure: bool) -> Modal | None:
    """The modal to ask in, filled in as soon as we know what it is about; `title` names the act."""
    return None if is_confirmed(request, sure=sure) else Modal(title, kit.build_loading(_("Reading what is there")))


def ask(context: Context, what: Confirmation) -> Reply:
    if context.request.view_id:
        return Reply(view=question_blocks.render_dialog(what))
    return Reply(question_blocks.render_message(what))
