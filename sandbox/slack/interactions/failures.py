"""What Slack shows a person, and nobody else, when the app fails."""

from __future__ import annotations

from sandbox.slack.delivery.ack import Ack
from sandbox.slack.fake_slack import FakeSlack

CONNECTION_PROBLEM = "We had some trouble connecting. Try again?"


def send_failure(slack: FakeSlack, person: str, what: str, ack: Ack, channel: str | None = None) -> None:
    """Show on this person's page that `what` failed: no app connected, no answer in time, or an error."""
    word = "operation_timeout" if ack.outcome == "late" else "dispatch_failed"
    send_error(slack, person, f"{what} failed because the app did not respond ({word})", channel)


def send_error(slack: FakeSlack, person: str, text: str, channel: str | None = None) -> None:
    event = {"type": "failed", "text": text}
    slack.page_streams.send([person], event | ({"channel": channel} if channel else {}))
    slack.changes.bump()
