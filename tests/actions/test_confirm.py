from __future__ import annotations

from bot.actions import confirm
from bot.command import Request, RequestSource
from tests.plugins.each_case import each_case


@each_case(
    ("source", "sure", "asked"),
    [
        (RequestSource.BUTTON, True, True),
        (RequestSource.BUTTON, False, False),
        (RequestSource.FORM, False, True),
        (RequestSource.TYPED, True, False),
        (RequestSource.TYPED, False, False),
        (RequestSource.REDRAW, True, False),
        (RequestSource.SHORTCUT, True, False),
    ],
)
def test_only_a_dialog_that_was_answered_counts_as_asked(source: RequestSource, *, sure: bool, asked: bool) -> None:
    request = Request("T0", "U0", "keys rm x", source, "key")
    assert confirm.is_confirmed(request, sure=sure) is asked
    assert (confirm.build_loading_modal(request, "Remove key", sure=sure) is None) is asked
