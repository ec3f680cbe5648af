"""What the README says of commands and settings is what the code knows."""

from __future__ import annotations

import re
from pathlib import Path

from bot.commands import COMMANDS
from bot.settings import Settings

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def test_the_commands_are_those_of_the_command_table() -> None:
    rows = [f"| `/circle {row.usage.replace('|', chr(92) + '|')}` | {row.summary} |" for row in COMMANDS]
    shown = README.split("<!-- commands -->")[1].split("<!-- /commands -->")[0]
    assert shown.strip().splitlines()[2:] == rows


def test_every_setting_is_named() -> None:
    named = set(re.findall(r"`([A-Z_]{4,})`", README.split("## Settings")[1].split("## Command line")[0]))
    assert {name.upper() for name in Settings.model_fields} == named


def test_every_file_that_it_links_to_is_there() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert links
    missing = [link for link in links if not (Path(__file__).parents[1] / link).exists()]
    assert not missing
