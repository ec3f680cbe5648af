"""What the README says of commands and settings is what the code knows."""

from __future__ import annotations

import os
import re
from pathlib import Path

from bot.blocks.help_blocks import get_typed_usage
from bot.command import Group
from bot.commands import COMMANDS
from bot.settings import Settings

PATH = Path(__file__).parents[1] / "README.md"
README = PATH.read_text(encoding="utf-8")


def test_the_commands_are_those_of_the_command_table() -> None:
    rows = [row for group in Group for row in _rows(group)]
    table = "\n".join(["", "| command | does |", "|---|---|", *rows, ""])
    before, _, rest = README.partition("<!-- commands -->")
    shown, _, after = rest.partition("<!-- /commands -->")
    if os.environ.get("UPDATE_GOLDEN"):
        PATH.write_text(f"{before}<!-- commands -->{table}<!-- /commands -->{after}", encoding="utf-8")
    else:
        assert shown == table, "run: make golden"


def _rows(group: Group) -> list[str]:
    commands = [command for command in COMMANDS if command.group is group]
    told = [f"| `/circle {get_typed_usage(one).replace('|', chr(92) + '|')}` | {one.summary} |" for one in commands]
    return [f"| **{group.value}** | |", *told]


def test_every_setting_is_named() -> None:
    named = set(re.findall(r"`([A-Z_]{4,})`", README.split("## Settings")[1].split("## Command line")[0]))
    assert {name.upper() for name in Settings.model_fields} == named


def test_the_set_up_makes_what_it_uses_before_it_uses_it() -> None:
    steps = README.split("five minutes")[1].split("## Commands")[0]
    assert 0 < steps.index("make install") < steps.index(".venv/bin/")


def test_every_file_that_it_links_to_is_there() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert links
    missing = [link for link in links if not (Path(__file__).parents[1] / link).exists()]
    assert not missing
