"""What an act is about, for the workspace's policy: all that is known of a pipeline, or of one that is to start."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from bot.actions import definitions
from bot.actions.definitions import SelectedDefinition
from bot.circleci.models import Job, Pipeline, Project, Workflow
from bot.circleci.parameter_values import as_text
from bot.circleci.pipelines_api import Value
from bot.circleci.run_parameters import list_run_parameters
from bot.command import Context
from bot.domain import ProjectSlug
from bot.errors import CircleCIError
from bot.line import Written
from bot.permissions import ActTarget
from bot.rules.policy_line import Demands


def build_pipeline_target(
    pipeline: Pipeline,
    project: ProjectSlug | None = None,
    *,
    workflow: str | None = None,
    hold: str | None = None,
    parameters: Mapping[str, str | None] | None = None,
) -> ActTarget:
    """A pipeline runs on a branch or on a tag: where one is known, the other is not there."""
    known = pipeline.branch or pipeline.tag
    return ActTarget(
        project=project or pipeline.project,
        branch=(pipeline.branch or "") if known else None,
        tag=(pipeline.tag or "") if known else None,
        workflow=workflow,
        hold=hold,
        parameters=parameters,
        pipeline_id=pipeline.id,
    )


async def check_pipeline_act(
    context: Context,
    pipeline: Pipeline,
    workflow: Workflow | None = None,
    *,
    line: Written | None = None,
    why: str = "",
) -> Demands:
    """Ask before CircleCI does something to this pipeline, which `line` says whole. Raises NotAllowed."""
    target = await fetch_pipeline_target(context, pipeline, workflow)
    return await context.rights.check_act(replace(target, why=why), line=line)


async def fetch_pipeline_target(
    context: Context, pipeline: Pipeline, workflow: Workflow | None = None, *, hold: Job | None = None
) -> ActTarget:
    """All that is known of it, with the parameters of which the policy asks."""
    return build_pipeline_target(
        pipeline,
        workflow=workflow.name if workflow else None,
        hold=hold.name if hold else "",
        parameters=await _fetch_parameters(context, pipeline),
    )


async def _fetch_parameters(context: Context, pipeline: Pipeline) -> Mapping[str, str] | None:
    """Those that it runs with; None where no line of the policy asks for any, or CircleCI does not tell."""
    if context.rights.parameter_names:
        with suppress(CircleCIError):
            return list_run_parameters(await context.circleci.fetch_pipeline_values(pipeline.id))
    return None


async def check_start(
    context: Context,
    project: Project,
    sent: Mapping[str, Value],
    *,
    branch: str | None,
    tag: str | None,
    chosen: SelectedDefinition | None = None,
    config_branch: str | None = None,
    line: Written | None = None,
    why: str = "",
) -> Demands:
    """Ask before a pipeline starts, now or by a schedule; of which workflows nobody knows yet. Raises NotAllowed.

    `sent` is what CircleCI is told: what it is not told of has the config's default, wherever that is read. `line` says
    the start whole, for when it has to wait.
    """
    known = branch or tag
    elsewhere = chosen is not None and chosen.build_config_ref(config_branch) is not None
    unsaid = context.rights.parameter_names - {*sent}
    read = bool(unsaid) and not elsewhere
    defaults = await definitions.fetch_own_defaults(context, project, branch, tag=tag, chosen=chosen) if read else None
    target = ActTarget(
        project=project.project,
        branch=(branch or "") if known else None,
        tag=(tag or "") if known else None,
        hold="",
        parameters={name: as_text(value) for name, value in sent.items()}
        | {name: None if defaults is None else as_text(defaults.get(name, "")) for name in unsaid},
        why=why,
    )
    return await context.rights.check_act(target, line=line)


async def check_project_act(context: Context, project: ProjectSlug) -> Demands:
    """Ask before CircleCI changes something of the project itself. Raises NotAllowed."""
    return await context.rights.check_act(
        ActTarget(project=project, branch="", tag="", workflow="", hold="", parameters={})
    )
