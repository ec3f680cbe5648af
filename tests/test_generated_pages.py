"""What the pages say of commands and settings is what the code knows; `make golden` writes it again."""

from __future__ import annotations

import ast
import inspect
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot import settings
from bot.blocks import help_blocks
from bot.command import Access, Command, Group
from bot.commands import COMMANDS
from bot.settings import Settings
from bot.store.tables.personal import FACTS
from bot.store.tables.personal_fact import PersonalFact
from tests.journeys.command_pictures import LINES
from tests.plugins.each_case import each_case
from tests.plugins.generated_tables import hold_table

_ABOUT = "Every option that a line has in brackets can be left out. [All commands](../commands.md)."
_WHO = {
    Access.ANYONE: "Anybody may, connected or not.",
    Access.CONNECTED: "",
    Access.ADMIN: "For `ADMIN_USERS` alone.",
}
DOCS = Path(__file__).parents[1] / "docs"
SETTINGS = inspect.getsource(settings)


def test_the_commands_are_those_of_the_command_table() -> None:
    _hold("commands", ["| command | does |", "|---|---|", *(row for group in Group for row in _rows(group))])


def test_the_settings_are_those_that_are_read() -> None:
    _hold("settings", ["| setting | default | |", "|---|---|---|", *map(_format_setting, Settings.model_fields)])


def test_what_is_kept_about_people_is_what_the_tables_hold() -> None:
    head = ["| what | why | how long | who can read it | when they are erased |", "|---|---|---|---|---|"]
    _hold("privacy", [*head, *map(_format_fact, FACTS)])


def _format_fact(fact: PersonalFact) -> str:
    where = ", ".join(f"`{fact.table}.{name}`" for name in fact.columns)
    return f"| {fact.what}<br>{where} | {fact.why} | {fact.kept} | {fact.readers} | {fact.format_erasure()} |"


def _hold(part: str, rows: list[str]) -> None:
    """On the page that is called so."""
    hold_table(DOCS / f"{part}.md", part, rows)


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
    return [f"| **[{group.value}](commands/{group.word}.md)** | |", *map(_format_row, commands)]


def _format_row(command: Command[Any]) -> str:
    """The section that an option of another command is in is that command's."""
    there = f"commands/{command.group.word}.md#circle-{command.word}"
    return f"| [`/circle {command.title}`]({there}) | {command.summary} |"


@each_case("group", Group)
def test_each_command_has_its_section(group: Group) -> None:
    commands = [one for one in COMMANDS if one.group is group]
    sections = [_format_section(one) for title in commands if not title.is_option for one in _gather(title)]
    page = "\n\n".join([f"# {group.value}", _ABOUT, *sections]) + "\n"
    path = DOCS / "commands" / f"{group.word}.md"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(page, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == page, "run: make golden"


def _gather(command: Command[Any]) -> list[Command[Any]]:
    """The command, then those that are options of it."""
    return [command, *(one for one in COMMANDS if one.is_option and one.word == command.name)]


def _format_section(command: Command[Any]) -> str:
    parts = [
        f"{'###' if command.is_option else '##'} /circle {command.title}",
        f"{command.summary}. {_WHO[command.access]}".rstrip(),
        f"    /circle {help_blocks.format_usage(command)}",
        "\n".join(["| option | what it does |", "|---|---|", *options]) if (options := _list_options(command)) else "",
        f"For example: `/circle {command.example}`" + _format_other_words(command),
        f"<!-- picture: command-{command.name} What `/circle {LINES[command.name]}` shows -->",
    ]
    return "\n\n".join(filter(None, parts))


def _list_options(command: Command[Any]) -> list[str]:
    """What help says of each, one explanation for all that it explains."""
    said = (
        line.removeprefix("• ").partition(" — ")
        for line in help_blocks.list_options([help_blocks.get_typed_usage(command)])
    )
    return [f"| {options.replace('|', '&#124;')} | {meaning} |" for options, _dash, meaning in said]


def _format_other_words(command: Command[Any]) -> str:
    words = [command.name, *command.aliases] if command.is_option else [*command.aliases]
    return f". Also: {', '.join(f'`{word}`' for word in words)}." if words else "."
