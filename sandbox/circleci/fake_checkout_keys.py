"""The keys that projects are checked out with: real OpenSSH public keys with their real fingerprints."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sandbox.circleci.fake_projects import FakeProject
from sandbox.circleci.fake_users import build_fixed_id

KINDS = {"deploy-key": "deploy-key", "user-key": "github-user-key"}
"""What a request calls a kind of key, and what answers call it (CircleCI API v2: CheckoutKeyInput, FakeCheckoutKey)."""


@dataclass(eq=False)
class FakeCheckoutKey:
    """`blob` is the key as OpenSSH writes it before base64."""

    project: FakeProject
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


class FakeCheckoutKeys:
    def __init__(self) -> None:
        self._keys: list[FakeCheckoutKey] = []

    def add_initial(self, projects: Iterable[FakeProject], now: datetime) -> None:
        """Every project that CircleCI checks out with a key of its own has a deploy key."""
        for project in projects:
            if not project.has_opaque_slug:
                self.add(project, "deploy-key", build_fixed_id(f"key/{project.slug}"), now)

    def add(self, project: FakeProject, kind: str, seed: str, now: datetime) -> FakeCheckoutKey:
        """`seed` makes the key; the newest one is preferred."""
        for known in self.list_for(project):
            known.preferred = False
        key = FakeCheckoutKey(project, kind, _ed25519(seed), now, preferred=True)
        self._keys.append(key)
        return key

    def list_for(self, project: FakeProject) -> list[FakeCheckoutKey]:
        return [key for key in self._keys if key.project is project]

    def find(self, project: FakeProject, fingerprint: str) -> FakeCheckoutKey | None:
        return next((key for key in self.list_for(project) if fingerprint in {key.md5, key.sha256}), None)

    def remove(self, key: FakeCheckoutKey) -> None:
        self._keys.remove(key)

    def clear(self) -> None:
        self._keys.clear()


def _ed25519(seed: str) -> bytes:
    """The wire form of a public key: the algorithm's name and 32 bytes, each after its length (RFC 8709)."""
    parts = (b"ssh-ed25519", hashlib.sha256(seed.encode()).digest())
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
