"""A project's schedules: when they run, in words, the list of them, and what came of an act."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import kit, settings_blocks
from bot.blocks.question_blocks import Confirmation
from bot.circleci.models import Schedule, Timetable
from bot.circleci.timetable import DAYS, is_never_due
from bot.command import format_line
from bot.domain import ProjectSlug
from bot.language import N_, _
from bot.messages import Message
from bot.mrkdwn import as_code, cut, escape

NOT_HERE = N_(
    "Projects that use GitLab or the GitHub App have no schedules by CircleCI's API: set them up on its web page."
)


def render_list(slug: ProjectSlug, schedules: Sequence[Schedule], page: int) -> list[kit.Block]:
    may_add = slug.vcs != "circleci"
    add = [kit.button(_("Add a Schedule…"), format_line("schedules", "add", str(slug)))] if may_add else []
    return settings_blocks.render_list(
        slug,
        format_line("schedules", str(slug)),
        [_row(slug, schedule) for schedule in schedules],
        page=page,
        here=settings_blocks.SCHEDULES,
        note=_("Hours are UTC.") if may_add else NOT_HERE,
        offers=add,
    )


def _row(slug: ProjectSlug, schedule: Schedule) -> kit.Block:
    verb, label = (
        ("resume", _("Resume schedule")) if is_never_due(schedule.timetable) else ("pause", _("Pause schedule"))
    )
    about = f"\n_{cut(escape(schedule.description), 300)}_" if schedule.description else ""
    choices = [
        (label, format_line("schedules", verb, str(slug), schedule.id)),
        (_("Delete schedule…"), build_removal_confirmation(slug, schedule).line),
    ]
    return kit.section(f"*{format_name(schedule)}* — {format_schedule(schedule)}{about}", kit.overflow(choices))


def format_name(schedule: Schedule) -> str:
    return cut(escape(schedule.name), 100) or as_code(schedule.id)


def format_schedule(schedule: Schedule) -> str:
    """`branch main, MON to FRI at 02:00 UTC, as *Grace*`."""
    kind = "tag" if "tag" in schedule.parameters else "branch"
    ref = str(schedule.parameters.get(kind, ""))
    others = [f"{key}={value}" for key, value in schedule.parameters.items() if key not in {"branch", "tag"}]
    given = f", {', '.join(as_code(pair, 60) for pair in others[:6])}" if others else ""
    actor = (
        _(", as {name}", name=cut(escape(schedule.actor.name or schedule.actor.login), 60)) if schedule.actor else ""
    )
    return f"{kind} {as_code(ref, 100)}, {format_timetable(schedule.timetable)}{given}{actor}"


def format_timetable(timetable: Timetable) -> str:
    """In words: `MON to FRI at 02:00 and 14:00 UTC`."""
    if is_never_due(timetable):
        return ":double_vertical_bar: *paused*"
    days = _merge_ranges([DAYS.index(day) for day in timetable.days_of_week if day in DAYS])
    named = _join_words([_("{days} to {days_2}", days=DAYS[a], days_2=DAYS[b]) if b > a else DAYS[a] for a, b in days])
    monthly = _(
        "on day {join_words} of the month", join_words=_join_words([str(day) for day in timetable.days_of_month])
    )
    hours = [
        _("{a}:00 to {b}:00", a=f"{a:02}", b=f"{b:02}") if b > a else f"{a:02}:00"
        for a, b in _merge_ranges(timetable.hours_of_day)
    ]
    often = _(", {per_hour} times an hour", per_hour=timetable.per_hour) if timetable.per_hour > 1 else ""
    months = (
        _(" in {join_words}", join_words=_join_words([escape(month) for month in timetable.months]))
        if timetable.months
        else ""
    )
    return _(
        "{monthly}{months} at {join_words} UTC{often}",
        monthly=monthly if timetable.days_of_month else named or _("no day"),
        months=months,
        join_words=_join_words(hours),
        often=often,
    )


def _merge_ranges(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Runs of three or more as one: [1, 2, 3, 7] are 1 to 3, and 7."""
    spans: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if spans and spans[-1][1] == number - 1:
            spans[-1] = (spans[-1][0], number)
        else:
            spans.append((number, number))
    return spans


def _join_words(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def build_removal_confirmation(slug: ProjectSlug, schedule: Schedule) -> Confirmation:
    return Confirmation(
        _("Delete schedule"),
        cut(
            _(
                "*{name}* of {slug} is deleted: {schedule}.",
                name=format_name(schedule),
                slug=as_code(str(slug), 60),
                schedule=format_schedule(schedule),
            ),
            290,
        ),
        _("Delete Schedule"),
        format_line("schedules", "rm", str(slug), schedule.id),
    )


def render_result(slug: ProjectSlug, text: str) -> Message:
    """What came of an act, with the way back to the list."""
    back = kit.button(_("Show the Schedules"), format_line("schedules", str(slug)))
    return Message(text, [kit.section(text), kit.actions([back])])
