"""The keys that projects are checked out with: real OpenSSH public keys with their real fingerprints."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sandbox.circleci.fake_projects import Project
from sandbox.circleci.fake_users import fixed_id

KINDS = {"deploy-key": "deploy-key", "user-key": "github-user-key"}
"""What a request calls a kind of key, and what answers call it (CircleCI API v2: CheckoutKeyInput, CheckoutKey)."""


@dataclass(eq=False)
class CheckoutKey:
    """`blob` is the key as OpenSSH writes it before base64."""

    project: Project
    kind: str
    blob: bytes
    created_at: datetime
    preferred: bool = False

    @property
    def public_key(self) -> str:
        return f"ssh-ed25519 {base64.b64encode(self.blob).decode()}"

    @property
    def md5(self) -> str:
        return hashlib.md5(self.blob, usedforsecurity=False).digest().hex(":")

    @property
    def sha256(self) -> str:
        digest = base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")
        return f"SHA256:{digest}"


class CheckoutKeys:
    def __init__(self) -> None:
        self._keys: list[CheckoutKey] = []

    def plant(self, projects: Iterable[Project], now: datetime) -> None:
        """Every project that CircleCI checks out with a key of its own has a deploy key."""
        for project in projects:
            if not project.has_opaque_slug:
                self.add(project, "deploy-key", fixed_id(f"key/{project.slug}"), now)

    def add(self, project: Project, kind: str, seed: str, now: datetime) -> CheckoutKey:
        """`seed` makes the key; the newest one is preferred."""
        for known in self.of(project):
            known.preferred = False
        key = CheckoutKey(project, kind, _ed25519(seed), now, preferred=True)
        self._keys.append(key)
        return key

    def of(self, project: Project) -> list[CheckoutKey]:
        return [key for key in self._keys if key.project is project]

    def find(self, project: Project, fingerprint: str) -> CheckoutKey | None:
        return next((key for key in self.of(project) if fingerprint in {key.md5, key.sha256}), None)

    def remove(self, key: CheckoutKey) -> None:
        self._keys.remove(key)

    def clear(self) -> None:
        self._keys.clear()


def _ed25519(seed: str) -> bytes:
    """The wire form of a public key: the algorithm's name and 32 bytes, each after its length (RFC 8709)."""
    parts = (b"ssh-ed25519", hashlib.sha256(seed.encode()).digest())
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
