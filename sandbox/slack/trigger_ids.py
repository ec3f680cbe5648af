"""trigger_id: lives three seconds and opens one modal (slack docs: trigger_id)."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.slack.fake_slack_errors import FakeSlackError
from sandbox.slack.ids import Ids
from sandbox.virtual_clock import SandboxClock

LIVES_S = 3.0


@dataclass
class _Trigger:
    person: str
    expires_s: float
    exchanged: bool = False


class TriggerIds:
    """Issued trigger ids, each for one person's click or command."""

    def __init__(self, clock: SandboxClock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self._issued: dict[str, _Trigger] = {}

    def issue(self, person: str) -> str:
        trigger_id = f"{self._ids.now_s()}.{len(self._issued) + 1}.{self._ids.generate_secret()}"
        self._issued[trigger_id] = _Trigger(person, self._clock.monotonic() + LIVES_S)
        return trigger_id

    def exchange(self, trigger_id: str) -> str:
        """The person whose screen it opens. Raises FakeSlackError when it is unknown, spent or too old."""
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise FakeSlackError("invalid_trigger_id")
        if trigger.exchanged:
            raise FakeSlackError("exchanged_trigger_id")
        if self._clock.monotonic() > trigger.expires_s:
            raise FakeSlackError("expired_trigger_id")
        trigger.exchanged = True
        return trigger.person
