"""The simulated Slack: a workspace that is as strict as the real one."""

from __future__ import annotations

from bot.sandbox.slack.routes import routes
from bot.sandbox.slack.slack import Setup, Slack

__all__ = ["Setup", "Slack", "routes"]
