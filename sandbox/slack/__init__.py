"""The simulated Slack, as strict as the real one."""

from __future__ import annotations

from sandbox.slack.fake_slack import AppSetup, FakeSlack
from sandbox.slack.ids import AGENCY, LAB, SANDBOX, Team
from sandbox.slack.organisation import Organisation
from sandbox.slack.slack_routes import build_routes

__all__ = ["AGENCY", "LAB", "SANDBOX", "AppSetup", "FakeSlack", "Organisation", "Team", "build_routes"]
