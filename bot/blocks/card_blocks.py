"""The card: one message per pipeline and channel that shows how things stand, with the buttons that apply now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.blocks import action_blocks, cause_blocks, kit, left_out, run_blocks, status_blocks
from bot.circleci.failure_causes import cause_of
from bot.circleci.failure_kinds import Signs
from bot.circleci.links import Links
from bot.circleci.models import Pipeline, Workflow
from bot.circleci.rerun_verdict import known_of
from bot.circleci.snapshot import Snapshot
from bot.circleci.urgency import urgent_first
from bot.command import line
from bot.domain import ProjectSlug
from bot.messages import Message
from bot.mrkdwn import code, cut, escape, link, quoted
from bot.rules import trigger_types
from bot.store.audit import Deed

_ROOM_OF_ERRORS, _ROOM_OF_DEEDS, _ROOM_OF_ACTS = 2000, 1500, 4500
_WHOLE = 6
"""So many workflows can be rerun or canceled whole from the card; others, and what is well, from the list."""
_LEFT = ":hourglass: I no longer follow this pipeline: CircleCI shows how it stands."


def card(
    snapshot: Snapshot,
    *,
    project: ProjectSlug,
    deeds: Sequence[Deed],
    links: Links,
    followed: bool = True,
    called: Mapping[str, str] | None = None,
    room: int = kit.ROOM,
) -> Message:
    """The whole pipeline as one message. Pure: the same snapshot gives the same card.

    What it may weigh (`room`) is spent on what went wrong and what waits first; the rest is counted.

    One that is no longer `followed` before it ended says so, and promises nothing that may be true no more. A new
    message notifies whom it mentions, a changed one does not: a new card names people as they are `called` (by user),
    so that nobody is notified of what they did themselves.
    """
    pipeline = snapshot.pipeline
    head = [kit.section(_title(snapshot, project, links)), *_origin(pipeline, deeds), *_errors(snapshot)]
    foot = [
        *([kit.context(left_out.sentence(snapshot.unread))] if snapshot.unread else []),
        *_deeds(deeds, called),
        *([] if followed else [kit.context(_LEFT)]),
        kit.actions(list(_buttons(snapshot, project, links, followed=followed)), "acts"),
    ]
    return Message(
        _summary(snapshot, project),
        [*head, *run_blocks.drawn(snapshot, project, links, room - kit.weight([*head, *foot])), *foot],
    )


def name_of(snapshot: Snapshot, project: ProjectSlug) -> str:
    """What people call the project: an opaque circleci/… slug gives way to its readable name."""
    return snapshot.project_name or str(project)


def where(snapshot: Snapshot, project: ProjectSlug) -> str:
    """`gh/acme/web #341 on main`, in mrkdwn."""
    pipeline = snapshot.pipeline
    return f"{escape(name_of(snapshot, project))} #{pipeline.number} on {code(pipeline.ref or '?', 120)}"


def commit(pipeline: Pipeline) -> str:
    """What it builds: revision, subject and author, as far as CircleCI tells."""
    if not pipeline.subject:
        return ""
    revision = f"{code(pipeline.revision[:7])} " if pipeline.revision else ""
    author = f" — {cut(escape(pipeline.author), 80)}" if pipeline.author else ""
    return f"{revision}{cut(escape(pipeline.subject), 200)}{author}"


def _title(snapshot: Snapshot, project: ProjectSlug, links: Links) -> str:
    pipeline = snapshot.pipeline
    where = link(links.pipeline(project, pipeline.number), f"{name_of(snapshot, project)} #{pipeline.number}")
    word = status_blocks.word(snapshot.status)
    return f"{status_blocks.emoji(snapshot.status)} *{where}* on {code(pipeline.ref or '?', 120)} — *{word}*"


def _summary(snapshot: Snapshot, project: ProjectSlug) -> str:
    pipeline = snapshot.pipeline
    ref = cut(escape(pipeline.ref or "?"), 120)
    return f"{escape(name_of(snapshot, project))} #{pipeline.number} on {ref}: {status_blocks.word(snapshot.status)}"


def _origin(pipeline: Pipeline, deeds: Sequence[Deed]) -> list[kit.Block]:
    known = " · ".join(filter(None, [commit(pipeline), _who(pipeline, deeds)]))
    return [kit.context(known)] if known else []


def _who(pipeline: Pipeline, deeds: Sequence[Deed]) -> str:
    """Who started it, unless that was done through us and stands among the deeds."""
    if deeds or not pipeline.actor_login:
        return ""
    how = cut(escape(trigger_types.said(pipeline.trigger_type)), 40) or "started"
    return f"{how} by {cut(escape(pipeline.actor_login), 80)}"


def _errors(snapshot: Snapshot) -> list[kit.Block]:
    errors = snapshot.pipeline.errors
    if not errors:
        return []
    what = "refused what the setup workflow made" if snapshot.setup_id else "could not start this pipeline"
    lines = "\n".join(quoted(f"{error.type}: {error.message}", 500) for error in errors[:5])
    why = cause_of(Signs(refused=[error.type for error in errors]))
    helps = f"\n{cause_blocks.told(why)}" if why else ""
    return [kit.section(f":no_entry: CircleCI {what}:\n{cut(lines, _ROOM_OF_ERRORS)}{helps}")]


def _deeds(deeds: Sequence[Deed], called: Mapping[str, str] | None) -> list[kit.Block]:
    """The last ones that there is room for."""
    told = [f"{cut(deed.text, 300)} by {_doer(deed, called)} {status_blocks.ago(deed.done_at)}" for deed in deeds[-8:]]
    kept = kit.within(_ROOM_OF_DEEDS, told[::-1])[::-1]
    return [kit.context("\n".join(kept))] if kept else []


def _doer(deed: Deed, called: Mapping[str, str] | None) -> str:
    if called is None:
        return f"<@{deed.user}>"
    return cut(escape(called.get(deed.user, "somebody")), 80)


def _buttons(snapshot: Snapshot, project: ProjectSlug, links: Links, *, followed: bool) -> Iterator[kit.Pressable]:
    """What can be done now, as far as there is room for it, and the way to the rest."""
    if followed:
        workflows = urgent_first(run.workflow for run in snapshot.newest())
        kinds = list(_acts(snapshot, workflows))
        shown = kit.fitting(_ROOM_OF_ACTS, kinds)
        yield from shown
        if len(shown) < sum(map(len, kinds)) or len(workflows) > _WHOLE:
            yield kit.button(f"All {len(workflows)} workflows", line("workflow", snapshot.pipeline.id))
    yield kit.link_button("Open in CircleCI", links.pipeline(project, snapshot.pipeline.number))


def _acts(snapshot: Snapshot, workflows: Sequence[Workflow]) -> Iterator[list[kit.Pressable]]:
    """By kind: the first holds and the way to the others, the same of what failed, and whole workflows."""
    pipeline = snapshot.pipeline.id
    worth = [workflow for workflow, verdict in known_of(snapshot).items() if verdict.rerun]
    again = action_blocks.rerun_failed_buttons(workflows, worth, of=pipeline)
    for several in (action_blocks.approve_buttons(snapshot.held, pipeline), again):
        buttons = list(several)
        yield [*buttons[: action_blocks.MOST]]
        yield [*buttons[action_blocks.MOST :]]
    named = len(workflows) > 1
    whole = workflows if len(workflows) <= _WHOLE else [each for each in workflows if not each.is_well]
    yield [action_blocks.rerun_or_cancel(each, each.name if named else None) for each in whole[:_WHOLE]]
