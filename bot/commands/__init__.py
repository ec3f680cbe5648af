"""The command table, in the order in which people meet the commands. One file each, none imports another."""

from __future__ import annotations

from typing import Any

from bot.command import Command
from bot.commands import connect, disconnect, projects, use, whoami
from bot.commands import help as help_

COMMANDS: tuple[Command[Any], ...] = (
    connect.COMMAND,
    use.COMMAND,
    projects.COMMAND,
    whoami.COMMAND,
    disconnect.COMMAND,
    help_.COMMAND,
)
