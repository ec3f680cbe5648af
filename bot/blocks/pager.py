"""The buttons under a page of a long list."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import kit
from bot.language import _
from bot.line import Written, extend_line


def build_pager(page: int, said: Written, *, more: bool, offers: Sequence[kit.Pressable] = ()) -> list[kit.Block]:
    """Previous and next page of the list that the line asks for, after what else it `offers`; nothing without any."""
    pages = [(_("Previous Page"), page - 1)] * (page > 1) + [(_("Next Page"), page + 1)] * more
    buttons = [kit.button(label, extend_line(said, page=str(number))) for label, number in pages]
    return [kit.actions([*offers, *buttons])] if offers or buttons else []
