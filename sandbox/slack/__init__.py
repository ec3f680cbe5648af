"""The simulated Slack: a workspace that is as strict as the real one."""

from __future__ import annotations

from sandbox.slack.fake_slack import Setup, Slack
from sandbox.slack.slack_routes import routes

__all__ = ["Setup", "Slack", "routes"]
