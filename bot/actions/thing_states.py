"""How things of a place stand, as plain values: read before and after a change, and written to put one back.

A kind of thing is a pair of functions here, a sentence in restored_things.py and a member of `ThingKind`; announcing
and undoing need nothing more.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.actions import problem_notices
from bot.blocks import rule_problem_blocks
from bot.command import format_line
from bot.conversation import Place
from bot.domain import ProjectScope, ProjectSlug
from bot.errors import NextStep, TargetError
from bot.language import _
from bot.rules import quiet_hours
from bot.rules.deploy_board import DeployBoard
from bot.rules.muting import DeferralReason, Mute
from bot.rules.quiet_hours import QuietHours
from bot.rules.rule import Rule
from bot.rules.rule_problem import ProblemKind
from bot.rules.saved_preset import Preset
from bot.rules.subscription import Subscription
from bot.rules.undoable_change import State, Thing, ThingChange, ThingKind, get_own
from bot.store.reminders import Reminder
from bot.store.store import Tx

States = Mapping[Thing, State]

_EVERYWHERE = "* "
"""Before the name of a preset that is the whole workspace's: no name has a space."""


async def load_states(tx: Tx, place: Place, things: Iterable[Thing], now: datetime) -> dict[Thing, State]:
    return {thing: await load_state(tx, place, thing, now=now) for thing in things}


async def list_changes(tx: Tx, place: Place, before: States, now: datetime) -> list[ThingChange]:
    """What is no longer as it was `before`."""
    changes = [ThingChange(thing, was, await load_state(tx, place, thing, now=now)) for thing, was in before.items()]
    return [one for one in changes if get_own(one.before) != get_own(one.after)]


async def load_state(tx: Tx, place: Place, thing: Thing, *, now: datetime) -> State:
    """How it stands; None where there is none."""
    return await _LOADERS[thing.kind](tx, place, thing.about, now)


async def restore_state(tx: Tx, place: Place, thing: Thing, state: State, *, now: datetime) -> None:
    """Let it stand so again. Raises TargetError where something else has taken its place."""
    await _WRITERS[thing.kind](tx, place, thing.about, state, now)


async def _load_project(tx: Tx, place: Place, _about: str, _now: datetime) -> State:
    project = await tx.channels.find_project(*place)
    return {"project": str(project)} if project else None


async def _write_project(tx: Tx, place: Place, _about: str, state: State, _now: datetime) -> None:
    await tx.channels.set_project(*place, ProjectSlug.parse(state["project"]) if state else None)


async def _load_hours(tx: Tx, place: Place, _about: str, _now: datetime) -> State:
    hours = await tx.hours.find(*place)
    if hours is None:
        return None
    quiet = quiet_hours.format_quiet_hours(hours.quiet) if hours.quiet else None
    return {"zone": hours.zone, "quiet": quiet, "weekends": hours.weekends}


async def _write_hours(tx: Tx, place: Place, _about: str, state: State, now: datetime) -> None:
    if state is None:
        await tx.hours.delete(*place)
    else:
        await tx.hours.upsert(*place, build_hours(state))
    await tx.digest_queue.make_due(*place, DeferralReason.QUIET, now=now)


def build_hours(state: Mapping[str, Any]) -> QuietHours:
    quiet = quiet_hours.parse_quiet_hours(state["quiet"]) if state["quiet"] else None
    return QuietHours(state["zone"], quiet, state["weekends"])


async def _load_rule(tx: Tx, place: Place, about: str, _now: datetime) -> State:
    rule = await tx.subscriptions.find(place.workspace, int(about))
    if rule is None or rule.channel != place.channel:
        return None
    return {
        "scope": str(rule.scope),
        "rule": rule.rule.to_plain(),
        "made_by": rule.made_by,
        "made_at": rule.made_at.isoformat(),
        "covered": sorted(map(str, await tx.coverage.list_projects(rule.id))),
    }


async def _write_rule(tx: Tx, place: Place, about: str, state: State, now: datetime) -> None:
    before = await tx.subscriptions.find(place.workspace, int(about))
    if before:
        how = None if state else rule_problem_blocks.REMOVED
        await problem_notices.close(tx, before, ProblemKind, now, how=how)
    if state is None:
        await tx.subscriptions.delete(*place, int(about))
        return
    rule = build_rule(place, about, state)
    same = await tx.subscriptions.find_same(rule)
    if same and same.id != rule.id:
        raise TargetError(
            _("Rule {number} says this already.", number=same.id),
            NextStep(_("Show All Rules"), format_line("subscriptions")),
        )
    await (tx.subscriptions.update(rule) if before else tx.subscriptions.insert_again(rule))
    covered = [ProjectSlug.parse(slug) for slug in state["covered"]]
    await tx.coverage.cover(rule.id, covered, now)
    for project in covered:
        await tx.polled_projects.upsert(project, now)


def build_rule(place: Place, about: str, state: Mapping[str, Any]) -> Subscription:
    return Subscription(
        id=int(about),
        workspace=place.workspace,
        channel=place.channel,
        scope=ProjectScope.parse(state["scope"]),
        rule=Rule.from_plain(state["rule"]),
        made_by=state["made_by"],
        made_at=datetime.fromisoformat(state["made_at"]),
    )


async def _load_mute(tx: Tx, place: Place, about: str, now: datetime) -> State:
    mutes = await tx.mutes.list_for_channels(place.workspace, [place.channel], now)
    mute = next((one for one in mutes if one.about == about), None)
    if mute is None:
        return None
    return {"until": mute.until.isoformat(), "made_by": mute.made_by, "made_at": mute.made_at.isoformat()}


