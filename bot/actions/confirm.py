"""Before something is destroyed the person is asked: by a button's own dialog, or by a modal whose submission acts."""

from __future__ import annotations

from bot.blocks import kit, question_blocks
from bot.blocks.question_blocks import Question
from bot.command import Context, Reply, Request, Source, View


def asked(request: Request, *, sure: bool) -> bool:
    """Whether the person has said yes to the very line: `--sure` counts only from a button, which asked by itself.

    A form that says the line is the modal that we drew for it.
    """
    return request.source is Source.FORM or (request.source is Source.BUTTON and sure)


def opens(request: Request, *, sure: bool) -> View | None:
    """The modal to ask in, filled in as soon as we know what it is about."""
    return None if asked(request, sure=sure) else View("One moment", kit.loading())


def ask(context: Context, what: Question) -> Reply:
    if context.request.view_id:
        return Reply(view=question_blocks.dialog(what))
    return Reply(question_blocks.message(what))
