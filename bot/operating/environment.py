"""Reads the environment and `.env`, and says in a sentence each what cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from bot import logging_setup
from bot.operating import settings_problems
from bot.operating.process import CommandFailed
from bot.setting_files import to_file_name
from bot.settings import EnvFile, Settings, find_origins, get_env_names, read_env_file

FindProblems = Callable[[Settings], Iterator[str]]

_OTHERS = {"CIRCLE_TOKEN", "CIRCLECI_CLI_TOKEN", "SLACK_TOKEN", "SLACK_API_TOKEN"}
"""Names that other tools use."""
_SHORTEST = 8
"""Shorter names are like too many others: HOSTS, PORTS."""
_ALIKE = 0.87


@dataclass(frozen=True, slots=True)
class Environment:
    """The settings, where each that is not its default comes from, and a sentence for each that cannot be read."""

    settings: Settings
    origins: Mapping[str, str]
    problems: list[str]


def read_settings(**given: Any) -> tuple[Settings, list[str]]:
    """The settings, and a sentence for each that cannot be read; that one has its default. What is given counts."""
    read = read_environment(**given)
    return read.settings, read.problems


def read_environment(**given: Any) -> Environment:
    file = read_env_file()
    settings, error = _build_settings(**given, _env_file=None) if file.error else _build_settings(**given)
    origins = find_origins(env_file=not file.error)
    for name in _list_unreadable(error):
        origins.pop(name, None)
    unreadable = settings_problems.format_validation_error(error) if error else []
    names = [*get_env_names(), *file.names]
    return Environment(settings, origins, [*_find_file_problems(file), *unreadable, *find_misspellings(names)])


def require_settings(*checks: FindProblems) -> Settings:
    """The settings, checked. Raises CommandFailed with everything that is wrong."""
    settings, unreadable = read_settings()
    logging_setup.configure(settings.log_format, settings.log_level)
    return check_complete(settings, unreadable, checks)


def check_complete(settings: Settings, unreadable: list[str], checks: Sequence[FindProblems]) -> Settings:
    if problems := [*unreadable, *(sentence for check in checks for sentence in check(settings))]:
        raise CommandFailed("the settings are not complete.\n" + "\n".join(f"  {sentence}" for sentence in problems))
    return settings


def _build_settings(**given: Any) -> tuple[Settings, ValidationError | None]:
    try:
        return Settings(**given), None
    except ValidationError as error:
        fields = Settings.model_fields
        defaults = {name: fields[name].get_default(call_default_factory=True) for name in _list_unreadable(error)}
        return Settings(**given, **defaults), error


def _list_unreadable(error: ValidationError | None) -> set[str]:
    return {str(problem["loc"][0]) for problem in error.errors()} if error else set()


def _find_file_problems(file: EnvFile) -> Iterator[str]:
    if file.error:
        yield f".env cannot be read ({file.error})."
    for number in file.unreadable:
        yield f".env, line {number}, cannot be read. Write it as NAME=value."


def find_misspellings(names: Iterable[str]) -> list[str]:
    """Names that look like a misspelt setting that is not set. Any others belong to somebody else."""
    present = {name.upper() for name in names}
    settings = [name.upper() for name in Settings.model_fields]
    known = [*settings, *map(to_file_name, settings)]
    unset = [name for name in known if name not in present and len(name) >= _SHORTEST]
    suspects = sorted(present - _OTHERS - set(known))
    near = {name: get_close_matches(name, unset, n=1, cutoff=_ALIKE) for name in suspects}
    return [
        f"{name} is no setting. Did you mean {meant[0]}? If it is somebody else's, set {meant[0]} to nothing."
        for name, meant in near.items()
        if meant
    ]
