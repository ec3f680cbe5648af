"""A project's schedules: when they run, in words, the list of them, and what came of an act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.blocks import kit, settings_blocks
from bot.blocks.person_blocks import format_known_name
from bot.blocks.question_blocks import Confirmation
from bot.circleci.models import Schedule, Timetable, User
from bot.circleci.models.v3_models import TriggerEntity
from bot.circleci.timetable import DAYS, MONTHS, is_never_due
from bot.command import format_line
from bot.domain import ProjectSlug
from bot.language import N_, _, ngettext
from bot.language.formats import format_month, format_weekday, join_and
from bot.messages import Message
from bot.mrkdwn import as_code, cut, escape
from bot.naming import replace_mentions

NOT_HERE = N_(
    "Projects that use GitLab or the GitHub App have no schedules by CircleCI's API: set them up on its web page."
)


READ_ONLY = N_("CircleCI lets nobody change these by its API: do that on its web page.")


def render_triggers(slug: ProjectSlug, triggers: Sequence[TriggerEntity], page: int) -> list[kit.Block]:
    """Those of a GitHub App project, which are only read."""
    return settings_blocks.render_list(
        slug,
        format_line("schedules", str(slug)),
        [_trigger_row(trigger) for trigger in triggers],
        page=page,
        here=settings_blocks.SCHEDULES,
        note=_(READ_ONLY),
    )


def _trigger_row(trigger: TriggerEntity) -> kit.Block:
    """`*Long tests* — branch main, 0 2 * * * (UTC)`."""
    told = trigger.attributes
    schedule = told.event.schedule
    name = cut(escape(schedule.name), 100) if schedule and schedule.name else as_code(trigger.id, 40)
    branch = _format_ref({"branch": told.checkout.ref}) if told.checkout and told.checkout.ref else ""
    cron = as_code(schedule.cron_expression, 60) if schedule and schedule.cron_expression else ""
    when = _("cron {expression} in UTC", expression=cron) if cron else ""
    paused = _(":double_vertical_bar: *paused*") if told.is_disabled else ""
    return kit.section(f"*{name}* — {', '.join(filter(None, [branch, when, paused]))}")


def render_list(slug: ProjectSlug, schedules: Sequence[Schedule], page: int) -> list[kit.Block]:
    may_add = slug.vcs != "circleci"
    add = [kit.button(_("Add a Schedule…"), format_line("schedules", "add", str(slug)))] if may_add else []
    return settings_blocks.render_list(
        slug,
        format_line("schedules", str(slug)),
        [_row(slug, schedule) for schedule in schedules],
        page=page,
        here=settings_blocks.SCHEDULES,
        note="" if may_add else _(NOT_HERE),
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
    """`branch main, Mon to Fri at 02:00 UTC, as *Grace*`."""
    others = [f"{key}={value}" for key, value in schedule.parameters.items() if key not in {"branch", "tag"}]
    given = [as_code(pair, 60) for pair in others[:6]]
    actor = _format_actor(schedule.actor) if schedule.actor else ""
    told = [_format_ref(schedule.parameters), format_timetable(schedule.timetable), *given]
    return ", ".join(filter(None, [*told, actor and _("as {who}", who=actor)]))


def _format_actor(actor: User) -> str:
    return format_known_name(actor.id, {actor.id: actor.name or actor.login})


def _format_ref(parameters: Mapping[str, object]) -> str:
    if "tag" in parameters:
        return _("tag {tag}", tag=as_code(str(parameters["tag"]), 100))
    return _("branch {branch}", branch=as_code(str(parameters.get("branch", "")), 100))


def format_timetable(timetable: Timetable) -> str:
    """In words: `Mon to Fri at 02:00 and 14:00 UTC`."""
    if is_never_due(timetable):
        return _(":double_vertical_bar: *paused*")
    days, months, hours = _format_days(timetable), _format_months(timetable.months), _format_hours(timetable)
    when = (
        _("{days} in {months} at {hours} UTC", days=days, months=months, hours=hours)
        if months
        else _("{days} at {hours} UTC", days=days, hours=hours)
    )
    count = timetable.per_hour
    often = ngettext("{count} time an hour", "{count} times an hour", count)
    return f"{when}, {often}" if count > 1 else when


def _format_days(timetable: Timetable) -> str:
    if monthly := timetable.days_of_month:
        days = join_and([str(day) for day in monthly])
        return ngettext("on day {days} of the month", "on days {days} of the month", len(monthly), days=days)
    spans = _merge_ranges([DAYS.index(day) for day in timetable.days_of_week if day in DAYS])
    return join_and([_format_span(format_weekday(a), format_weekday(b)) for a, b in spans]) or _("no day")


def _format_hours(timetable: Timetable) -> str:
    return join_and([_format_span(f"{a:02}:00", f"{b:02}:00") for a, b in _merge_ranges(timetable.hours_of_day)])


def _format_months(months: Sequence[str]) -> str:
    return join_and([format_month(MONTHS.index(one) + 1) if one in MONTHS else escape(one) for one in months])


def _format_span(first: str, last: str) -> str:
    return first if first == last else _("{first} to {last}", first=first, last=last)


def _merge_ranges(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Runs of three or more as one: [1, 2, 3, 7] are 1 to 3, and 7."""
    spans: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if spans and spans[-1][1] == number - 1:
            spans[-1] = (spans[-1][0], number)
        else:
            spans.append((number, number))
    return spans


def build_removal_confirmation(slug: ProjectSlug, schedule: Schedule) -> Confirmation:
    with replace_mentions():
        shown = format_schedule(schedule)
    return Confirmation(
        _("Delete schedule"),
        cut(
            _(
                "*{name}* of {project} is deleted: {schedule}.",
                name=format_name(schedule),
                project=as_code(slug.name, 60),
                schedule=shown,
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
