"""What may be wrong with an installation: one table, for `circlebot doctor`, `/circle doctor` and its page.

docs/troubleshooting.md is made of it (bot/diagnostics/). What a check finds fills in the sentences.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.language import N_, say_kept


class KeptSentence:
    """A value that is a sentence: it is said in the language of its reader."""

    def __init__(self, kept: str) -> None:
        self._kept = kept

    def __str__(self) -> str:
        return say_kept(self._kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """A row: `key` and `check` are its names for programs and stay, `looks_at` is how it is found.

    `says` is what is wrong, `mend` what to do about it, with the `command` in its place. For the page: what people
    see in Slack, and the event of the log that tells the same ("" where the log has none).
    """

    key: str
    check: str
    looks_at: str
    says: str
    mend: str
    command: str
    seen: str
    logged: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: a symptom, or `well`, in words for operators (English).

    `values` are names (str), several (tuple), numbers, moments and durations, or sentences, whose str() is said.
    """

    check: str
    well: str = ""
    symptom: Symptom | None = None
    values: Mapping[str, object] = field(default_factory=dict)


CHECKS = {
    "settings": N_("settings"),
    "health": N_("health page"),
    "pictures": N_("pictures"),
    "database": N_("database"),
    "files": N_("files"),
    "keys": N_("keys"),
    "listener": N_("listening process"),
    "webhooks": N_("webhooks"),
    "limit": N_("limits"),
    "rules": N_("rules"),
    "outbox": N_("messages"),
    "record": N_("record"),
    "channels": N_("channels"),
    "policy": N_("policy"),
    "proxy": N_("proxy"),
    "slack": N_("Slack"),
    "scopes": N_("scopes"),
    "clock": N_("clock"),
    "installs": N_("installations"),
    "socket": N_("Socket Mode"),
    "circleci": N_("CircleCI"),
    "rotation": N_("token rotation"),
    "live": N_("Slack's validators"),
}
"""What each check is called where people read that it found nothing."""


async def find_nothing(_workspace: str) -> Sequence[Finding]:
    """An installation that nobody looks at."""
    return ()


Examine = Callable[[str], Awaitable[Sequence[Finding]]]
"""What is right and wrong with the installation, as far as it concerns a workspace."""
