"""What a project's settings hold. No value of a variable and no webhook's secret is ever read."""

from __future__ import annotations

from collections.abc import Mapping

from bot.circleci.models.model import Flag, Many, Model, When, Word
from bot.circleci.models.people_models import User
from bot.untrusted.patterns import compile_linear

_MASKED = compile_linear(r"xxxx(.{4})")


class CheckoutKey(Model):
    """A key that CircleCI checks code out with. `type` is `deploy-key` or `github-user-key`."""

    public_key: Word = ""
    type: Word = ""
    fingerprint: Word = ""
    preferred: Flag = False
    created_at: When = None


class Variable(Model):
    """An environment variable of a project; `value` is CircleCI's mask of it, as `xxxx1234`."""

    name: str
    value: Word = ""
    created_at: When = None

    @property
    def masked_value(self) -> str:
        """`xxxx1234`; of a value too short to hide anything, or not masked at all, nothing is shown."""
        return self.value if _MASKED.fullmatch(self.value) else "xxxx"


class Timetable(Model):
    """When a schedule triggers. Hours are UTC; `days_of_week` (MON…) and `days_of_month` exclude each other."""

    per_hour: int = 1
    hours_of_day: Many[int] = ()
    days_of_week: Many[str] = ()
    days_of_month: Many[int] = ()
    months: Many[str] = ()

    def to_body(self) -> dict[str, object]:
        """As a request spells it; what is empty is left out."""
        lists: dict[str, tuple[int | str, ...]] = {
            "hours-of-day": self.hours_of_day,
            "days-of-month": self.days_of_month,
            "days-of-week": self.days_of_week,
            "months": self.months,
        }
        return {"per-hour": self.per_hour, **{name: list(chosen) for name, chosen in lists.items() if chosen}}


class Schedule(Model):
    """A scheduled pipeline. `parameters` hold its branch or tag among the pipeline's own."""

    id: str
    name: Word = ""
    description: str | None = None
    project_slug: Word = ""
    timetable: Timetable = Timetable()
    parameters: Mapping[str, int | str | bool] = {}
    actor: User | None = None
    created_at: When = None
    updated_at: When = None


class ContextName(Model):
    """A context of an organisation."""

    id: str
    name: Word = ""
    created_at: When = None


class ContextVariable(Model):
    """A variable of a context, by its name; CircleCI never tells its value."""

    variable: str
    created_at: When = None
    updated_at: When = None


class Webhook(Model):
    """Where a project tells of completed workflows and jobs."""

    id: str
    name: Word = ""
    url: Word = ""
    events: Many[str] = ()
    verify_tls: bool = True
    created_at: When = None
    updated_at: When = None
