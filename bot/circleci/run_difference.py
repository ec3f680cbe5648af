"""What is different between a run and another: the last green one of its branch, or one that is named."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.circleci.client import CircleCI
from bot.circleci.models import Config, Job, Pipeline, Workflow
from bot.circleci.previous_runs import list_previous_runs
from bot.errors import CircleCIError
from bot.untrusted.job_log import shorten_line
from bot.untrusted.masking import mask_secrets
from bot.untrusted.terminal import clean_terminal_text

T = TypeVar("T")
Run = tuple[Pipeline, Workflow]
Change = tuple[str, str | None, str | None]
"""A name, what it was in the other run and what it is now; None where there was none."""

LOOKS = 25
PARAMETER = "pipeline.parameters."


@dataclass(frozen=True, slots=True)
class Difference:
    """`pipelines` came after the other one, this one included, newest first; None where the other was only named.

    Changes hold only what is different. `config_changed` is None when CircleCI does not show both configs.
    """

    other: Pipeline
    other_run: Workflow
    pipelines: Sequence[Pipeline] | None
    parameters: Sequence[Change] = field(default=())
    jobs: Sequence[Change] = field(default=())
    config_changed: bool | None = None


async def compare_with_green(circleci: CircleCI, pipeline: Pipeline, workflow: Workflow) -> Difference | None:
    """None when there is no green run among the 25 pipelines before. Raises CircleCIError.

    Details are best effort: of an old run CircleCI may no longer show the jobs.
    """
    between = [pipeline]
    async for older, run in list_previous_runs(circleci, pipeline, workflow, looks=LOOKS):
        if run and run.status == "success":
            return await compare_runs(circleci, (older, run), (pipeline, workflow), between=between)
        if older.id != pipeline.id:
            between.append(older)
    return None


async def compare_runs(
    circleci: CircleCI, other: Run, now: Run, *, between: Sequence[Pipeline] | None = None
) -> Difference:
    """`between` are the pipelines that came after the other one. Raises nothing: what CircleCI hides is left out."""
    values, configs, jobs = await asyncio.gather(
        _fetch_both(circleci.fetch_pipeline_values, other[0].id, now[0].id),
        _fetch_both(circleci.fetch_pipeline_config, other[0].id, now[0].id),
        _fetch_both(circleci.list_workflow_jobs, other[1].id, now[1].id),
    )
    return Difference(
        other=other[0],
        other_run=other[1],
        pipelines=between if other[0].id != now[0].id else (),
        parameters=_list_changes(*map(_mask_parameters, values)) if values else (),
        jobs=_list_changes(*map(_get_statuses, jobs)) if jobs else (),
        config_changed=_has_config_changed(*configs) if configs else None,
    )


async def _fetch_both(fetch: Callable[[str], Awaitable[T]], first: str, second: str) -> tuple[T, T] | None:
    try:
        found = await asyncio.gather(fetch(first), fetch(second))
    except CircleCIError:
        return None
    return found[0], found[1]


def _mask_parameters(values: Mapping[str, Any]) -> dict[str, str]:
    """As text, without secrets: the person who triggered it may have typed one."""
    named = {name: value for name, value in values.items() if name.startswith(PARAMETER)}
    return {name.removeprefix(PARAMETER): _as_text(name, value) for name, value in named.items()}


_READ = 1000
"""Characters of a value that are looked at; 200 of them are shown."""


def _as_text(name: str, value: Any) -> str:
    said = str(value).lower() if isinstance(value, bool) else str(value)
    return shorten_line(mask_secrets(f"{name}={clean_terminal_text(said[:_READ])}").removeprefix(f"{name}="), 200)


def _get_statuses(jobs: Sequence[Job] | None) -> dict[str, str]:
    return {job.name: job.status for job in jobs or ()}


def _list_changes(other: Mapping[str, str], now: Mapping[str, str]) -> list[Change]:
    names = dict.fromkeys([*now, *other])
    return [(name, other.get(name), now.get(name)) for name in names if other.get(name) != now.get(name)]


def _has_config_changed(other: Config, now: Config) -> bool | None:
    if not other.source or not now.source:
        return None
    return (other.source, other.setup_config) != (now.source, now.setup_config)
