"""To make, pause, resume and delete a schedule. A pause is a timetable that never comes: see circleci/timetable.py."""

from __future__ import annotations

from difflib import get_close_matches

from bot.actions import definitions
from bot.actions.target_words import UUID
from bot.ambiguity import meant
from bot.blocks import schedule_blocks, settings_blocks
from bot.circleci.declared_parameters import parameters_of
from bot.circleci.models import Project, Schedule
from bot.circleci.parameter_values import coerce
from bot.circleci.pipelines_api import Value
from bot.circleci.timetable import NEVER, before_pause, never_comes, paused_note
from bot.command import Context, line
from bot.commands.schedules.schedule_input import Wanted
from bot.domain import ProjectSlug
from bot.errors import NotThere, Step
from bot.messages import Message
from bot.mrkdwn import code


def check_project(slug: ProjectSlug) -> None:
    """Raises NotThere for projects that have no schedules by API (API v2: POST, PATCH and DELETE of schedules)."""
    if slug.vcs == "circleci":
        raise NotThere(schedule_blocks.NOT_HERE)


async def find(context: Context, slug: ProjectSlug, named: str, verb: str) -> Schedule:
    """By its id or its name. Raises NotThere with a button for each that could be meant."""
    if UUID.fullmatch(named):
        found = await context.circleci.schedule(named)
        if ProjectSlug.parse(found.project_slug) != slug:
            raise NotThere(f"That schedule is one of {code(found.project_slug, 150)}, not of {code(str(slug))}.")
        return found
    known = await context.circleci.schedules(slug)
    fitting = meant(named, known, lambda one: [one.name])
    if len(fitting) == 1:
        return fitting[0]
    near = get_close_matches(named.casefold(), [one.name.casefold() for one in known], n=3)
    offered = fitting or [one for one in known if one.name.casefold() in near] or known
    label = {"rm": "Delete"}.get(verb, verb.capitalize())
    steps = [Step(f"{label} {one.name}", line("schedules", verb, str(slug), one.id)) for one in offered[:10]]
    several = f"Several schedules of {code(str(slug))} are called {code(named, 80)}. Which one?"
    raise NotThere(several if fitting else f"{code(str(slug))} has no schedule {code(named, 80)}.", *steps)


async def add(context: Context, slug: ProjectSlug, wanted: Wanted) -> Message:
    project = await context.circleci.project(slug)
    branch = wanted.branch or (None if wanted.tag else project.default_branch)
    ref: dict[str, Value] = {"tag": wanted.tag} if wanted.tag else {"branch": branch or "main"}
    made = await context.circleci.add_schedule(
        slug,
        name=wanted.name,
        timetable=wanted.timetable,
        parameters=ref | await _parameters(context, project, wanted, branch),
        attribution=wanted.attribution,
    )
    return schedule_blocks.told(
        slug, f":calendar: Added *{schedule_blocks.name(made)}* to {code(str(slug))}: {schedule_blocks.what(made)}."
    )


async def _parameters(context: Context, project: Project, wanted: Wanted, branch: str | None) -> dict[str, Value]:
    """Held against what the config declares, as far as that is known."""
    if not wanted.parameters:
        return {}
    run = definitions.usual(await definitions.known(context, project))
    known = await parameters_of(
        context.circleci, project.project, branch, wanted.tag, project.default_branch, run.alike
    )
    return coerce(known, wanted.parameters)[0]


async def pause(context: Context, slug: ProjectSlug, schedule: Schedule) -> Message:
    if never_comes(schedule.timetable):
        raise NotThere(f"*{schedule_blocks.name(schedule)}* is paused already.")
    now = await context.circleci.reschedule(schedule.id, NEVER, paused_note(schedule))
    if not never_comes(now.timetable):
        raise NotThere(
            f"CircleCI did not take the pause: *{schedule_blocks.name(now)}* runs "
            f"{schedule_blocks.when(now.timetable)}."
        )
    kept = "CircleCI knows no pause: it has a date that never comes, and its description keeps when it ran."
    return schedule_blocks.told(
        slug, f":double_vertical_bar: Paused *{schedule_blocks.name(now)}* of {code(str(slug))}. {kept}"
    )


async def resume(context: Context, slug: ProjectSlug, schedule: Schedule) -> Message:
    if not never_comes(schedule.timetable):
        raise NotThere(f"*{schedule_blocks.name(schedule)}* is not paused: {schedule_blocks.when(schedule.timetable)}.")
    before = before_pause(schedule)
    if before is None:
        raise NotThere(
            f"I cannot tell when *{schedule_blocks.name(schedule)}* ran: its description no longer says so.",
            "Give it a timetable at CircleCI, or delete it and add it anew.",
        )
    now = await context.circleci.reschedule(schedule.id, *before)
    return schedule_blocks.told(
        slug, f":arrow_forward: *{schedule_blocks.name(now)}* runs again: {schedule_blocks.when(now.timetable)}."
    )


async def delete(context: Context, slug: ProjectSlug, schedule: Schedule) -> Message:
    was_there = await context.circleci.remove_schedule(schedule.id)
    what = f"the schedule *{schedule_blocks.name(schedule)}* of {code(str(slug))}"
    return schedule_blocks.told(slug, settings_blocks.removed(what, was_there=was_there))


async def look(context: Context, slug: ProjectSlug, named: str) -> str:
    """After a lost answer: the schedules of that name or id, as they are now."""
    known = [one for one in await context.circleci.schedules(slug) if named in {one.id, one.name}]
    found = " and ".join(f"*{schedule_blocks.name(one)}*, {schedule_blocks.what(one)}" for one in known[:3])
    return f"I looked again, and found {found or 'no such schedule'}."
