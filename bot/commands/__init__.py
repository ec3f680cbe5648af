"""The command table, group by group as help shows it: each module of this package registers its own COMMAND.

None of them imports another.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from bot.command import Command, Group


def find_commands(package: str, folders: Iterable[str]) -> tuple[Command[Any], ...]:
    """The COMMAND of every module there. Raises AttributeError for a module that has none."""
    found = [import_module(f"{package}.{module.name}").COMMAND for module in iter_modules(folders)]
    by_name = {command.name: command for command in found}

    def get_sort_key(command: Command[Any]) -> tuple[int, int, str]:
        """What is an option of another command follows that one."""
        parent = by_name[command.word]
        return list(Group).index(parent.group), parent.order, command.title

    return tuple(sorted(found, key=get_sort_key))


COMMANDS = find_commands(__name__, __path__)
