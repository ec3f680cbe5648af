"""What a column may hold about a person, and the facts of a table: FACTS (personal.py) is the list of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Holds(Enum):
    """What a column holds. The value says what erasing does with it."""

    OWNER = "goes"
    """Whose row it is: it goes with them."""
    NAME = "no longer names them"
    """Who did it or answers for it: a word that is nobody's takes the place of their id."""
    ASKER = "is emptied"
    """Who asked for it, or whose token read it: nobody, from then on."""
    TEXT = "no longer mentions them"
    """It may mention people: a word that is nobody's takes the place of their id."""
    DETAIL = ""
    """It comes and goes with its row."""
    KEPT = "stays"
    """It may name them, and the fact says why it stays."""


@dataclass(frozen=True, slots=True)
class PersonalFact:
    """A table with something about people. `what` is said in Slack too; `stays` says why what is kept stays."""

    table: str
    what: str
    why: str
    kept: str
    readers: str
    columns: Mapping[str, Holds]
    stays: str = ""

    def list_columns(self, holds: Holds) -> list[str]:
        return [name for name, what in self.columns.items() if what is holds]

    def format_erasure(self) -> str:
        """For operators: `stays, and made_by no longer names them`."""
        if self.stays:
            return f"stays: {self.stays}"
        if self.list_columns(Holds.OWNER):
            return Holds.OWNER.value
        changed = [(name, holds) for name, holds in self.columns.items() if holds.value]
        return "stays, and " + ", ".join(f"{name} {holds.value}" for name, holds in changed)
