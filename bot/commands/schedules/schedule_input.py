"""The schedule that a person wants, read from what they typed or filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.circleci.models import Timetable
from bot.circleci.schedules_api import Attribution
from bot.circleci.timetable import NEVER, parse_timetable
from bot.errors import Mistakes, UsageError
from bot.language import _
from bot.language.formats import join_and

_ACTORS: dict[str, Attribution] = {"me": "current", "system": "system"}


@dataclass(frozen=True, slots=True)
class NewSchedule:
    """A schedule to be made; parameters as typed."""

    name: str
    timetable: Timetable
    branch: str | None
    tag: str | None
    attribution: Attribution
    parameters: Mapping[str, str] = field(default_factory=dict)


def parse_schedule(texts: Mapping[str, str], parameters: Mapping[str, str]) -> NewSchedule:
    """`texts` are options without their dashes. Raises UsageError for what is missing or CircleCI would not take."""
    mistakes = Mistakes()
    mistakes.collect(lambda: _check_complete(texts), None)
    mistakes.collect(lambda: _check_ref(texts), None)
    mistakes.collect(lambda: _check_names(parameters), None)
    actor: Attribution = mistakes.collect(lambda: _parse_actor(texts.get("as", "me")), "current")
    when = mistakes.collect(lambda: _parse_when(texts), NEVER)
    mistakes.check()
    return NewSchedule(texts["name"].strip(), when, texts.get("branch"), texts.get("tag"), actor, parameters)


def _check_complete(texts: Mapping[str, str]) -> None:
    named = {"name": _("its name"), "on": _("its days (`--on`)"), "at": _("its hours (`--at`)")}
    missing = [label for name, label in named.items() if not texts.get(name, "").strip()]
    if missing:
        raise UsageError(_("A schedule also needs {missing}.", missing=join_and(missing)))


def _check_ref(texts: Mapping[str, str]) -> None:
    if texts.get("branch") and texts.get("tag"):
        raise UsageError(_("A schedule runs on a branch or on a tag: not on both."))


def _check_names(parameters: Mapping[str, str]) -> None:
    """A schedule keeps its ref among its parameters: by these two names nothing else can be said."""
    if names := sorted({"branch", "tag"} & parameters.keys()):
        raise UsageError(_("A schedule has no parameter `{name}`: say on what it runs by `--{name}`.", name=names[0]))


def _parse_actor(text: str) -> Attribution:
    if text not in _ACTORS:
        raise UsageError(_("A schedule runs as `me` or as `system`."), misread=(text, *_ACTORS))
    return _ACTORS[text]


def _parse_when(texts: Mapping[str, str]) -> Timetable:
    """What is missing is told elsewhere: it counts here as something that is right."""
    return parse_timetable(
        texts.get("on") or "MON", texts.get("at") or "0", texts.get("times", "1"), months=texts.get("months", "")
    )
