"""Reads the environment and `.env`, and says in a sentence each what cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from bot import logging_setup
from bot.operating import settings_problems
from bot.operating.process import CommandFailed
from bot.settings import EnvFile, Settings, get_env_names, read_env_file

FindProblems = Callable[[Settings], Iterator[str]]

_OTHERS = {"CIRCLE_TOKEN", "CIRCLECI_CLI_TOKEN", "SLACK_TOKEN", "SLACK_API_TOKEN"}
"""Names that other tools use."""
_SHORTEST = 8
"""Shorter names are like too many others: HOSTS, PORTS."""
_ALIKE = 0.87


def read_settings() -> tuple[Settings, list[str]]:
    """The settings, and a sentence for each that cannot be read; that one has its default."""
    file = read_env_file()
    settings, unreadable = _build_settings(_env_file=None) if file.error else _build_settings()
    names = [*get_env_names(), *file.names]
    return settings, [*_find_file_problems(file), *unreadable, *find_misspellings(names)]


def require_settings(*checks: FindProblems) -> Settings:
    """The settings, checked. Raises CommandFailed with everything that is wrong."""
    settings, unreadable = read_settings()
    logging_setup.configure(settings.log_format)
    return check_complete(settings, unreadable, checks)


def check_complete(settings: Settings, unreadable: list[str], checks: Sequence[FindProblems]) -> Settings:
    if problems := [*unreadable, *(sentence for check in checks for sentence in check(settings))]:
        raise CommandFailed("the settings are not complete.\n" + "\n".join(f"  {sentence}" for sentence in problems))
    return settings


def _build_settings(**given: Any) -> tuple[Settings, list[str]]:
    try:
        return Settings(**given), []
    except ValidationError as error:
        wrong = {str(problem["loc"][0]) for problem in error.errors()}
        defaults = {name: Settings.model_fields[name].get_default(call_default_factory=True) for name in wrong}
        return Settings(**given, **defaults), settings_problems.format_validation_error(error)


def _find_file_problems(file: EnvFile) -> Iterator[str]:
    if file.error:
        yield f".env cannot be read ({file.error})."
    for number in file.unreadable:
        yield f".env, line {number}, cannot be read. Write it as NAME=value."


def find_misspellings(names: Iterable[str]) -> list[str]:
    """Names that look like a misspelt setting that is not set. Any others belong to somebody else."""
    present = {name.upper() for name in names}
    unset = [name for name in map(str.upper, Settings.model_fields) if name not in present and len(name) >= _SHORTEST]
    suspects = sorted(present - _OTHERS - set(map(str.upper, Settings.model_fields)))
    near = {name: get_close_matches(name, unset, n=1, cutoff=_ALIKE) for name in suspects}
    return [
        f"{name} is no setting. Did you mean {meant[0]}? If it is somebody else's, set {meant[0]} to nothing."
        for name, meant in near.items()
        if meant
    ]
