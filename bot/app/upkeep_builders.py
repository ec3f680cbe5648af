"""What looks after what Slack says of workspaces, people and channels."""

from __future__ import annotations

from datetime import timedelta

from bot.app.core import Core
from bot.notify.upkeep.offboarding import UninstallHandler
from bot.notify.upkeep.shared_channels import SharedChannelMonitor
from bot.slack.conversation_kinds import SlackPlaceDirectory
from bot.slack.deactivated_users import DeactivatedUsers


def build_uninstalls(core: Core, people: DeactivatedUsers) -> UninstallHandler:
    return UninstallHandler(
        store=core.store,
        pool=core.circleci,
        people=people,
        clock=core.clock,
        holder=core.holder,
        grace=timedelta(days=core.settings.uninstall_grace_days),
    )


def build_shared_channels(core: Core) -> SharedChannelMonitor:
    return SharedChannelMonitor(
        store=core.store,
        clock=core.clock,
        holder=core.holder,
        ask=SlackPlaceDirectory(core.clients, store=core.store, clock=core.clock).fetch_is_external,
        wake=core.delivery_wakeup.wake,
    )
