"""The App Home: what waits for a person first, then what is theirs; three steps until they have begun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from bot.blocks import (
    account_blocks,
    administration_blocks,
    first_steps_blocks,
    kit,
    me_blocks,
    person_blocks,
    running_deploy_blocks,
    status_blocks,
)
from bot.blocks.action_blocks import build_approve_buttons, list_approvable
from bot.blocks.first_steps_blocks import FirstSteps
from bot.blocks.pipeline_blocks import format_facts
from bot.blocks.pipeline_title import get_project_name
from bot.circleci.links import Links
from bot.circleci.snapshot import Snapshot
from bot.command import format_line
from bot.domain import Outcome, ProjectSlug
from bot.domain.people import Account
from bot.language import _, ngettext
from bot.messages import Message
from bot.mrkdwn import as_bold, as_code, as_link, cut, escape, join_first

Known = tuple[ProjectSlug, Snapshot]

_MOST_NOTES = 10
_MOST_RUNNING = 5
"""Projects of which it is shown what runs where."""


class HomePreset(NamedTuple):
    """A named trigger: what it runs on is a branch or a tag, or what whoever runs it says."""

    name: str
    project: ProjectSlug
    ref: str | None


@dataclass(frozen=True, slots=True)
class HomeContent:
    """What a connected person's Home shows. `warning` says why something may be missing.

    `red` are the newest ends on branches that they follow, those that failed; `has_rules` says whether there are any.
    `running` are the newest deploys of their projects, one of each place.
    """

    account: Account
    steps: FirstSteps
    waiting: Sequence[Known]
    own: Sequence[Known]
    red: Sequence[Outcome]
    presets: Sequence[HomePreset]
    names: Mapping[ProjectSlug, str]
    running: Sequence[Outcome] = ()
    has_rules: bool = False
    warning: str = ""


def render_welcome(account: Account | None) -> list[kit.Block]:
    """For somebody who is not connected, or no longer."""
    return [
        *first_steps_blocks.render(FirstSteps(account)),
        kit.context(
            _("I bring CircleCI to Slack: trigger, watch, rerun, cancel and approve. `/circle help` shows all.")
        ),
    ]


def render(content: HomeContent, *, links: Links, now: datetime, note: Message | None = None) -> list[kit.Block]:
    """`note` is what came of the last press here."""
    return [
        kit.context(_format_as_of(content.account, now)),
        *_build_note(note),
        *([kit.section(f":warning: {content.warning}")] if content.warning else []),
        *_build_main_acts(content),
        *_build_steps(content),
        *_build_waiting(content, links),
        *_build_red(content, links),
        *_build_running(content, links),
        *_build_own(content, links, now),
        *_build_presets(content),
    ]


def render_page(page: Message, note: Message | None) -> list[kit.Block]:
    """What stands in the place of the Home for a while."""
    return [*_build_note(note), *(dict(block) for block in page.blocks)]


def build_way_to_administration() -> list[kit.Block]:
    """Below all else, for admins alone."""
    return [kit.divider(), kit.actions([administration_blocks.build_open_button()])]


def _format_as_of(account: Account, now: datetime) -> str:
    """By the clock of the reader (Slack: "Date formatting")."""
    by_slack, utc = "{time}", f"{now:%H:%M}"
    shown, elsewhere = _("As of {time}", time=by_slack), _("As of {time} UTC", time=utc)
    return f"<!date^{int(now.timestamp())}^{shown}|{elsewhere}> · {account_blocks.format_name(account)}"


def _build_note(note: Message | None) -> list[kit.Block]:
    if note is None:
        return []
    blocks = [dict(block) for block in note.blocks] or [kit.section(note.text)]
    return blocks[:_MOST_NOTES]


def _build_steps(content: HomeContent) -> list[kit.Block]:
    if content.steps.has_begun:
        return []
    return first_steps_blocks.render(content.steps, primary=not _is_one_act_due(content))


def _build_main_acts(content: HomeContent) -> list[kit.Block]:
    """The first steps have a button of their own to trigger. Where one hold alone is due, that is the primary act."""
    style = None if _is_one_act_due(content) or not content.steps.has_begun else "primary"
    trigger = kit.button(_("Trigger…"), format_line("trigger"), style=style)
    return [kit.actions([*([trigger] if content.steps.has_begun else []), me_blocks.build_change_button()])]


def _is_one_act_due(content: HomeContent) -> bool:
    return sum(len(list_approvable(snapshot)) for _, snapshot in content.waiting) == 1


def _build_waiting(content: HomeContent, links: Links) -> list[kit.Block]:
    """Holds that the person may approve, each with its button."""
    blocks = [kit.header(_("Waiting for you"))]
    if not content.waiting:
        return [*blocks, kit.section(_explain_no_holds(content))]
    for project, snapshot in content.waiting:
        blocks += [_build_held_row(content, project, snapshot, links), _build_approvals(content, snapshot)]
    return blocks


def _explain_no_holds(content: HomeContent) -> str:
    if content.has_rules:
        return _("Nothing.")
    return _("Nothing. A hold appears here when a rule covers its project, as after `/circle subscribe`.")


def _build_held_row(content: HomeContent, project: ProjectSlug, snapshot: Snapshot, links: Links) -> kit.Block:
    pipeline = snapshot.pipeline
    subject = cut(escape(pipeline.subject), 150) if pipeline.subject else ""
    author = person_blocks.format_author(pipeline, 60) if pipeline.author else ""
    when = status_blocks.format_ago(pipeline.created_at) if pipeline.created_at else ""
    facts = " · ".join(filter(None, [subject, author, when]))
    head = f"{_format_where(content, project, snapshot, links)} {as_code(pipeline.ref or '?', 120)}"
    return kit.section(f"{head}\n{facts}" if facts else head)


def _build_approvals(content: HomeContent, snapshot: Snapshot) -> kit.Block:
    """Primary only where one act is due in the whole Home."""
    buttons = list(build_approve_buttons(snapshot))
    for button in buttons:
        button.style = "primary" if _is_one_act_due(content) else None
    return kit.actions([*buttons, kit.button(_("Show Details"), format_line("pipeline", snapshot.pipeline.id))])


def _format_where(content: HomeContent, project: ProjectSlug, snapshot: Snapshot, links: Links) -> str:
    name = content.names.get(project) or get_project_name(snapshot, project)
    number = snapshot.pipeline.number
    return f"*{as_link(links.pipeline_url(project, number), f'{name} #{number}')}*"


def _build_own(content: HomeContent, links: Links, now: datetime) -> list[kit.Block]:
    """Those that wait are above already."""
    above = {snapshot.pipeline.id for _, snapshot in content.waiting}
    rows = [
        _build_own_row(content, project, snapshot, links, now=now)
        for project, snapshot in content.own
        if snapshot.pipeline.id not in above
    ]
    empty = kit.section(_("You started no pipeline lately. `/circle trigger acme/web --branch main` starts one."))
    return [kit.header(_("My pipelines")), *(rows or [empty])]


def _build_own_row(
    content: HomeContent, project: ProjectSlug, snapshot: Snapshot, links: Links, *, now: datetime
) -> kit.Block:
    status = snapshot.status
    where, ref = _format_where(content, project, snapshot, links), as_code(snapshot.pipeline.ref or "?", 120)
    head = f"{status_blocks.get_emoji(status)} {where} {ref} — *{status_blocks.get_label(status)}*"
    failed = [run.workflow.id for run in snapshot.get_newest_runs() if run.workflow.status == "failed"]
    facts = format_facts(snapshot, now, with_actor=False)
    return kit.section(
        f"{head}\n{facts}" if facts else head, kit.overflow(_list_row_acts(snapshot.pipeline.id, failed))
    )


def _list_row_acts(pipeline_id: str, failed: Sequence[str | None]) -> kit.Choices:
    """What is behind a row's ⋯; `failed` are its workflows that did."""
    details = (_("Show details"), format_line("pipeline", pipeline_id))
    if not failed:
        return [details]
    why = (_("Show why it failed"), format_line("why", pipeline_id))
    again = [(_("Rerun from failed"), format_line("rerun", failed[0], failed=True))] if failed[0] else []
    return [why, *(again if len(failed) == 1 else []), details]


