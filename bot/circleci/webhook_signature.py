"""`circleci-signature`: proof that a webhook comes from CircleCI (docs: outbound webhooks, validate webhooks)."""

from __future__ import annotations

import hmac
import re

VERSION = "v1"

_DIGEST = re.compile(r"[0-9a-f]{64}")


def verify_signature(header: str | None, body: bytes, secret: str) -> bool:
    """True when the header's `v1` is the HMAC-SHA256 of the raw body.

    Other versions do not count, so that nobody can downgrade; a missing or malformed header is a no, not an error.
    """
    given = _parse_signatures(header or "").get(VERSION)
    if not given or not secret:
        return False
    expected = hmac.new(secret.encode(), body, "sha256").hexdigest()
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))


def is_signature(header: str | None) -> bool:
    """Whether it could prove anything at all: else nobody need read the body."""
    return bool(_DIGEST.fullmatch(_parse_signatures(header or "").get(VERSION, "")))


def _parse_signatures(header: str) -> dict[str, str]:
    """`v1=…,v2=…` by version; the first of a repeated version counts."""
    found: dict[str, str] = {}
    for part in header.split(","):
        version, _, value = part.strip().partition("=")
        found.setdefault(version, value)
    return found
