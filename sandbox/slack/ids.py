"""Generates message timestamps and ids in Slack's forms."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass

from sandbox.virtual_clock import SandboxClock


@dataclass(frozen=True)
class Team:
    """A workspace, with the bot token that its installation of the app has. `path` is where its URLs begin."""

    id: str
    name: str
    bot_token: str
    path: str = ""

    @property
    def domain(self) -> str:
        return self.name.lower()


SANDBOX = Team("T0SANDBOX", "Sandbox", "xoxb-sandbox")
AGENCY = Team("T0AGENCY", "Agency", "xoxb-agency", "/team/T0AGENCY")
"""Works for the first one's company, and shares nothing with it but the app."""

LAB = Team("T0LAB", "Lab", "xoxb-lab", "/team/T0LAB")
"""Another workspace of the first one's organisation: the same people, by the same ids."""

TEAM_ID = SANDBOX.id
APP_ID = "A0CIRCLEBOT"
BOT_ID = "B0CIRCLEBOT"
BOT_USER = "U0CIRCLEBOT"
SLACKBOT = "USLACKBOT"
VERIFICATION_TOKEN = "sandbox-verification-token"  # noqa: S105 - Slack's deprecated marker of a payload, no secret
SIGNING_SECRET = "sandbox-signing-secret"  # noqa: S105 - the sandbox's secrets are public

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Ids:
    """Hands out ids that never repeat, also not after a reset."""

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._last_us = 0
        self._numbers = itertools.count(1)

    def generate_ts(self) -> str:
        """A message timestamp, "1790000000.000100": unique, and greater than every one before."""
        self._last_us = max(self._last_us + 100, int(self._clock.now().timestamp() * 1_000_000))
        return f"{self._last_us // 1_000_000}.{self._last_us % 1_000_000:06d}"

    def generate_id(self, prefix: str) -> str:
        """An id such as "V00000001A"."""
        return f"{prefix}{_base36(next(self._numbers)):0>9}"

    def generate_secret(self) -> str:
        """A random string: the end of a trigger id, a ticket or a token."""
        return secrets.token_hex(16)

    def now_s(self) -> int:
        return int(self._clock.now().timestamp())


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _ALPHABET[digit] + digits
    return digits
