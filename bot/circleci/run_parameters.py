"""The parameters that a pipeline was triggered with, as they would be typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.circleci.client import CircleCI
from bot.circleci.declared_parameters import DeclaredParameters
from bot.circleci.models import Pipeline
from bot.circleci.parameter_values import as_text
from bot.circleci.run_difference import PARAMETER


async def fetch_run_parameters(circleci: CircleCI, pipeline: Pipeline, known: DeclaredParameters) -> dict[str, str]:
    """Without those that are the config's defaults anyway. Raises CircleCIError."""
    defaults = {one.name: as_text(one.default) for one in known.parameters if one.default is not None}
    values = list_run_parameters(await circleci.fetch_pipeline_values(pipeline.id))
    return {name: value for name, value in values.items() if value != defaults.get(name)}


def list_run_parameters(values: Mapping[str, Any]) -> dict[str, str]:
    """All of them, of a pipeline's values."""
    return {
        name.removeprefix(PARAMETER): as_text(value)
        for name, value in values.items()
        if name.startswith(PARAMETER) and isinstance(value, str | int | bool)
    }
