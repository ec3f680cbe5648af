"""response_url: five answers within thirty minutes, also where the bot is no member (slack docs: interaction)."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.slack.fake_messages import FakeMessage
from sandbox.slack.fake_slack_errors import FakeSlackError
from sandbox.slack.ids import Ids
from sandbox.virtual_clock import SandboxClock

LIVES_S = 30 * 60.0
USES = 5


@dataclass
class ResponseUrl:
    """Given to the app with a command (no `source`) or with a click on the message `source`."""

    person: str
    channel: str
    expires_s: float
    source: FakeMessage | None = None
    uses_left: int = USES


class ResponseUrls:
    """All issued response URLs."""

    def __init__(self, clock: SandboxClock, ids: Ids, public_url: str) -> None:
        self._clock = clock
        self._ids = ids
        self._public_url = public_url
        self._issued: dict[str, ResponseUrl] = {}

    def issue(self, person: str, channel: str, source: FakeMessage | None = None) -> str:
        key = self._ids.generate_secret()
        self._issued[key] = ResponseUrl(person, channel, self._clock.monotonic() + LIVES_S, source)
        return f"{self._public_url}/slack/response/{key}"

    def get(self, key: str) -> ResponseUrl:
        """The response_url with this key. Raises FakeSlackError when it is unknown, too old or used up."""
        url = self._issued.get(key)
        if url is None:
            raise FakeSlackError("no_such_url", status=404)
        if self._clock.monotonic() > url.expires_s:
            raise FakeSlackError("expired_url", status=404)
        if url.uses_left < 1:
            raise FakeSlackError("used_url", status=404)
        return url
