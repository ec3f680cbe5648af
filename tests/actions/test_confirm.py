from __future__ import annotations

import pytest

from bot.actions import confirm
from bot.command import Request, Source


@pytest.mark.parametrize(
    ("source", "sure", "asked"),
    [
        (Source.BUTTON, True, True),
        (Source.BUTTON, False, False),
        (Source.FORM, False, True),
        (Source.TYPED, True, False),
        (Source.TYPED, False, False),
        (Source.REDRAW, True, False),
        (Source.SHORTCUT, True, False),
    ],
)
def test_only_a_dialog_that_was_answered_counts_as_asked(source: Source, *, sure: bool, asked: bool) -> None:
    request = Request("T0", "U0", "keys rm x", source, "key")
    assert confirm.asked(request, sure=sure) is asked
    assert (confirm.opens(request, sure=sure) is None) is asked
