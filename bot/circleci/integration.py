"""How CircleCI reaches a project's code, which decides what can be asked of it (GitLab: nothing triggers it by API).

Of a project whose slug is opaque CircleCI says only `CircleCI` (`vcs_info.provider`). More is read off its
pipeline definitions (`config_source.provider`), and where it has none, off the `trigger_parameters` of a pipeline.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

from bot.circleci.client import CircleCI
from bot.circleci.models import Pipeline, PipelineDefinition, Project
from bot.language import N_


class Integration(Enum):
    """By its name for people."""

    GITHUB = "GitHub OAuth"
    BITBUCKET = "Bitbucket Cloud"
    GITHUB_APP = "GitHub App"
    GITLAB = "GitLab"
    BITBUCKET_DC = "Bitbucket Data Center"
    UNKNOWN = N_("unknown")


_BY_SLUG = {"gh": Integration.GITHUB, "bb": Integration.BITBUCKET}
_BY_WORD = {
    "gitlab": Integration.GITLAB,
    "github": Integration.GITHUB_APP,
    "bitbucket": Integration.BITBUCKET_DC,
}


async def detect_integration(
    circleci: CircleCI, project: Project, definitions: Sequence[PipelineDefinition]
) -> Integration:
    """Asks for the newest pipeline only where slug and definitions do not tell. Raises CircleCIError."""
    by_slug = _BY_SLUG.get(project.project.vcs)
    if by_slug:
        return by_slug
    told = _find_provider(source.provider for one in definitions if (source := one.config_source))
    if told:
        return told
    async for pipeline in circleci.list_pipelines(project.project, pages=1):
        return _find_provider(_list_provider_words(pipeline)) or Integration.UNKNOWN
    return Integration.UNKNOWN


def _list_provider_words(pipeline: Pipeline) -> Iterator[str]:
    """Where a pipeline says what started it, the plainest first."""
    parameters = pipeline.trigger_parameters or {}
    circleci = parameters.get("circleci")
    if isinstance(circleci, dict):
        yield str(circleci.get("trigger_type", ""))
    yield from parameters
    yield pipeline.trigger_type
    yield pipeline.vcs.provider_name if pipeline.vcs else ""


def _find_provider(words: Iterable[str]) -> Integration | None:
    """CircleCI's words are open: `github_app`, `gitlab`, `bitbucket_dc` and whatever else begins like one of them."""
    found = (_BY_WORD[known] for word in words for known in _BY_WORD if word.casefold().startswith(known))
    return next(found, None)
