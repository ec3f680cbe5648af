"""What a workspace's policy says, and where it is more open than it reads: lines for the doctor."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from bot.domain.slack_groups import UserGroup
from bot.rules.policy_gaps import find_open_channels, find_open_siblings
from bot.rules.policy_line import EVERYBODY, LISTEN, PolicyLine, list_groups
from bot.rules.policy_plain import format_plain


def format_lines(lines: Sequence[PolicyLine]) -> Iterator[str]:
    """Each line as a plan shows it, in an order of its own."""
    yield from sorted(map(format_plain, lines))


def find_loopholes(lines: Sequence[PolicyLine], known: Collection[UserGroup]) -> Iterator[str]:
    """What weakens a line: an open act of its family, rules that everybody may change, a group that is gone."""
    for gap in find_open_siblings(lines):
        people = ", ".join("everybody else" if who == EVERYBODY else who for who in gap.who)
        yield f"{gap.act} is open to {people}, in spite of {format_plain(gap.line)}"
    for channel in find_open_channels(lines):
        yield (
            f"anybody who is connected may change what {channel} hears, and so which projects its lines hold for: "
            f"add one for `{LISTEN}`"
        )
    yield from _find_lost_groups(lines, known)


def _find_lost_groups(lines: Sequence[PolicyLine], known: Collection[UserGroup]) -> Iterator[str]:
    """Those that lines name and Slack does not show: nobody has rights by them any more."""
    shown = {one.id for one in known if one.is_shown}
    for who in sorted(list_groups(lines) - shown):
        yield (
            f"Slack does not show the user group {who}, or has not been asked yet: nobody may do anything by it, and "
            "what it forbids stays forbidden to those who were in it; it needs the scope `usergroups:read`"
        )
