"""The environment and `.env` as far as they can be read, and a sentence for each thing that is wrong with how."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from bot.operating import settings_problems
from bot.settings import EnvFile, Settings, get_env_names, read_env_file

_OTHERS = {"CIRCLE_TOKEN", "CIRCLECI_CLI_TOKEN", "SLACK_TOKEN", "SLACK_API_TOKEN"}
"""Names of other tools that stand in many an environment."""
_SHORTEST = 8
"""Shorter names are like too many others: HOSTS, PORTS."""
_ALIKE = 0.87


def read_settings() -> tuple[Settings, list[str]]:
    """What cannot be read has its default, and a sentence."""
    file = read_env_file()
    settings, unreadable = _build_settings(_env_file=None) if file.error else _build_settings()
    names = [*get_env_names(), *file.names]
    return settings, [*_find_file_problems(file), *unreadable, *find_misspellings(names)]


def _build_settings(**given: Any) -> tuple[Settings, list[str]]:
    try:
        return Settings(**given), []
    except ValidationError as error:
        wrong = {str(problem["loc"][0]) for problem in error.errors()}
        usual = {name: Settings.model_fields[name].get_default(call_default_factory=True) for name in wrong}
        return Settings(**given, **usual), settings_problems.format_validation_error(error)


def _find_file_problems(file: EnvFile) -> Iterator[str]:
    if file.error:
        yield f".env cannot be read ({file.error})."
    for number in file.unreadable:
        yield f".env, line {number}, cannot be read. Write it as NAME=value."


def find_misspellings(names: Iterable[str]) -> list[str]:
    """Of those that are set: what reads almost like a setting that is not set. The others are somebody else's."""
    said = {name.upper() for name in names}
    unset = [name for name in map(str.upper, Settings.model_fields) if name not in said and len(name) >= _SHORTEST]
    suspects = sorted(said - _OTHERS - set(map(str.upper, Settings.model_fields)))
    near = {name: get_close_matches(name, unset, n=1, cutoff=_ALIKE) for name in suspects}
    return [
        f"{name} is no setting. Did you mean {meant[0]}? If it is somebody else's, set {meant[0]} to nothing."
        for name, meant in near.items()
        if meant
    ]
