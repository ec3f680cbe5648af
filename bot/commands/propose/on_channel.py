"""What would become of the messages in this channel."""

from __future__ import annotations

from collections.abc import Sequence

from bot.actions import mute_wish
from bot.actions.mute_wish import MuteWish
from bot.blocks import mute_blocks, proposal_blocks
from bot.command import Context, format_line
from bot.language import _
from bot.messages import Message


async def propose_mute(context: Context, words: Sequence[str]) -> Message:
    """What is muted, and until when; where no time was said, the question for how long."""
    wish = MuteWish.parse(words)
    mute = await mute_wish.resolve(context, wish)
    if isinstance(mute, Message):
        return mute
    line = format_line("mute", *wish.typed, *filter(None, [mute.about]))
    return proposal_blocks.render(mute_blocks.format_proposal(mute), [(_("Mute"), line)])
