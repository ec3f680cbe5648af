"""Files as an answer: for the person alone, or for all who read the place where they asked."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import kit
from bot.command import Context, File, Reply
from bot.domain import Message

HERE = "--here"


def with_files(context: Context, files: Sequence[File], said: str, *, here: bool, again: str) -> Reply:
    """What was asked for in a thread, or with `--here`, is for everybody there; else it comes by direct message.

    `said` is mrkdwn that names the files; `again` is the line that asked, and a button shares them by it.
    """
    request = context.request
    if here or request.thread_ts or (request.channel or "D").startswith("D"):
        return Reply(Message(f":paperclip: {said}"), files=files, shared=True)
    text = f":paperclip: {said}: I sent it to you in a direct message."
    button = kit.actions([kit.button("Share it here", f"{again} {HERE}")])
    return Reply(Message(text, [kit.section(text), button]), files=files)