def _build_red(content: HomeContent, links: Links) -> list[kit.Block]:
    """A row for each branch, however many of its workflows failed."""
    by_branch: dict[tuple[ProjectSlug, str | None, str | None], list[Outcome]] = {}
    for outcome in content.red:
        by_branch.setdefault((outcome.project, outcome.branch, outcome.tag), []).append(outcome)
    rows = [_build_red_row(content, ends, links) for ends in by_branch.values()]
    text = (
        _("Nothing is red on the branches that you follow.")
        if content.has_rules
        else _("You follow no branch yet. `/circle subscribe acme/web --branch main` in a channel follows one.")
    )
    return [kit.header(_("Red now")), *(rows or [kit.section(text)])]


def _build_red_row(content: HomeContent, ends: Sequence[Outcome], links: Links) -> kit.Block:
    newest = max(ends, key=lambda outcome: outcome.happened_at)
    name = content.names.get(newest.project) or newest.project.name
    url = links.pipeline_url(newest.project, newest.pipeline_number)
    where = f"*{as_link(url, f'{name} #{newest.pipeline_number}')}* {as_code(newest.branch or newest.tag or '?', 120)}"
    workflows = join_first([as_code(one.workflow, 80) for one in ends if one.workflow], 3)
    streak = max(one.streak for one in ends)
    facts = [
        workflows or _("The config does not compile"),
        ngettext("{count} in a row", "{count} in a row", streak) if streak > 1 else "",
        status_blocks.format_ago(newest.happened_at),
    ]
    failed = [one.workflow_id for one in ends if one.pipeline_id == newest.pipeline_id]
    return kit.section(
        f":red_circle: {where} — *{status_blocks.get_label('failing')}*\n{' · '.join(filter(None, facts))}",
        kit.overflow(_list_row_acts(newest.pipeline_id, failed)),
    )


