"""Tokens of the Web API and their scopes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sandbox.slack.app_manifest import Manifest
from sandbox.slack.fake_slack_errors import FakeSlackError
from sandbox.slack.ids import Ids

BOT_TOKEN = "xoxb-sandbox"  # noqa: S105 - the sandbox's tokens are public
APP_TOKEN = "xapp-sandbox"  # noqa: S105 - the sandbox's tokens are public

TokenKind = Literal["bot", "app"]


@dataclass(frozen=True)
class FakeToken:
    """A bot token of the workspace, or the app-level token that opens sockets."""

    value: str
    kind: TokenKind
    scopes: frozenset[str]

    @property
    def scope_header(self) -> str:
        return ",".join(sorted(self.scopes))


class FakeTokens:
    """Valid and revoked tokens; OAuth issues more."""

    def __init__(self, manifest: Manifest, ids: Ids) -> None:
        self._ids = ids
        self._known = {
            BOT_TOKEN: FakeToken(BOT_TOKEN, "bot", manifest.scopes),
            APP_TOKEN: FakeToken(APP_TOKEN, "app", frozenset({"connections:write"})),
        }
        self._revoked: dict[str, str] = {}

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
        return token

    def issue(self, scopes: frozenset[str]) -> FakeToken:
        """A further bot token, as an installation gives it."""
        token = FakeToken(f"xoxb-sandbox-{self._ids.generate_secret()}", "bot", scopes)
        self._known[token.value] = token
        return token

    def revoke(self, value: str, why: str = "token_revoked") -> None:
        self._revoked[value] = why

    def revoke_all_bots(self, why: str) -> None:
        """Revoke every bot token, as uninstalling the app does."""
        for token in self._known.values():
            if token.kind == "bot":
                self.revoke(token.value, why)
