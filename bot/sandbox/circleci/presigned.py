"""Addresses of step output that work without a token, for a while.

Source: CircleCI docs, analyze pipelines during an incident.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.circleci.nouns import Job

LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True)
class Output:
    """One step's output on one parallel run, readable until `expires_at`."""

    job: Job
    step: int
    index: int
    expires_at: datetime


class Presigned:
    def __init__(self) -> None:
        self._outputs: dict[str, Output] = {}

    def sign(self, job: Job, step: int, index: int, now: datetime) -> str:
        """A key that nobody can guess."""
        key = secrets.token_urlsafe(24)
        self._outputs[key] = Output(job, step, index, now + LIFETIME)
        return key

    def find(self, key: str) -> Output | None:
        return self._outputs.get(key)

    def clear(self) -> None:
        self._outputs.clear()
