"""What the pages say of commands and settings is what the code knows; `make golden` writes it again."""

from __future__ import annotations

import ast
import inspect
import os
from itertools import pairwise
from pathlib import Path

from pydantic import SecretStr

from bot import settings
from bot.blocks.help_blocks import get_typed_usage
from bot.command import Group
from bot.commands import COMMANDS
from bot.settings import Settings

DOCS = Path(__file__).parents[1] / "docs"
SETTINGS = inspect.getsource(settings)


def test_the_commands_are_those_of_the_command_table() -> None:
    _hold("commands", ["| command | does |", "|---|---|", *(row for group in Group for row in _rows(group))])


def test_the_settings_are_those_that_are_read() -> None:
    _hold("settings", ["| setting | default | |", "|---|---|---|", *map(_format_setting, Settings.model_fields)])


def _hold(part: str, rows: list[str]) -> None:
    """What stands between the marks of this part, on the page that is called so."""
    page = DOCS / f"{part}.md"
    begin, end = f"<!-- {part} -->", f"<!-- /{part} -->"
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    shown, _, after = rest.partition(end)
    table = "\n".join(["", *rows, ""])
    if os.environ.get("UPDATE_GOLDEN"):
        page.write_text(f"{before}{begin}{table}{end}{after}", encoding="utf-8")
    else:
        assert shown == table, "run: make golden"


def _format_setting(name: str) -> str:
    default = Settings.model_fields[name].default
    told = default.get_secret_value() if isinstance(default, SecretStr) else default
    shown = str(told).lower() if isinstance(told, bool) else f"{told:g}" if isinstance(told, float) else str(told or "")
    return f"| `{name.upper()}` | {shown and f'`{shown}`'} | {_read_meanings()[name]} |"


def _read_meanings() -> dict[str, str]:
    """The sentence below each field of Settings, by the field's name."""
    (body,) = [one.body for one in ast.parse(SETTINGS).body if isinstance(one, ast.ClassDef) and one.name == "Settings"]
    return {
        field.target.id: " ".join(below.value.value.split())
        for field, below in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr)
    }


def _rows(group: Group) -> list[str]:
    commands = [command for command in COMMANDS if command.group is group]
    told = [f"| `/circle {get_typed_usage(one).replace('|', chr(92) + '|')}` | {one.summary} |" for one in commands]
    return [f"| **{group.value}** | |", *told]
