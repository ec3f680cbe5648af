"""What is between two environments, and which deploy brought a commit where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.blocks import deploy_blocks, kit, person_blocks, project_blocks, status_blocks
from bot.circleci.deployed_changes import DeployedChanges
from bot.circleci.deployed_places import DeployPlace, ProjectDeploys
from bot.circleci.links import Links, build_compare_url
from bot.circleci.models import ComponentVersion, Pipeline, Release
from bot.command import format_line
from bot.language import _, ngettext
from bot.language.formats import join_and
from bot.messages import Message
from bot.mrkdwn import as_bold, as_code, cut, escape, format_leftover, join_first

_SHOWN, _NAMED = 12, 5
_BESIDE = 3_000
"""Characters beside the lines of where something is."""


def render_difference(
    deploys: ProjectDeploys, left: DeployPlace, right: DeployPlace, changes: DeployedChanges | None, *, links: Links
) -> Message:
    """What `right` has that `left` has not, or the other way round."""
    project = deploys.project
    names = [as_bold(deploy_blocks.format_place(place, project)) for place in (left, right)]
    title = _(
        "{project}: {left} against {right}",
        project=as_bold(project_blocks.format_name(project)),
        left=names[0],
        right=names[1],
    )
    lines = [_format_runs(place, deploys, links) for place in (left, right)]
    if changes:
        lines += list_changes(changes, *(names if not changes.is_back else names[::-1]))
    elif unknown := [place.live.name for place in (left, right) if place.live and not _find_pipeline(place, deploys)]:
        versions = join_and([as_code(one, 80) for one in dict.fromkeys(unknown)])
        lines.append(
            _("CircleCI shows no pipeline that made {versions}: I cannot say what is between them.", versions=versions)
        )
    page = changes and get_compare_url(changes)
    buttons = [
        *([kit.link_button(_("Open the Changes"), page)] if page else []),
        kit.button(_("Show Deploys"), format_line("deploys", project.slug)),
    ]
    return Message(title, [kit.section(title), kit.section("\n".join(lines)), kit.actions(buttons)])


def _format_runs(place: DeployPlace, deploys: ProjectDeploys, links: Links) -> str:
    live, name = place.live, as_bold(deploy_blocks.format_place(place, deploys.project))
    if live is None:
        return _("{place}: nothing runs there yet", place=name)
    pipeline = _find_pipeline(place, deploys)
    said = _("{place} runs {version}", place=name, version=as_code(live.name, 80))
    return " · ".join(filter(None, [said, deploy_blocks.format_origin(pipeline, links)]))


def _find_pipeline(place: DeployPlace, deploys: ProjectDeploys) -> Pipeline | None:
    return deploys.pipelines.get(place.get_pipeline_id(place.live)) if place.live else None


def list_changes(changes: DeployedChanges, older: str, newer: str) -> Iterator[str]:
    """Commits and their authors; `older` and `newer` are what the two places are called (mrkdwn)."""
    found = changes.pipelines
    if changes.is_same_commit:
        yield _("Both run the same commit.")
    elif found:
        yield from _list_pushes(changes, older, newer)
    elif changes.is_of_one_branch:
        yield _("What is between them is further back than the pipelines that I looked at.")
    elif get_compare_url(changes):
        yield _("They are of different branches: the page of changes shows what is between them.")
    else:
        yield _("They are of different branches, and I know no page that shows what is between them.")


def _list_pushes(changes: DeployedChanges, older: str, newer: str) -> Iterator[str]:
    found = changes.pipelines
    authors = list(dict.fromkeys(filter(None, (person_blocks.format_pusher(one, 60) for one in found))))
    shown = {"newer": newer, "older": older, "authors": join_and(authors[:_NAMED]) or "?"}
    if not changes.is_of_one_branch:
        yield ngettext(
            "They are of different branches. {count} push went to {branch} since, by {authors}:",
            "They are of different branches. {count} pushes went to {branch} since, by {authors}:",
            len(found),
            branch=as_code(changes.newer.branch or "", 60),
            **shown,
        )
    elif changes.is_whole:
        yield ngettext(
            "{count} push is in {newer} and not in {older}, by {authors}:",
            "{count} pushes are in {newer} and not in {older}, by {authors}:",
            len(found),
            **shown,
        )
    else:
        yield ngettext(
            "At least {count} push is in {newer} and not in {older}, by {authors}:",
            "At least {count} pushes are in {newer} and not in {older}, by {authors}:",
            len(found),
            **shown,
        )
    yield from map(_format_commit, found[:_SHOWN])
    if len(found) > _SHOWN:
        yield format_leftover(len(found) - _SHOWN)
    if not changes.is_whole:
        yield _("There may be more: I looked at the latest pipelines only.")


def get_compare_url(changes: DeployedChanges) -> str | None:
    """The page of the repository's host; None where there is nothing to compare."""
    if changes.is_same_commit or changes.older.repository_url != changes.newer.repository_url:
        return None
    return build_compare_url(changes.newer.repository_url, changes.older.revision, changes.newer.revision)


