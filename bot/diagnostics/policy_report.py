"""What a workspace's policy says, and where it is more open than it reads: lines for the doctor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.rules.policy_gaps import find_open_channels, find_open_siblings
from bot.rules.policy_line import EVERYBODY, LISTEN, PolicyLine
from bot.rules.policy_plain import format_plain


def format_lines(lines: Sequence[PolicyLine]) -> Iterator[str]:
    """Each line as a plan shows it, in an order of its own."""
    yield from sorted(map(format_plain, lines))


def find_loopholes(lines: Sequence[PolicyLine]) -> Iterator[str]:
    """What weakens a line: another act of its family that is open, and rules that everybody may change."""
    for gap in find_open_siblings(lines):
        people = ", ".join("everybody else" if who == EVERYBODY else who for who in gap.who)
        yield f"{gap.act} is open to {people}, in spite of {format_plain(gap.line)}"
    for channel in find_open_channels(lines):
        yield (
            f"anybody who is connected may change what {channel} hears, and so which projects its lines hold for: "
            f"add one for `{LISTEN}`"
        )
