"""What a config declares that a trigger may set, and where that is read: from what the same definition ran before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Literal

from bot.circleci.client import CircleCI
from bot.circleci.models import Config, Pipeline
from bot.circleci.pipelines_api import Value
from bot.domain import ProjectSlug
from bot.errors import NotFound
from bot.untrusted import reader_process

RECENT = 3
"""How many pipelines of a branch are looked at for a config that can be read."""
LOOKED_AT = 10
"""How many are asked which definition they ran."""

_DEFINITION = "pipeline.definition.id"
"""The pipeline value that tells it (circleci.com/changelog/expanded-pipeline-values-support)."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A declared parameter. `type` is string, boolean, integer or enum; without `default` it must be given."""

    name: str
    type: str
    default: Value | None = None
    choices: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class DeclaredParameters:
    """What is known of a ref's parameters, and from where.

    Only what the branch's newest pipeline declares is its own; all else is borrowed, and may be wrong. `unreadable`
    says that the branch ran, and that its newest config cannot be read.
    """

    parameters: tuple[Parameter, ...]
    source: Literal["branch", "earlier", "default branch", "unknown"]
    unreadable: bool = False

    @property
    def is_own(self) -> bool:
        return self.source == "branch"


NOTHING = DeclaredParameters((), "unknown")

Counts = Callable[[Pipeline], bool]


def _always(_pipeline: Pipeline) -> bool:
    return True


async def fetch_parameters(
    circleci: CircleCI,
    slug: ProjectSlug,
    branch: str | None,
    *,
    tag: str | None,
    default_branch: str | None,
    definitions: Collection[str] | None = None,
    counts: Counts = _always,
) -> DeclaredParameters:
    """The parameters that a trigger on this ref may set. Raises CircleCIError.

    They are in the config of the branch's newest pipeline that `counts`, of one of these `definitions` where a project
    has several configs. A tag, or a branch that never ran, borrows the default branch's; where that never ran either,
    nothing is known.
    """
    ran = partial(_list_pipelines, circleci, slug, definitions=definitions, counts=counts)
    found = await _fetch_declared(circleci, ran(branch)) if branch and not tag else NOTHING
    if found.source != "unknown":
        return found
    default_branch = default_branch or (await circleci.fetch_project(slug)).default_branch
    if not default_branch or (default_branch == branch and not tag):
        return found
    borrowed = await _fetch_declared(circleci, ran(default_branch))
    source: Literal["unknown", "default branch"] = "unknown" if borrowed.source == "unknown" else "default branch"
    return replace(borrowed, source=source, unreadable=found.unreadable)


async def _fetch_declared(circleci: CircleCI, pipelines: AsyncIterator[Pipeline]) -> DeclaredParameters:
    looked_at = 0
    async for pipeline in pipelines:
        config = await _fetch_config(circleci, pipeline)
        found = await parse_parameters(config) if config else None
        if found is not None:
            return DeclaredParameters(found, "earlier" if looked_at else "branch", unreadable=looked_at > 0)
        looked_at += 1
        if looked_at == RECENT:
            break
    return replace(NOTHING, unreadable=looked_at > 0)


async def _list_pipelines(
    circleci: CircleCI, slug: ProjectSlug, branch: str, *, definitions: Collection[str] | None, counts: Counts
) -> AsyncIterator[Pipeline]:
    """The branch's pipelines of these definitions that count, newest first."""
    pipelines = (one async for one in circleci.list_pipelines(slug, branch=branch, pages=1) if counts(one))
    if definitions is None:
        async for pipeline in pipelines:
            yield pipeline
        return
    asked = list(islice([pipeline async for pipeline in pipelines], LOOKED_AT))
    ran = await asyncio.gather(*(_fetch_definition(circleci, pipeline) for pipeline in asked))
    for pipeline, definition in zip(asked, ran, strict=True):
        if definition in definitions:
            yield pipeline


async def _fetch_definition(circleci: CircleCI, pipeline: Pipeline) -> str | None:
    try:
        return (await circleci.fetch_pipeline_values(pipeline.id)).get(_DEFINITION)
    except NotFound:
        return None


async def _fetch_config(circleci: CircleCI, pipeline: Pipeline) -> Config | None:
    try:
        return await circleci.fetch_pipeline_config(pipeline.id)
    except NotFound:
        return None


async def parse_parameters(config: Config) -> tuple[Parameter, ...] | None:
    """The parameters that a trigger of this config may set, in its order; None when its YAML cannot be read.

    With dynamic config those are the setup config's: what it made is given its values by the setup.
    """
    text = config.setup_config or config.source
    if not text:
        return None
    from bot.untrusted.config_declarations import read_declarations  # noqa: PLC0415 - YAML takes 2 MB, and few ask

    try:
        found, _ = await reader_process.run_reader(read_declarations, None, text.encode("utf-8", "replace"))
    except reader_process.TooLarge:
        return None
    return None if found is None else tuple(_build_parameter(*said) for said in found)


def _build_parameter(
    name: str, kind: str, default: Value | None, choices: Sequence[str], description: str
) -> Parameter:
    return Parameter(name, kind, default, tuple(choices), description)
