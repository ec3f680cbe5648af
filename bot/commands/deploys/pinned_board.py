"""`deploys --pin` and `--unpin`: the channel's board of what runs where."""

from __future__ import annotations

from collections.abc import Sequence

from bot.actions import board_changes
from bot.actions.target_projects import resolve_project
from bot.blocks import announcement_blocks, board_blocks, kit
from bot.command import Context, ParsedLine, Reply, format_line
from bot.errors import UsageError
from bot.language import _
from bot.messages import Message

_ALONE, _BESIDE = frozenset({"pin", "unpin"}), frozenset({"here", "sure"})


def check_words(line: ParsedLine) -> None:
    """Raises UsageError where more is said than a project, or a project of what is unpinned."""
    said = line.options.keys() & _ALONE
    if said and (len(line.options.keys() - _BESIDE) > 1 or len(line.words) > 1):
        raise UsageError(_("`--pin` takes a project at most, and `--unpin` stands alone."))
    if "unpin" in said and line.words:
        raise UsageError(_("A channel has one board: `--unpin` stands alone."))


async def pin(context: Context, words: Sequence[str], *, sure: bool) -> Reply:
    """Of the project that is named, which they have to see, or of all that the channel hears of."""
    project = None
    if words:
        project = await resolve_project(context, words[0], lambda slug: format_line("deploys", slug, pin=True))
        await context.circleci.fetch_project(project)
    if question := await board_changes.ask_about_readers(context, project, sure=sure):
        return question
    told = await board_changes.pin(context, project)
    if told is None:
        text = _("What runs where is pinned here already: I look after that message.")
        return Reply(Message(text, [kit.section(text)]))
    text = board_blocks.format_pinned(context.request.user, project)
    buttons = announcement_blocks.build_undo_row(told.undo)
    return Reply(kit.add_buttons(Message(text, [kit.section(text)]), buttons), seen=told.seen)


async def unpin(context: Context) -> Reply:
    told = await board_changes.unpin(context)
    text = board_blocks.format_unpinned(context.request.user)
    buttons = announcement_blocks.build_undo_row(told.undo)
    return Reply(kit.add_buttons(Message(text, [kit.section(text)]), buttons), seen=told.seen)
