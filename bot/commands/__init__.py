"""The command table, group by group as help shows it. A command's module is imported when it is first used.

`table.json` says of each COMMAND in this package what is no function; `make golden` writes it. None imports another.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from bot.command import Access, Command, Group

_READERS: dict[str, Callable[[Any], Any]] = {
    "group": Group.__getitem__,
    "access": Access,
    "aliases": tuple,
    "endpoints": tuple,
}
_OF_THE_ROW = {"module", "functions"}


def build_command(row: dict[str, Any]) -> Command[Any]:
    """The command of a row: `module` is its module here, `functions` are the fields that only its module knows."""
    module = f"{__name__}.{row['module']}"
    functions: dict[str, Any] = {name: _import_later(module, name) for name in row["functions"]}
    known = {name: _READERS[name](row[name]) if name in _READERS else row[name] for name in row.keys() - _OF_THE_ROW}
    return Command(**known, **functions)


def _import_later(module: str, name: str) -> Callable[..., Any]:
    def call(*args: Any) -> Any:
        return getattr(import_module(module).COMMAND, name)(*args)

    return call


COMMANDS = tuple(map(build_command, json.loads(Path(__file__).with_name("table.json").read_text(encoding="utf-8"))))
