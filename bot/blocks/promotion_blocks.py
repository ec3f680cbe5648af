"""To promote: what would change where, and the road by which it is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.blocks import deploy_blocks, deployed_changes_blocks, kit
from bot.circleci.deployed_changes import DeployedChanges
from bot.circleci.deployed_places import MOST_PLACES, DeployPlace, ProjectDeploys
from bot.circleci.links import Links
from bot.circleci.models import Pipeline
from bot.command import Modal, format_line
from bot.language import _, formats
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_bold, as_code, as_link, cut, format_leftover, join_first

_LONGEST = 1500
_NAMED = 6


def format_ahead(
    deploys: ProjectDeploys, place: DeployPlace, pipeline: Pipeline, changes: DeployedChanges | None, *, links: Links
) -> str:
    """What runs at the place that approving deploys to, and what comes instead."""
    name = as_bold(deploy_blocks.format_place(place, deploys.project))
    url = links.pipeline_url(pipeline.project, pipeline.number)
    shown = {"place": name, "number": as_link(url, f"#{pipeline.number}")}
    live = place.live
    if live is None:
        return _(":package: This deploys {number} to {place}, where nothing runs yet.", **shown)
    said = _(
        ":package: This deploys {number} to {place}, where {version} runs.", **shown, version=as_code(live.name, 80)
    )
    return _add_news(said, changes, name, f"#{pipeline.number}")


def _add_news(said: str, changes: DeployedChanges | None, old: str, new: str) -> str:
    if changes is None:
        return said
    if changes.is_back and not changes.is_same_commit:
        older = _(":warning: What runs there is newer.")
        return f"{said}\n{older}"
    page = deployed_changes_blocks.get_compare_url(changes)
    lines = [said, *deployed_changes_blocks.list_changes(changes, old, new)]
    return cut("\n".join(lines), _LONGEST) + ("\n" + as_link(page, _("All changes")) if page else "")


def format_step_ahead(
    deploys: ProjectDeploys, source: DeployPlace, target: DeployPlace, changes: DeployedChanges | None
) -> str:
    """What the deploy pipeline brings where, and what comes instead."""
    name = as_bold(deploy_blocks.format_place(target, deploys.project))
    version = as_code(source.live.name if source.live else "?", 80)
    shown = {"version": version, "place": name, "source": as_bold(deploy_blocks.format_place(source, deploys.project))}
    if target.live is None:
        text = _(
            ":package: The project's deploy pipeline brings {version}, which runs in {source}, to {place}, where "
            "nothing runs yet.",
            **shown,
        )
    else:
        text = _(
            ":package: The project's deploy pipeline brings {version}, which runs in {source}, to {place}, where "
            "{current} runs.",
            **shown,
            current=as_code(target.live.name, 80),
        )
    return _add_news(text, changes, name, version)


def render_filled(
    filled: Mapping[str, str], missing: Sequence[str], asked: Sequence[str], *, is_guess: bool
) -> kit.Block:
    """What the form fills in, and what of the promotion no parameter takes; a guess where none is known.

    Then the person says by those that are `asked` what goes where: their defaults do not stand for it.
    """
    return kit.section("\n".join(_list_filled(filled, missing, asked, is_guess=is_guess)))


def _list_filled(
    filled: Mapping[str, str], missing: Sequence[str], asked: Sequence[str], *, is_guess: bool
) -> Iterator[str]:
    values = formats.join_and([as_code(f"{name}={value}", 80) for name, value in filled.items()])
    if is_guess:
        yield _(
            ":warning: I do not know which parameters it declares. My guess: {values}. CircleCI refuses names that it "
            "does not declare.",
            values=values,
        )
    elif filled:
        yield _("Filled in: {values}. Look at what else it asks for.", values=values)
    untold = formats.join_and([as_code(value, 80) for value in missing])
    if missing and asked:
        yield _(
            ":warning: No parameter of a usual name takes {values}. Say by {names} what it deploys where: I leave out "
            "their defaults.",
            values=untold,
            names=join_first([as_code(name, 60) for name in asked], _NAMED),
        )
    elif missing:
        yield _(
            ":warning: No parameter of a usual name takes {values}: say yourself what it deploys where.", values=untold
        )


_AHEAD = "ahead"


def render_ahead(said: str) -> list[kit.Block]:
    return [kit.section(said, block_id=_AHEAD)]


def find_ahead(form: Modal | None) -> list[Mapping[str, Any]]:
    """What stands ahead in a form that is drawn again."""
    return [one for one in form.original_blocks if one.get("block_id") == _AHEAD] if form else []


def render_choice(
    deploys: ProjectDeploys, choices: Sequence[tuple[DeployPlace, DeployPlace, Written]], *, approves: bool
) -> Message:
    """Where no form could be opened, or several things may be promoted: `choices` are from where, to where, and how."""
    label = _("Approve and Promote…") if approves else _("Promote…")
    project = deploys.project
    text = _("What can be promoted in {project}:", project=as_code(project.full_name))
    rows = [
        kit.section(_format_step(deploys, source, target), kit.button(label, line))
        for source, target, line in choices[:MOST_PLACES]
    ]
    shown = kit.take_fitting(kit.ROOM - _LONGEST, rows)
    hidden = len(choices) - len(shown)
    notes = kit.build_notes(format_leftover(hidden) if hidden else "", *deploy_blocks.list_partial(deploys))
    return Message(text, [kit.section(text), *shown, *notes])


def _format_step(deploys: ProjectDeploys, source: DeployPlace, target: DeployPlace) -> str:
    return _(
        "{version} from {source} to {target}",
        version=as_code(source.live.name if source.live else "?", 80),
        source=as_bold(deploy_blocks.format_place(source, deploys.project)),
        target=as_bold(deploy_blocks.format_place(target, deploys.project)),
    )


def render_no_hold(deploys: ProjectDeploys, definition: str, *, links: Links) -> Message:
    """Nothing waits: by the deploy pipeline where one was designated, else at CircleCI."""
    project = deploys.project
    name, slug = as_code(project.full_name), project.slug
    notes = kit.build_notes(*deploy_blocks.list_partial(deploys))
    newest = next((one for place in deploys.places if (one := _find_pipeline(place, deploys))), None)
    page = links.pipeline_url(newest.project, newest.number) if newest else None
    at_circleci = [kit.link_button(_("Open in CircleCI"), page)] if page else []
    if definition:
        text = _(
            "No hold of {project} waits, and nothing runs anywhere that is newer than what runs elsewhere. Its deploy "
            "pipeline can be started all the same, with parameters of its own.",
            project=name,
        )
        start = kit.button(_("Trigger Deploy Pipeline…"), format_line("trigger", slug, definition=definition))
        return Message(text, [kit.section(text), kit.actions([start, *at_circleci]), *notes])
    text = _(
        "No hold of {project} waits that deploys what runs elsewhere already, and it has no deploy pipeline. Promote "
        "it at CircleCI.",
        project=name,
    )
    buttons = [*at_circleci, kit.button(_("Show Deploys"), format_line("deploys", slug))]
    return Message(text, [kit.section(text), kit.actions(buttons), *notes])


def _find_pipeline(place: DeployPlace, deploys: ProjectDeploys) -> Pipeline | None:
    return deploys.pipelines.get(place.get_pipeline_id(place.live)) if place.live else None
