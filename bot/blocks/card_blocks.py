"""The card: one message per pipeline and channel that shows its current state, with the buttons that apply now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.blocks import action_blocks, cause_blocks, kit, left_out, pipeline_title, run_blocks, status_blocks
from bot.circleci.failure_causes import find_cause
from bot.circleci.failure_kinds import Signs
from bot.circleci.links import Links
from bot.circleci.models import Pipeline, Workflow
from bot.circleci.rerun_verdict import get_verdicts
from bot.circleci.snapshot import Snapshot
from bot.circleci.urgency import sort_by_urgency
from bot.command import format_line
from bot.domain import ProjectSlug
from bot.messages import AuditEntry, Message
from bot.mrkdwn import as_code, as_link, as_quote, cut, escape
from bot.rules import trigger_types

_ROOM_OF_ERRORS, _ROOM_OF_DEEDS, _ROOM_OF_ACTS = 2000, 1500, 4500
_WHOLE = 6
"""How many workflows the card has rerun and cancel buttons for; the others are in the list of workflows."""
_LEFT = ":hourglass: I no longer follow this pipeline: CircleCI shows its current state."


def render_card(
    snapshot: Snapshot,
    *,
    project: ProjectSlug,
    entries: Sequence[AuditEntry],
    links: Links,
    followed: bool = True,
    called: Mapping[str, str] | None = None,
    room: int = kit.ROOM,
) -> Message:
    """The whole pipeline as one message. Pure: the same snapshot gives the same card.

    What it may weigh (`room`) is spent on what went wrong and what waits first; the rest is counted.

    One that is no longer `followed` before it ended says so, and shows nothing that may no longer be true. A new
    message notifies whom it mentions, a changed one does not: a new card names people as they are `called` (by user),
    so that nobody is notified of what they did themselves.
    """
    pipeline = snapshot.pipeline
    head = [kit.section(_title(snapshot, project, links)), *_origin(pipeline, entries), *_errors(snapshot)]
    foot = [
        *([kit.context(left_out.format_note(snapshot.unread_count))] if snapshot.unread_count else []),
        *_build_history(entries, called),
        *([] if followed else [kit.context(_LEFT)]),
        kit.actions(list(_buttons(snapshot, project, links, followed=followed)), "acts"),
    ]
    return Message(
        _summary(snapshot, project),
        [
            *head,
            *run_blocks.build_sections(snapshot, project, links, room=room - kit.count_chars([*head, *foot])),
            *foot,
        ],
    )


def _title(snapshot: Snapshot, project: ProjectSlug, links: Links) -> str:
    pipeline = snapshot.pipeline
    where = as_link(
        links.pipeline_url(project, pipeline.number),
        f"{pipeline_title.get_project_name(snapshot, project)} #{pipeline.number}",
    )
    word = status_blocks.get_label(snapshot.status)
    return f"{status_blocks.get_emoji(snapshot.status)} *{where}* on {as_code(pipeline.ref or '?', 120)} — *{word}*"


def _summary(snapshot: Snapshot, project: ProjectSlug) -> str:
    pipeline = snapshot.pipeline
    ref = cut(escape(pipeline.ref or "?"), 120)
    return (
        f"{escape(pipeline_title.get_project_name(snapshot, project))} #{pipeline.number} on {ref}: "
        f"{status_blocks.get_label(snapshot.status)}"
    )


def _origin(pipeline: Pipeline, entries: Sequence[AuditEntry]) -> list[kit.Block]:
    known = " · ".join(filter(None, [pipeline_title.format_commit(pipeline), _format_starter(pipeline, entries)]))
    return kit.build_notes(known)


def _format_starter(pipeline: Pipeline, entries: Sequence[AuditEntry]) -> str:
    """Who started it, unless that was done through us and is among the entries."""
    if entries or not pipeline.actor_login:
        return ""
    how = cut(escape(trigger_types.format_trigger(pipeline.trigger_type)), 40) or "started"
    return f"{how} by {cut(escape(pipeline.actor_login), 80)}"


def _errors(snapshot: Snapshot) -> list[kit.Block]:
    errors = snapshot.pipeline.errors
    if not errors:
        return []
    what = "refused what the setup workflow made" if snapshot.setup_id else "could not start this pipeline"
    lines = "\n".join(as_quote(f"{error.type}: {error.message}", 500) for error in errors[:5])
    why = find_cause(Signs(refused=[error.type for error in errors]))
    helps = f"\n{cause_blocks.format_cause(why)}" if why else ""
    return [kit.section(f":no_entry: CircleCI {what}:\n{cut(lines, _ROOM_OF_ERRORS)}{helps}")]


def _build_history(entries: Sequence[AuditEntry], called: Mapping[str, str] | None) -> list[kit.Block]:
    """The last ones that there is room for."""
    told = [
        f"{cut(entry.text, 300)} by {_format_actor(entry, called)} {status_blocks.format_ago(entry.done_at)}"
        for entry in entries[-8:]
    ]
    kept = kit.take_fitting(_ROOM_OF_DEEDS, told[::-1])[::-1]
    return kit.build_notes("\n".join(kept))


def _format_actor(entry: AuditEntry, called: Mapping[str, str] | None) -> str:
    if called is None:
        return f"<@{entry.user}>"
    return cut(escape(called.get(entry.user, "somebody")), 80)


def _buttons(snapshot: Snapshot, project: ProjectSlug, links: Links, *, followed: bool) -> Iterator[kit.Pressable]:
    """What can be done now, as far as there is room for it, and the way to the rest."""
    if followed:
        workflows = sort_by_urgency(run.workflow for run in snapshot.get_newest_runs())
        kinds = list(_build_action_groups(snapshot, workflows))
        shown = kit.fit_buttons(_ROOM_OF_ACTS, kinds)
        yield from shown
        if len(shown) < sum(map(len, kinds)) or len(workflows) > _WHOLE:
            yield kit.button(
                f"Show All {len(workflows)} Workflows", format_line("jobs", snapshot.pipeline.id, overview=True)
            )
    yield kit.link_button("Open in CircleCI", links.pipeline_url(project, snapshot.pipeline.number))


def _build_action_groups(snapshot: Snapshot, workflows: Sequence[Workflow]) -> Iterator[list[kit.Pressable]]:
    """By kind: the first holds and the way to the others, the same of what failed, and whole workflows."""
    pipeline = snapshot.pipeline.id
    worth = [workflow for workflow, verdict in get_verdicts(snapshot).items() if verdict.rerun]
    again = action_blocks.build_rerun_failed_buttons(workflows, worth, of=pipeline)
    for several in (action_blocks.build_approve_buttons(snapshot.pending_holds, pipeline), again):
        buttons = list(several)
        yield [*buttons[: action_blocks.MOST]]
        yield [*buttons[action_blocks.MOST :]]
    named = len(workflows) > 1
    whole = workflows if len(workflows) <= _WHOLE else [each for each in workflows if not each.is_well]
    yield [action_blocks.build_rerun_or_cancel_button(each, each.name if named else None) for each in whole[:_WHOLE]]
