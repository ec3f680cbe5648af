"""What became of a policy from one version to another, and the same taken back. Pure; lines have no order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.rules.policy_line import PolicyLine

Lines = Sequence[PolicyLine]


@dataclass(frozen=True, slots=True)
class PolicyDifference:
    removed: tuple[PolicyLine, ...]
    added: tuple[PolicyLine, ...]

    @property
    def is_empty(self) -> bool:
        return not self.removed and not self.added

    @property
    def inverse(self) -> PolicyDifference:
        """What takes it back."""
        return PolicyDifference(removed=self.added, added=self.removed)

    def apply(self, lines: Lines) -> tuple[PolicyLine, ...]:
        """These lines with the change, as far as it is not there yet: what else was changed meanwhile stays.

        What comes takes the place of what goes, so that a line that is changed keeps its number.
        """
        at = next((at for at, one in enumerate(lines) if one in self.removed), len(lines))
        kept = [one for one in lines if one not in self.removed]
        return (*kept[:at], *(one for one in self.added if one not in kept), *kept[at:])


def compare_lines(before: Lines, after: Lines) -> PolicyDifference:
    return PolicyDifference(
        removed=tuple(one for one in before if one not in after),
        added=tuple(one for one in after if one not in before),
    )
