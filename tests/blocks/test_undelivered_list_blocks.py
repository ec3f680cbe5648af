from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.blocks import undelivered_list_blocks
from bot.messages import Undelivered, WaitReason
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text

SINCE = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def _wait(number: int, why: WaitReason, channel: str = "C0WEB", *, reason: str | None = None) -> Undelivered:
    since = SINCE + timedelta(minutes=number)
    project = "gh/acme/web"
    return Undelivered(
        f"notice:{number}", "T1", channel, "key", since, 0, why, reason=reason, project=project, number=341
    )


WAITING = [
    _wait(1, WaitReason.REFUSED, reason="is_archived"),
    _wait(2, WaitReason.REFUSED, reason="is_archived"),
    _wait(3, WaitReason.REFUSED, "C0OPS", reason="is_archived"),
    _wait(4, WaitReason.REFUSED, "U0ADA", reason="some_new_word"),
    _wait(5, WaitReason.REFUSED, reason="hidden"),
    _wait(6, WaitReason.HIDDEN),
    _wait(7, WaitReason.UNREADABLE),
    _wait(8, WaitReason.FAILING),
    _wait(9, WaitReason.IN_LINE),
    _wait(10, WaitReason.SLACK_LIMIT),
]


def test_what_waits_is_told_by_reason_and_channel(golden: Check, valid_blocks: Check) -> None:
    message = undelivered_list_blocks.render(WAITING, 1, more=False)
    valid_blocks(message.blocks)
    golden("undelivered", list(message.blocks))


def test_each_is_told_with_what_it_is_about(golden: Check, valid_blocks: Check) -> None:
    message = undelivered_list_blocks.render_each(WAITING[:3], "is_archived", 1)
    valid_blocks(message.blocks)
    golden("undelivered_each", list(message.blocks))


def test_a_thousand_channels_come_a_page_at_a_time(valid_blocks: Check) -> None:
    many = [_wait(n, WaitReason.REFUSED, f"C{n:04}", reason="is_archived") for n in range(1000)]
    last = undelivered_list_blocks.render(many, 100, more=True)
    valid_blocks(last.blocks)
    told = get_text({"blocks": last.blocks})
    assert "More than 1,000 messages could not be said." in told
    assert "<#C0999>" in told
    assert "<#C0989>" not in told
