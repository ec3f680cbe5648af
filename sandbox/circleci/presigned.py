"""Addresses of step output and of stored artifacts that work without a token, for a while.

Source: CircleCI docs, analyze pipelines during an incident.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.circleci.entities import FakeJob
from sandbox.circleci.fake_artifacts import FakeArtifact

LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True)
class PresignedOutput:
    """One step's output on one parallel run, readable until `expires_at`."""

    job: FakeJob
    step: int
    index: int
    expires_at: datetime


class PresignedUrls:
    def __init__(self) -> None:
        self._outputs: dict[str, PresignedOutput] = {}
        self._artifacts: dict[str, tuple[FakeArtifact, datetime]] = {}

    def sign_output(self, job: FakeJob, step: int, index: int, now: datetime) -> str:
        """A key that nobody can guess."""
        key = secrets.token_urlsafe(24)
        self._outputs[key] = PresignedOutput(job, step, index, now + LIFETIME)
        return key

    def find_output(self, key: str) -> PresignedOutput | None:
        return self._outputs.get(key)

    def sign_artifact(self, artifact: FakeArtifact, now: datetime) -> str:
        key = secrets.token_urlsafe(24)
        self._artifacts[key] = artifact, now + LIFETIME
        return key

    def find_artifact(self, key: str, now: datetime) -> FakeArtifact | None:
        """None for a key that is unknown or has expired."""
        artifact, expires_at = self._artifacts.get(key, (None, now))
        return artifact if now <= expires_at else None

    def clear(self) -> None:
        self._outputs.clear()
        self._artifacts.clear()