def _format_commit(pipeline: Pipeline) -> str:
    revision = as_code(pipeline.revision[:7]) if pipeline.revision else ""
    subject = cut(escape(pipeline.subject or ""), 120) or _("(no subject)")
    who = person_blocks.format_pusher(pipeline, 60) or person_blocks.format_start(pipeline, 60)
    by = f" — {who}" if who else ""
    return f"• #{pipeline.number} {revision} {subject}{by}"


Carrier = tuple[DeployPlace, ComponentVersion, Pipeline]
"""Where a commit went, with which version, and the pipeline that made that."""


Attempt = tuple[DeployPlace, Release, Pipeline | None]
"""Where it was tried and does not run, and the pipeline that tried it."""


def render_carriers(
    deploys: ProjectDeploys, said: str, carriers: Sequence[Carrier], attempts: Sequence[Attempt], *, links: Links
) -> Message:
    """Which deploy brought it where first, and whether that still runs; and where it was only tried."""
    project, found = deploys.project, [each[0] for each in (*carriers, *attempts)]
    missing = [one for one in deploys.places if one not in found]
    title = _("Where {what} of {project} is", what=as_code(said, 80), project=project_blocks.format_name(project))
    told = ["\n".join(filter(None, _list_carrier_lines(carrier, deploys, links))) for carrier in carriers]
    told += [_format_attempt(attempt, deploys, links) for attempt in attempts]
    shown = kit.take_fitting(kit.ROOM - _BESIDE, told)
    lines = [*shown, *filter(None, [format_leftover(len(told) - len(shown))])]
    if missing:
        names = join_first([as_bold(deploy_blocks.format_place(one, project)) for one in missing], _SHOWN)
        lines.append(_("Not in {places}, as far as I see.", places=names))
    buttons = [kit.button(_("Show Deploys"), format_line("deploys", project.slug))]
    notes = kit.build_notes(*deploy_blocks.list_partial(deploys))
    return Message(title, [kit.section(as_bold(title)), *kit.build_sections(lines), kit.actions(buttons), *notes])


def _format_attempt(attempt: Attempt, deploys: ProjectDeploys, links: Links) -> str:
    place, release, pipeline = attempt
    said = _("{place}: it was tried, and does not run there.", place=_format_place(place, deploys))
    return f"{said}\n{deploy_blocks.format_release(release, pipeline, links)}"


def _list_carrier_lines(carrier: Carrier, deploys: ProjectDeploys, links: Links) -> Iterator[str]:
    place, version, pipeline = carrier
    first_at, live = place.get_first_at(version), place.live
    shown = {
        "place": _format_place(place, deploys),
        "version": as_code(version.name, 80),
        "ago": status_blocks.format_ago(first_at) if first_at else "?",
        "back": status_blocks.format_ago(version.last_deployed_at) if version.last_deployed_at else "?",
        "live": as_code(live.name if live else "?", 80),
    }
    if version.is_live and place.is_rolled_back and first_at:
        yield _(
            ":white_check_mark: {place}: it came with {version} {ago}, which was brought back {back} and runs there "
            "now.",
            **shown,
        )
    elif version.is_live and place.is_rolled_back:
        yield _(
            ":white_check_mark: {place}: it came with {version}, which was brought back {back} and runs there now.",
            **shown,
        )
    elif version.is_live:
        yield _(":white_check_mark: {place}: it came with {version} {ago}, which runs there now.", **shown)
    else:
        yield _(":package: {place}: it came with {version} {ago}. By now {live} runs there.", **shown)
    yield deploy_blocks.format_origin(pipeline, links)


def _format_place(place: DeployPlace, deploys: ProjectDeploys) -> str:
    return as_bold(deploy_blocks.format_place(place, deploys.project))
