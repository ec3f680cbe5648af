"""OAuth: codes that people gave the app and that it exchanges for tokens (slack docs: installing with OAuth)."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.slack.fake_slack_errors import FakeSlackError
from sandbox.slack.ids import Ids
from sandbox.virtual_clock import SandboxClock

CLIENT_ID = "sandbox-client-id"
CLIENT_SECRET = "sandbox-client-secret"  # noqa: S105 - the sandbox's secrets are public
CODE_LIVES_S = 600.0


@dataclass(frozen=True)
class Consent:
    """Who allowed which scopes for which workspace, or for the whole organisation that it is of."""

    person: str
    scopes: frozenset[str]
    team: str
    is_org_wide: bool = False


@dataclass
class _Code:
    consent: Consent
    redirect_uri: str
    expires_s: float
    used: bool = False


class OAuthCodes:
    """What people allowed on the authorize page."""

    def __init__(self, clock: SandboxClock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self._codes: dict[str, _Code] = {}

    def issue(self, consent: Consent, redirect_uri: str) -> str:
        """A code for the redirect: ten minutes, one use."""
        code = self._ids.generate_secret()
        self._codes[code] = _Code(consent, redirect_uri, self._clock.monotonic() + CODE_LIVES_S)
        return code

    def exchange(self, code: str, redirect_uri: str | None) -> Consent:
        """Raises FakeSlackError for an unknown, spent or old code, or another redirect."""
        given = self._codes.get(code)
        if given is None or self._clock.monotonic() > given.expires_s:
            raise FakeSlackError("invalid_code")
        if given.used:
            raise FakeSlackError("code_already_used")
        if redirect_uri is not None and redirect_uri != given.redirect_uri:
            raise FakeSlackError("bad_redirect_uri")
        given.used = True
        return given.consent
