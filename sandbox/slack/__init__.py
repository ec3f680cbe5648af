"""The simulated Slack, as strict as the real one."""

from __future__ import annotations

from sandbox.slack.fake_slack import AppSetup, FakeSlack
from sandbox.slack.ids import AGENCY, SANDBOX, Team
from sandbox.slack.slack_routes import build_routes

__all__ = ["AGENCY", "SANDBOX", "AppSetup", "FakeSlack", "Team", "build_routes"]
