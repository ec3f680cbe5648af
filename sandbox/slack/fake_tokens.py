"""Tokens of the Web API and their scopes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sandbox.slack.app_manifest import Manifest
from sandbox.slack.fake_slack_errors import FakeSlackError
from sandbox.slack.ids import APP_ID, Ids
from sandbox.virtual_clock import SandboxClock

APP_TOKEN = "xapp-sandbox"  # noqa: S105 - the sandbox's tokens are public
CONFIG_TOKEN = "xoxe.xoxp-sandbox"  # noqa: S105 - the sandbox's tokens are public
REFRESH_TOKEN = "xoxe-1-sandbox"  # noqa: S105 - the sandbox's tokens are public
TOKEN_LIVES_S = 12 * 3600

TokenKind = Literal["bot", "app", "config"]


@dataclass(frozen=True)
class FakeToken:
    """A bot token of the workspace, the app-level token that opens sockets, or a person's app configuration token.

    `expires_s` is of the clock's monotonic time, `app` whose sockets an app-level token opens, `organisation` the one
    that installed the app as a whole.
    """

    value: str
    kind: TokenKind
    scopes: frozenset[str]
    expires_s: float | None = None
    app: str = APP_ID
    organisation: str | None = None

    @property
    def scope_header(self) -> str:
        return ",".join(sorted(self.scopes))


class FakeTokens:
    """Valid and revoked tokens; OAuth and tooling.tokens.rotate issue more."""

    def __init__(self, manifest: Manifest, ids: Ids, clock: SandboxClock, *, bot_token: str) -> None:
        self._ids, self._clock = ids, clock
        self._known = {
            bot_token: FakeToken(bot_token, "bot", manifest.scopes),
            APP_TOKEN: FakeToken(APP_TOKEN, "app", frozenset({"connections:write"})),
            CONFIG_TOKEN: FakeToken(CONFIG_TOKEN, "config", frozenset(), self._compute_end_s()),
        }
        self._refresh_tokens = {REFRESH_TOKEN}
        self._bot_refresh_tokens: dict[str, FakeToken] = {}
        self._rotates = manifest.rotates_tokens
        self._revoked: dict[str, str] = {}

    def __contains__(self, value: object) -> bool:
        return value in self._known

    def check(self, value: str | None, kind: TokenKind) -> FakeToken:
        """The token with this value. Raises FakeSlackError: invalid_auth, token_revoked and so on."""
        if not value:
            raise FakeSlackError("not_authed")
        if value in self._revoked:
            raise FakeSlackError(self._revoked[value])
        token = self._known.get(value)
        if token is None:
            raise FakeSlackError("invalid_auth")
        if token.kind != kind:
            raise FakeSlackError("not_allowed_token_type")
        if token.expires_s is not None and self._clock.monotonic() >= token.expires_s:
            raise FakeSlackError("token_expired")
        return token

    def issue(self, scopes: frozenset[str], organisation: str | None = None) -> FakeToken:
        """A further bot token, as an installation gives it; where tokens are rotated, one of twelve hours."""
        value = f"{'xoxe.xoxb-1' if self._rotates else 'xoxb'}-sandbox-{self._ids.generate_secret()}"
        ends_s = self._compute_end_s() if self._rotates else None
        self._known[value] = FakeToken(value, "bot", scopes, ends_s, organisation=organisation)
        return self._known[value]

    def issue_refresh_token(self, token: FakeToken) -> dict[str, object]:
        """What stands beside a token that is rotated: when it ends, and what to get the next one for; else nothing."""
        if token.expires_s is None:
            return {}
        self._bot_refresh_tokens[value := f"xoxe-1-sandbox-{self._ids.generate_secret()}"] = token
        return {"expires_in": TOKEN_LIVES_S, "refresh_token": value}

    def refresh(self, refresh_token: str) -> FakeToken:
        """The next bot token. The one before is good until its end. Raises FakeSlackError for one that was used."""
        before = self._bot_refresh_tokens.pop(refresh_token, None)
        if before is None or before.value in self._revoked:
            raise FakeSlackError("invalid_refresh_token")
        return self.issue(before.scopes, before.organisation)

    def knows_refresh_token(self, refresh_token: str) -> bool:
        return refresh_token in self._bot_refresh_tokens

    def find_organisation(self, value: str) -> str | None:
        """Whose token this is, if a whole organisation's."""
        return self._known[value].organisation

    def issue_app_level(self, app_id: str) -> FakeToken:
        """A further app-level token, as a person makes it on the app's page; its form names the app."""
        value = f"xapp-1-{app_id}-1-{self._ids.generate_secret()}"
        self._known[value] = FakeToken(value, "app", frozenset({"connections:write"}), app=app_id)
        return self._known[value]

    def rotate(self, refresh_token: str) -> tuple[str, str]:
        """A new configuration token and the next refresh token. Raises FakeSlackError for one that was used."""
        if refresh_token not in self._refresh_tokens:
            raise FakeSlackError("invalid_refresh_token")
        self._refresh_tokens.remove(refresh_token)
        value = f"xoxe.xoxp-sandbox-{self._ids.generate_secret()}"
        self._known[value] = FakeToken(value, "config", frozenset(), self._compute_end_s())
        self._refresh_tokens.add(following := f"xoxe-1-sandbox-{self._ids.generate_secret()}")
        return value, following

    def _compute_end_s(self) -> float:
        return self._clock.monotonic() + TOKEN_LIVES_S

    def revoke(self, value: str, why: str = "token_revoked") -> None:
        self._revoked[value] = why

    def revoke_all_bots(self, why: str, organisation: str | None = None) -> None:
        """Revoke every bot token of the workspace, or of the organisation, as uninstalling the app does."""
        for token in self._known.values():
            if token.kind == "bot" and token.organisation == organisation:
                self.revoke(token.value, why)
