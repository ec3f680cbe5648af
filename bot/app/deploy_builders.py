"""The loop that asks what pipelines deploy."""

from __future__ import annotations

from bot.app.builders import build_publisher
from bot.app.core import Core
from bot.notify.poll.deploy_reader import DeployReader
from bot.notify.poll.tokens import PollTokens
from bot.notify.poll.visibility import Visibility


def build_deploy_reader(core: Core, tokens: PollTokens, visibility: Visibility) -> DeployReader:
    return DeployReader(
        store=core.store,
        tokens=tokens,
        publisher=build_publisher(core),
        visibility=visibility,
        clock=core.clock,
        holder=core.holder,
        tasks=core.tasks,
        wake=core.deploy_wakeup.wake,
    )
