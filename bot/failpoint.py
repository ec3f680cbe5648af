"""Where a test lets this process die, as if the machine had: `FAILPOINT=delivery.after_send`, `…@3` the third time.

Without the setting nothing is ever compared to anything but None.
"""

from __future__ import annotations

import os
import signal

STEPS = (
    "publish.before_commit",
    "publish.after_commit",
    "delivery.after_claim",
    "delivery.before_send",
    "delivery.after_send",
    "delivery.after_settle",
)
"""Every step of publication and delivery at which it may be told to die."""

DIGEST_STEPS = ("digest.before_commit", "digest.after_commit")
"""The same for what is kept and told later."""


class Failpoint:
    def __init__(self, setting: str | None) -> None:
        self._step, _, times = (setting or "").partition("@")
        self._left = int(times or 1)

    def hit(self, step: str) -> None:
        """Die at once if this is the step and the time: nothing is finished, written or said."""
        if step == self._step:
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)
