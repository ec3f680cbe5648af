"""The command table, in the order in which people meet the commands. One file each, none imports another."""

from __future__ import annotations

from typing import Any

from bot.command import Command
from bot.commands import (
    approve,
    artifacts,
    cancel,
    config,
    connect,
    disconnect,
    env,
    flaky,
    insights,
    keys,
    orgs,
    pipeline,
    project,
    projects,
    recent,
    rerun,
    status,
    subscribe,
    subscriptions,
    trigger,
    unsubscribe,
    use,
    user,
    values,
    whoami,
    workflow,
)
from bot.commands import help as help_

COMMANDS: tuple[Command[Any], ...] = (
    connect.COMMAND,
    use.COMMAND,
    trigger.COMMAND,
    status.COMMAND,
    recent.COMMAND,
    pipeline.COMMAND,
    workflow.COMMAND,
    config.COMMAND,
    values.COMMAND,
    artifacts.COMMAND,
    insights.COMMAND,
    flaky.COMMAND,
    rerun.COMMAND,
    cancel.COMMAND,
    approve.COMMAND,
    subscribe.COMMAND,
    subscriptions.COMMAND,
    unsubscribe.COMMAND,
    projects.COMMAND,
    project.COMMAND,
    orgs.COMMAND,
    env.COMMAND,
    keys.COMMAND,
    whoami.COMMAND,
    user.COMMAND,
    disconnect.COMMAND,
    help_.COMMAND,
)