async def _write_mute(tx: Tx, place: Place, about: str, state: State, now: datetime) -> None:
    scope, rule_id = Mute.parse_about(about)
    moment = now.isoformat()
    wanted = state or {"until": moment, "made_by": "", "made_at": moment}
    until, made_at = (datetime.fromisoformat(wanted[name]) for name in ("until", "made_at"))
    mute = Mute(*place, until, wanted["made_by"], made_at, scope, rule_id)
    await (tx.mutes.upsert(mute) if state else tx.mutes.delete(mute))
    await tx.digest_queue.make_due(*place, DeferralReason.MUTED, now=now)


async def _load_board(tx: Tx, place: Place, _about: str, _now: datetime) -> State:
    board = await tx.boards.find(place)
    if board is None:
        return None
    return {"project": str(board.project) if board.project else None, "made_by": board.made_by}


async def _write_board(tx: Tx, place: Place, _about: str, state: State, now: datetime) -> None:
    """The message that stands there is kept up to date again, or no longer."""
    if state:
        project = ProjectSlug.parse(state["project"]) if state["project"] else None
        await tx.boards.upsert(DeployBoard(*place, project, state["made_by"], now))
    await tx.boards.redraw(place)
    if state is None:
        await tx.boards.delete(place)


async def _load_reminders(tx: Tx, place: Place, about: str, _now: datetime) -> State:
    """`about` is the pipeline and, after it, the holds."""
    pipeline_id, *holds = about.split()
    due = [one for one in await tx.reminders.list_for_pipeline(pipeline_id) if one.place == place]
    found = [[one.hold, one.due_at.isoformat()] for one in due if one.hold in holds]
    return {"due": found} if found else None


async def _write_reminders(tx: Tx, place: Place, about: str, state: State, now: datetime) -> None:
    pipeline_id, *holds = about.split()
    await tx.reminders.delete_for_channel(holds, *place)
    for hold, due_at in state["due"] if state else ():
        await tx.reminders.insert(Reminder(hold, pipeline_id, *place, datetime.fromisoformat(due_at)))
    if project := await tx.pipelines.make_due(pipeline_id, now):
        await tx.polled_projects.make_due(project, now)


async def _load_login(tx: Tx, place: Place, about: str, _now: datetime) -> State:
    known = await tx.logins.list_for_user(*place)
    login = next((one for one in known if one.login.casefold() == about.casefold()), None)
    return {"login": login.login, "verified": login.verified} if login else None


async def _write_login(tx: Tx, place: Place, about: str, state: State, now: datetime) -> None:
    if state is None:
        await tx.logins.delete(*place, about)
    elif state["verified"]:
        await tx.logins.upsert_verified(*place, state["login"], now=now)
    elif owner := await tx.logins.insert_claimed(*place, state["login"], now=now):
        raise TargetError(
            _("By now <@{user}> has this login.", user=owner.user), NextStep(_("Show My Logins"), format_line("me"))
        )


async def _load_preset(tx: Tx, place: Place, about: str, _now: datetime) -> State:
    found = await tx.presets.find_same(_build_bare_preset(place, about))
    if found is None:
        return None
    kept = {name: getattr(found, name) for name in ("branch", "tag", "made_by", "definition", "config_branch")}
    parameters, asked = dict(found.parameters), list(found.asked)
    return {**kept, "project": str(found.project), "parameters": parameters, "asked": asked}


async def _write_preset(tx: Tx, place: Place, about: str, state: State, _now: datetime) -> None:
    if state is None:
        await tx.presets.delete(_build_bare_preset(place, about))
    else:
        await tx.presets.upsert(build_preset(place, about, state))


def build_preset(place: Place, about: str, state: Mapping[str, Any]) -> Preset:
    project, asked = ProjectSlug.parse(state["project"]), tuple(state["asked"])
    return replace(_build_bare_preset(place, about), **{**state, "project": project, "asked": asked})


def build_preset_thing(preset: Preset) -> Thing:
    return Thing(ThingKind.PRESET, preset.name if preset.channel else f"{_EVERYWHERE}{preset.name}")


def _build_bare_preset(place: Place, about: str) -> Preset:
    """What it is found by, and nothing of what it runs."""
    channel = None if about.startswith(_EVERYWHERE) else place.channel
    name = about.removeprefix(_EVERYWHERE)
    return Preset(place.workspace, name, ProjectSlug("gh", "-", "-"), None, None, {}, channel=channel)


_LOADERS: Mapping[ThingKind, Callable[[Tx, Place, str, datetime], Awaitable[State]]] = {
    ThingKind.PROJECT: _load_project,
    ThingKind.HOURS: _load_hours,
    ThingKind.RULE: _load_rule,
    ThingKind.MUTE: _load_mute,
    ThingKind.BOARD: _load_board,
    ThingKind.REMINDERS: _load_reminders,
    ThingKind.LOGIN: _load_login,
    ThingKind.PRESET: _load_preset,
}

_WRITERS: Mapping[ThingKind, Callable[[Tx, Place, str, State, datetime], Awaitable[None]]] = {
    ThingKind.PROJECT: _write_project,
    ThingKind.HOURS: _write_hours,
    ThingKind.RULE: _write_rule,
    ThingKind.MUTE: _write_mute,
    ThingKind.BOARD: _write_board,
    ThingKind.REMINDERS: _write_reminders,
    ThingKind.LOGIN: _write_login,
    ThingKind.PRESET: _write_preset,
}
