"""A named trigger, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain import ProjectSlug


@dataclass(frozen=True, slots=True)
class Preset:
    """A project, a branch or tag, and parameters as they would be typed; `channel` is None for the whole workspace.

    `asked` are parameters (and `branch`) that whoever runs it is asked for each time.
    """

    workspace: str
    name: str
    project: ProjectSlug
    branch: str | None
    tag: str | None
    parameters: Mapping[str, str]
    channel: str | None = None
    made_by: str | None = None
    definition: str | None = None
    config_branch: str | None = None
    asked: tuple[str, ...] = ()
