"""Make, pause, resume and delete a schedule. A pause is a timetable without a date: see circleci/timetable.py."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from bot.actions import act_targets, definitions
from bot.actions.target_words import UUID
from bot.ambiguity import match_by_name
from bot.blocks import schedule_blocks
from bot.circleci.models import Project, Schedule
from bot.circleci.parameter_values import coerce_parameters
from bot.circleci.pipelines_api import Value
from bot.circleci.timetable import NEVER, format_paused_note, is_never_due, parse_paused_note
from bot.command import Context, format_line
from bot.commands.schedules.schedule_input import NewSchedule
from bot.domain import ProjectSlug
from bot.errors import NextStep, TargetError
from bot.language import N_, _
from bot.language.formats import join_and
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_code


def check_project(slug: ProjectSlug) -> None:
    """Raises TargetError for projects that have no schedules by API (API v2: POST, PATCH and DELETE of schedules)."""
    if slug.vcs == "circleci":
        raise TargetError(_(schedule_blocks.NOT_HERE))


async def resolve(context: Context, slug: ProjectSlug, named: str, verb: str) -> Schedule:
    """By its id or its name. Raises TargetError with a button for each that could be meant."""
    if UUID.fullmatch(named):
        found = await context.circleci.fetch_schedule(named)
        if ProjectSlug.parse(found.project_slug) != slug:
            raise TargetError(
                _(
                    "That schedule is one of {actual}, not of {project}.",
                    actual=as_code(ProjectSlug.parse(found.project_slug).name, 150),
                    project=as_code(slug.name),
                )
            )
        return found
    known = await context.circleci.list_schedules(slug)
    fitting = match_by_name(named, known, lambda one: [one.name])
    if len(fitting) == 1:
        return fitting[0]
    near = get_close_matches(named.casefold(), [one.name.casefold() for one in known], n=3)
    offered = fitting or [one for one in known if one.name.casefold() in near] or known
    said = _SEVERAL if fitting else _MISSING
    steps = [
        NextStep(_(_LABELS[verb], name=one.name), format_line("schedules", verb, str(slug), one.id))
        for one in offered[:10]
    ]
    raise TargetError(_(said, project=as_code(slug.name), name=as_code(named, 80)), *steps)


_SEVERAL = N_("Several schedules of {project} are called {name}. Which one?")
_MISSING = N_("{project} has no schedule {name}.")
_LABELS = {"rm": N_("Delete {name}"), "pause": N_("Pause {name}"), "resume": N_("Resume {name}")}


async def add(context: Context, slug: ProjectSlug, wanted: NewSchedule, line: Written) -> Message:
    """`line` says it whole."""
    project = await context.circleci.fetch_project(slug)
    branch = wanted.branch or (None if wanted.tag else project.default_branch)
    ref: dict[str, Value] = {"tag": wanted.tag} if wanted.tag else {"branch": branch or "main"}
    sent = await _coerce_parameters(context, project, wanted, branch) | ref
    await _check_start(context, project, sent, line=line)
    made = await context.circleci.add_schedule(
        slug,
        name=wanted.name,
        timetable=wanted.timetable,
        parameters=sent,
        attribution=wanted.attribution,
    )
    return schedule_blocks.render_result(
        slug,
        _(
            ":calendar: Added *{name}* to {project}: {schedule}.",
            name=schedule_blocks.format_name(made),
            project=as_code(slug.name),
            schedule=schedule_blocks.format_schedule(made),
        ),
    )


async def check_permitted(context: Context, slug: ProjectSlug, schedule: Schedule, line: Written) -> None:
    """By what it starts; `line` says what is to be done to it. Raises NotAllowed."""
    await _check_start(context, await context.circleci.fetch_project(slug), schedule.parameters, line=line)


async def _check_start(context: Context, project: Project, parameters: Mapping[str, Value], *, line: Written) -> None:
    """By what CircleCI keeps: the ref is one of the parameters. Raises NotAllowed."""
    said = dict(parameters)
    branch, tag = (str(found) if (found := said.pop(name, None)) else None for name in ("branch", "tag"))
    await act_targets.check_start(context, project, said, branch=branch, tag=tag, line=line)


async def _coerce_parameters(
    context: Context, project: Project, wanted: NewSchedule, branch: str | None
) -> dict[str, Value]:
    """Held against what the config declares, as far as that is known."""
    if not wanted.parameters:
        return {}
    run = definitions.choose_usual(await definitions.fetch(context, project))
    known = await definitions.fetch_declared(context, project, branch, tag=wanted.tag, chosen=run)
    return coerce_parameters(known, wanted.parameters)[0]


async def pause(context: Context, slug: ProjectSlug, schedule: Schedule) -> Message:
    if is_never_due(schedule.timetable):
        raise TargetError(_("*{name}* is paused already.", name=schedule_blocks.format_name(schedule)))
    now = await context.circleci.reschedule(schedule.id, NEVER, format_paused_note(schedule))
    if not is_never_due(now.timetable):
        raise TargetError(
            _(
                "CircleCI did not take the pause: *{name}* runs {timetable}.",
                name=schedule_blocks.format_name(now),
                timetable=schedule_blocks.format_timetable(now.timetable),
            )
        )
    kept = _("CircleCI knows no pause: it has a date that never comes, and its description keeps when it ran.")
    name, project = schedule_blocks.format_name(now), as_code(slug.name)
    paused = _(":double_vertical_bar: Paused *{name}* of {project}.", name=name, project=project)
    return schedule_blocks.render_result(slug, f"{paused} {kept}")


async def resume(context: Context, slug: ProjectSlug, schedule: Schedule) -> Message:
    if not is_never_due(schedule.timetable):
        raise TargetError(
            _(
                "*{name}* is not paused: {timetable}.",
                name=schedule_blocks.format_name(schedule),
                timetable=schedule_blocks.format_timetable(schedule.timetable),
            )
        )
    before = parse_paused_note(schedule)
    if before is None:
        raise TargetError(
            _(
                "I cannot tell when *{name}* ran: its description no longer says so.",
                name=schedule_blocks.format_name(schedule),
            ),
            _("Give it a timetable at CircleCI, or delete it and add it anew."),
        )
    now = await context.circleci.reschedule(schedule.id, *before)
    return schedule_blocks.render_result(
        slug,
        _(
            ":arrow_forward: *{name}* runs again: {timetable}.",
            name=schedule_blocks.format_name(now),
            timetable=schedule_blocks.format_timetable(now.timetable),
        ),
    )


async def delete(context: Context, slug: ProjectSlug, schedule: Schedule) -> Message:
    was_there = await context.circleci.remove_schedule(schedule.id)
    told = _(
        _REMOVED if was_there else _UNKNOWN, schedule=schedule_blocks.format_name(schedule), project=as_code(slug.name)
    )
    return schedule_blocks.render_result(slug, told)


_REMOVED = N_(":wastebasket: Removed the schedule *{schedule}* of {project}.")
_UNKNOWN = N_(
    ":information_source: CircleCI does not know the schedule *{schedule}* of {project}, hides it from you, or "
    "lets you only read."
)


async def reconcile(context: Context, slug: ProjectSlug, named: str) -> str:
    """After a lost answer: the schedules of that name or id, as they are now."""
    known = [one for one in await context.circleci.list_schedules(slug) if named in {one.id, one.name}]
    if not known:
        return _("I looked again, and found no such schedule.")
    found = [f"*{schedule_blocks.format_name(one)}*, {schedule_blocks.format_schedule(one)}" for one in known[:3]]
    return _("I looked again, and found {schedules}.", schedules=join_and(found))