def _build_running(content: HomeContent, links: Links) -> list[kit.Block]:
    """A row for each project with deploys; nothing where there are none."""
    by_project: dict[ProjectSlug, list[Outcome]] = {}
    for one in content.running:
        by_project.setdefault(one.project, []).append(one)
    rows = [
        running_deploy_blocks.build_row(project, as_bold(_get_name(content, project)), of_project, links)
        for project, of_project in list(by_project.items())[:_MOST_RUNNING]
    ]
    return [kit.header(_("What runs where")), *rows] if rows else []


def _get_name(content: HomeContent, project: ProjectSlug) -> str:
    return cut(escape(content.names.get(project) or project.name), 120)


def _build_presets(content: HomeContent) -> list[kit.Block]:
    """Named triggers, each with the button that runs it; nothing where there are none."""
    rows = [_build_preset_row(content, preset) for preset in content.presets]
    return [kit.header(_("Presets")), *rows] if rows else []


def _build_preset_row(content: HomeContent, preset: HomePreset) -> kit.Block:
    project = escape(content.names.get(preset.project) or preset.project.name)
    ref = as_code(preset.ref, 120) if preset.ref else ""
    sure = kit.confirm(_("Run preset"), _format_what_it_starts(preset, project, ref), _("Run Preset"))
    run = kit.button(_("Run Preset"), format_line("trigger", preset=preset.name), confirm=sure, about=preset.name)
    return kit.section(f"*{cut(escape(preset.name), 100)}*\n{project} {ref}".rstrip(), run)


def _format_what_it_starts(preset: HomePreset, project: str, ref: str) -> str:
    name = as_code(preset.name, 100)
    if ref:
        return _(
            "{preset} starts a pipeline of {project} on {ref}, in your name.", preset=name, project=project, ref=ref
        )
    return _("{preset} starts a pipeline of {project}, in your name.", preset=name, project=project)
