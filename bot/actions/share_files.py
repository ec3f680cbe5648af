"""Files as an answer: for the person alone; for all who read there only where they said so (`--here`)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.actions import reachability
from bot.blocks import kit
from bot.command import Context, File, Reply
from bot.conversation import PlaceKind
from bot.language import _, ngettext
from bot.line import Written, extend_line
from bot.messages import Message


def reply_with_files(
    context: Context,
    files: Sequence[File],
    said: str,
    *,
    here: bool,
    again: Written,
    notes: Sequence[str] = (),
    more: Sequence[kit.Pressable] = (),
) -> Reply:
    """What was asked for with `--here` is for everybody there; else it comes by direct message, also from a thread.

    `said` is mrkdwn that names the files; `again` is the line that asked, and a button shares them by it. `notes` are
    sentences to add, `more` are further buttons.
    """
    shared = here or is_private_conversation(context)
    text = f":paperclip: {said}" if shared else _format_sent(files, said)
    share = _("Share It Here") if len(files) == 1 else _("Share Them Here")
    buttons = [*([] if shared else [kit.button(share, extend_line(again, here=True))]), *more]
    blocks = [kit.section(text), *map(kit.section, notes), *([kit.actions(buttons)] if buttons else [])]
    return Reply(Message(text, blocks), files=files, shared=shared)


def _format_sent(files: Sequence[File], said: str) -> str:
    return ngettext(
        ":paperclip: {files}: I sent it to you in a direct message.",
        ":paperclip: {files}: I sent them to you in a direct message.",
        len(files),
        files=said,
    )


def is_private_conversation(context: Context) -> bool:
    """Where nobody else reads: our own direct messages."""
    return reachability.get_place_kind(context.request) is PlaceKind.OWN_DM


def reply_with_picture(
    context: Context,
    picture: File | None,
    told: Message,
    *,
    buttons: Sequence[kit.Pressable],
    here: bool,
    again: Written,
) -> Reply:
    """A picture with its words and numbers in one message, where files go.

    Where only the person is to see them, words and numbers come at once, and the picture by direct message. Where
    nothing can be drawn there is no picture, and the message says so.
    """
    shared = here or is_private_conversation(context)
    share = [] if shared else [kit.button(_("Share It Here"), extend_line(again, here=True))]
    if picture is None:
        note = _(":1234: These are the numbers alone: circlebot is installed without pictures here.")
        return Reply(kit.add_buttons(kit.add_notes(told, [note]), [*buttons, *share]), shared=shared)
    caption = kit.add_buttons(told, buttons)
    if shared:
        return Reply(files=[picture], shared=True, caption=caption)
    mine = kit.add_notes(told, [_(":bar_chart: The picture is in our direct messages.")])
    return Reply(kit.add_buttons(mine, [*buttons, *share]), files=[picture], caption=caption)
