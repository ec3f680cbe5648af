"""A project's schedules: when they run, in words, the list of them, and what came of an act."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import kit, question_blocks, settings_blocks
from bot.blocks.question_blocks import Question
from bot.circleci.models import Schedule, Timetable
from bot.circleci.timetable import DAYS, never_comes
from bot.command import line
from bot.domain import ProjectSlug
from bot.messages import Message
from bot.mrkdwn import code, cut, escape

NOT_HERE = (
    "Projects that use GitLab or the GitHub App have no schedules by CircleCI's API: set them up on its web page."
)


def listed(slug: ProjectSlug, schedules: Sequence[Schedule], page: int) -> list[kit.Block]:
    may_add = slug.vcs != "circleci"
    add = [kit.button("Add a schedule…", line("schedules", "add", str(slug)))] if may_add else []
    return settings_blocks.listed(
        slug,
        line("schedules", str(slug)),
        [_row(slug, schedule) for schedule in schedules],
        page,
        title="Schedules",
        note="Hours are UTC." if may_add else NOT_HERE,
        offers=add,
    )


def _row(slug: ProjectSlug, schedule: Schedule) -> list[kit.Block]:
    verb, label = ("resume", "Resume") if never_comes(schedule.timetable) else ("pause", "Pause")
    change = kit.button(label, line("schedules", verb, str(slug), schedule.id))
    remove = question_blocks.button("Delete", removal(slug, schedule))
    about = f"\n_{cut(escape(schedule.description), 300)}_" if schedule.description else ""
    return [kit.section(f"*{name(schedule)}* — {what(schedule)}{about}"), kit.actions([change, remove])]


def name(schedule: Schedule) -> str:
    return cut(escape(schedule.name), 100) or code(schedule.id)


def what(schedule: Schedule) -> str:
    """`branch main, MON to FRI at 02:00 UTC, as *Grace*`."""
    kind = "tag" if "tag" in schedule.parameters else "branch"
    ref = str(schedule.parameters.get(kind, ""))
    others = [f"{key}={value}" for key, value in schedule.parameters.items() if key not in {"branch", "tag"}]
    given = f", {', '.join(code(pair, 60) for pair in others[:6])}" if others else ""
    actor = f", as {cut(escape(schedule.actor.name or schedule.actor.login), 60)}" if schedule.actor else ""
    return f"{kind} {code(ref, 100)}, {when(schedule.timetable)}{given}{actor}"


def when(timetable: Timetable) -> str:
    """In words: `MON to FRI at 02:00 and 14:00 UTC`."""
    if never_comes(timetable):
        return ":double_vertical_bar: *paused*"
    days = _spans([DAYS.index(day) for day in timetable.days_of_week if day in DAYS])
    named = _listed([f"{DAYS[a]} to {DAYS[b]}" if b > a else DAYS[a] for a, b in days])
    monthly = f"on day {_listed([str(day) for day in timetable.days_of_month])} of the month"
    hours = [f"{a:02}:00 to {b:02}:00" if b > a else f"{a:02}:00" for a, b in _spans(timetable.hours_of_day)]
    often = f", {timetable.per_hour} times an hour" if timetable.per_hour > 1 else ""
    months = f" in {_listed([escape(month) for month in timetable.months])}" if timetable.months else ""
    return f"{monthly if timetable.days_of_month else named or 'no day'}{months} at {_listed(hours)} UTC{often}"


def _spans(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Runs of three or more as one: [1, 2, 3, 7] are 1 to 3, and 7."""
    spans: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if spans and spans[-1][1] == number - 1:
            spans[-1] = (spans[-1][0], number)
        else:
            spans.append((number, number))
    return spans


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def removal(slug: ProjectSlug, schedule: Schedule) -> Question:
    return Question(
        "Delete this schedule?",
        cut(f"*{name(schedule)}* of {code(str(slug), 60)} is deleted: {what(schedule)}.", 290),
        "Delete it",
        line("schedules", "rm", str(slug), schedule.id),
    )


def told(slug: ProjectSlug, text: str) -> Message:
    """What came of an act, with the way back to the list."""
    back = kit.button("Show the schedules", line("schedules", str(slug)))
    return Message(text, [kit.section(text), kit.actions([back])])
