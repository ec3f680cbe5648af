from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import fields
from enum import Enum
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest

from bot import commands
from bot.command import Command, Group
from bot.commands import build_command

TABLE = Path(commands.__file__).with_name("table.json")


def test_the_table_says_of_each_command_what_its_module_says() -> None:
    table = json.dumps(list(make_rows(commands.__name__, commands.__path__)), indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        TABLE.write_text(table, encoding="utf-8")
    assert TABLE.read_text(encoding="utf-8") == table, "run: make golden"


def test_a_command_of_the_table_is_that_of_its_module() -> None:
    """Field by field; a function is another one, which calls the module's."""
    for row in json.loads(TABLE.read_text(encoding="utf-8")):
        told, written = build_command(row), import_module(f"bot.commands.{row['module']}").COMMAND
        for field in fields(Command):
            said, meant = (getattr(one, field.name) for one in (told, written))
            assert said == meant or (callable(said) and callable(meant)), (row["module"], field.name)


def test_a_module_without_a_command_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "some_commands").mkdir()
    (tmp_path / "some_commands" / "forgotten.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(AttributeError, match="COMMAND"):
        list(make_rows("some_commands", [str(tmp_path / "some_commands")]))


def make_rows(package: str, folders: list[str]) -> Iterator[dict[str, Any]]:
    """Of the COMMAND of every module there, in the order of help. Raises AttributeError for a module that has none."""
    found = {one.name: import_module(f"{package}.{one.name}").COMMAND for one in iter_modules(folders)}
    by_name = {command.name: command for command in found.values()}

    def get_sort_key(module: str) -> tuple[int, int, str]:
        """What is an option of another command follows that one."""
        command = found[module]
        parent = by_name[command.word]
        return list(Group).index(parent.group), parent.order, command.title

    for module in sorted(found, key=get_sort_key):
        given = {one.name: getattr(found[module], one.name) for one in fields(Command)}
        given = {one.name: given[one.name] for one in fields(Command) if given[one.name] is not one.default}
        functions = [name for name, value in given.items() if callable(value)]
        told = {name: to_json(value) for name, value in given.items() if name not in functions}
        yield {"module": module, **told, "functions": functions}


def to_json(value: Any) -> Any:
    if isinstance(value, Group):
        return value.name
    return value.value if isinstance(value, Enum) else value
