"""Which rows of the record somebody wants to see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Rows of which all of this is true; what is None or empty leaves it open. `act` is an act or a kind."""

    user: str = ""
    act: str = ""
    project: str = ""
    result: str = ""
    since: datetime | None = None
