"""Which pipeline definition a trigger runs: the only one, or the one that a person chose; and what has none to run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.ambiguity import match_by_name
from bot.circleci.declared_parameters import DeclaredParameters, fetch_parameters
from bot.circleci.integration import Integration, detect_integration
from bot.circleci.models import PipelineDefinition, Project
from bot.circleci.pipelines_api import Value
from bot.command import Context, format_line
from bot.errors import CircleCIError, NextStep, TargetError
from bot.language import _
from bot.line import Written
from bot.mrkdwn import as_code, cut, escape
from bot.rules.trigger_types import is_by_event


@dataclass(frozen=True, slots=True)
class SelectedDefinition:
    """What a trigger runs: without an `id` the classic trigger.

    `alike` are the definitions that read the same config, None where there is no other; `config_elsewhere` says that it
    is kept in another repository than the code.
    """

    id: str | None = None
    same_config_ids: frozenset[str] | None = None
    config_elsewhere: bool = False

    def build_config_ref(self, branch: str | None) -> Mapping[str, str] | None:
        """Where the config is read; None for where the code is. With no branch said, its repository's default."""
        if branch:
            return {"branch": branch}
        return {} if self.config_elsewhere else None


USUAL_FILE = ".circleci/config.yml"

DefinitionLineBuilder = Callable[[str | None], Written]
"""The line that triggers with another definition, or with none."""


async def fetch(context: Context, project: Project, *, needed: bool = False) -> list[PipelineDefinition]:
    """The project's definitions; none where it can do without and CircleCI tells of none, as a Server does.

    Raises TargetError for a project that nothing triggers by API, CircleCIError, and TargetError on a Server where a
    definition is `needed` (or the slug is opaque, which only definitions start).
    """
    needed = needed or project.project.vcs == "circleci"
    try:
        found = await context.circleci.list_definitions(project.id)
    except CircleCIError:
        if needed:
            raise
        return []
    if project.project.vcs == "circleci":
        await _refuse_gitlab(context, project, found or ())
    if found is None and needed:
        raise _build_server_error(context, project)
    return found or []


async def fetch_declared(
    context: Context,
    project: Project,
    branch: str | None,
    *,
    tag: str | None = None,
    chosen: SelectedDefinition | None = None,
) -> DeclaredParameters:
    """The parameters that the config declares there, of the definition that is to run."""
    return await fetch_parameters(
        context.circleci,
        project.project,
        branch,
        tag=tag,
        default_branch=project.default_branch,
        definitions=chosen.same_config_ids if chosen else None,
    )


async def fetch_own_defaults(
    context: Context, project: Project, branch: str | None, *, tag: str | None, chosen: SelectedDefinition | None
) -> Mapping[str, Value] | None:
    """What the branch's own config gives whoever says nothing else; None where nobody knows that.

    `chosen` is None for what names no definition. What a call of the API started may have read another branch's config.
    """
    chosen = chosen or choose_usual(await fetch(context, project))
    found = await fetch_parameters(
        context.circleci,
        project.project,
        branch,
        tag=tag,
        default_branch=project.default_branch,
        definitions=chosen.same_config_ids,
        counts=lambda pipeline: is_by_event(pipeline.trigger_words),
    )
    return {one.name: one.default for one in found.parameters if one.default is not None} if found.is_own else None


async def _refuse_gitlab(context: Context, project: Project, found: Sequence[PipelineDefinition]) -> None:
    if await detect_integration(context.circleci, project, found) is Integration.GITLAB:
        raise TargetError(
            _(
                "*{project}* is a GitLab project, and CircleCI's API triggers none of those.",
                project=cut(escape(project.full_name), 150),
            ),
            _("Push a commit, or rerun what ran before: that works here too."),
            NextStep(_("Show Recent Pipelines"), format_line("recent", project.slug)),
        )


def _build_server_error(context: Context, project: Project) -> TargetError:
    classic = project.project.vcs != "circleci"
    return TargetError(
        _(
            "The CircleCI at {address} has no pipeline definitions (a Server has none).",
            address=context.links.base_url,
        ),
        _("Leave `--definition` out: the project is triggered without.")
        if classic
        else _("Without them its API triggers no `circleci/…` project: push a commit instead."),
    )


def choose(
    known: Sequence[PipelineDefinition], wanted: str | None, project: Project, *, build_line: DefinitionLineBuilder
) -> SelectedDefinition:
    """The definition to run; without an id for the classic trigger. Of several the person chooses: TargetError."""
    if wanted is None and len(known) > 1:
        raise _build_choice(known, build_line)
    if wanted is None:
        return choose_sole(known, project)
    found = match_by_name(wanted, known, lambda one: [one.name], lambda one: [one.id])
    if len(found) == 1:
        return choose_by_id(known, found[0].id)
    raise _build_choice(found, build_line) if found else _build_not_found(wanted, known, build_line)


def choose_sole(known: Sequence[PipelineDefinition], project: Project) -> SelectedDefinition:
    """The only one; the classic trigger runs it too, where there is one."""
    return choose_by_id(known, known[0].id if known and project.project.vcs == "circleci" else None)


def choose_by_id(known: Sequence[PipelineDefinition], id_: str | None) -> SelectedDefinition:
    """What is known of one of these definitions."""
    chosen = next((one for one in known if one.id == id_), None)
    if chosen is None:
        return SelectedDefinition(id_)
    source, checkout = _get_repo(chosen.config_source), _get_repo(chosen.checkout_source)
    alike = [one.id for one in known if one is chosen or (chosen.config_source and _is_same_file(one, chosen))]
    elsewhere = bool(source and checkout and source != checkout)
    return SelectedDefinition(id_, frozenset(alike) if len(alike) < len(known) else None, config_elsewhere=elsewhere)


def choose_usual(known: Sequence[PipelineDefinition]) -> SelectedDefinition:
    """What a schedule runs, and whatever else names no definition: the one of the usual file."""
    of_file = (one.id for one in known if one.config_source and one.config_source.file_path == USUAL_FILE)
    return choose_by_id(known, next(of_file, None))


def _is_same_file(one: PipelineDefinition, other: PipelineDefinition) -> bool:
    files = [source.file_path for each in (one, other) if (source := each.config_source)]
    return len(files) == 2 and files[0] == files[1] and _get_repo(one.config_source) == _get_repo(other.config_source)


def _get_repo(source: PipelineDefinition.DefinitionSource | None) -> str:
    """What tells a repository from others; "" where CircleCI does not say."""
    return source.repo.full_name if source and source.repo else ""


def _build_choice(several: Sequence[PipelineDefinition], build_line: DefinitionLineBuilder) -> TargetError:
    steps = [NextStep(definition.name or definition.id, build_line(definition.id)) for definition in several]
    return TargetError(_("This project has several pipeline definitions. Which one?"), *steps[:10])


def _build_not_found(
    wanted: str, known: Sequence[PipelineDefinition], build_line: DefinitionLineBuilder
) -> TargetError:
    by_name = {definition.name: definition for definition in known}
    near = get_close_matches(wanted, by_name, n=3) or list(by_name)[:10]
    steps = [NextStep(_("Use {definition}", definition=name), build_line(by_name[name].id)) for name in near]
    return TargetError(
        _("This project has no pipeline definition {definition}.", definition=as_code(wanted, 80)), *steps
    )
