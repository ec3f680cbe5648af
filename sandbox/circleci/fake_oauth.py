"""OAuth of the simulated CircleCI: clients that registered themselves, what people allow them, and the tokens of that.

What is known of the real one is section 18 of our sheet of facts; ApiRule has each rule with its source.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.fake_users import FakeCircleciUser

TOKEN_LIVES = timedelta(days=90)
CODE_LIVES = timedelta(minutes=10)
"""Nobody publishes how long a code is good."""
PUSHED_LIVES_S = 90
SCOPES = ("read", "write", "admin")

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True)
class Asked:
    """What a client asks a person for."""

    client_id: str
    redirect_uri: str
    challenge: str
    state: str

    def build_redirect(self, **answer: str) -> str:
        return f"{self.redirect_uri}?{urlencode({**answer, 'state': self.state})}"


@dataclass(frozen=True)
class IssuedCode:
    asked: Asked
    person: FakeCircleciUser
    until: datetime


@dataclass(frozen=True)
class GrantedToken:
    client_id: str
    person: FakeCircleciUser
    until: datetime


class FakeOAuth:
    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self._clients: dict[str, tuple[str, ...]] = {}
        self._asked: dict[str, Asked] = {}
        self._codes: dict[str, IssuedCode] = {}
        self._tokens: dict[str, GrantedToken] = {}

    def register(self, body: Mapping[str, object]) -> str:
        """The id of a new client, each time anew."""
        given = body.get("redirect_uris")
        uris = tuple(map(str, given)) if isinstance(given, list) else ()
        if not uris or not all(map(_is_loopback, uris)):
            raise ApiRule.REDIRECT.to_error()
        client_id = secrets.token_hex(16)
        self._clients[client_id] = uris
        return client_id

    def push(self, given: Mapping[str, str]) -> str:
        """A checked request, by the id under which a consent page finds it."""
        if given.get("client_id", "") not in self._clients:
            raise ApiRule.CLIENT.to_error()
        if given.get("redirect_uri", "") not in self._clients[given["client_id"]]:
            raise ApiRule.REDIRECT.to_error()
        if not given.get("state"):
            raise ApiRule.STATE.to_error()
        challenge = given.get("code_challenge", "")
        if given.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
            raise ApiRule.CHALLENGE.to_error()
        key = f"urn:ietf:params:oauth:request_uri:{secrets.token_urlsafe(16)}"
        self._asked[key] = Asked(given["client_id"], given["redirect_uri"], challenge, given["state"])
        return key

    def find_request(self, key: str) -> Asked:
        if key not in self._asked:
            raise ApiRule.CLIENT.to_error()
        return self._asked[key]

    def allow(self, key: str, person: FakeCircleciUser, scope: str, now: datetime) -> str:
        """Where the person's browser goes on, with a code. What they may not do themselves, no scope gives them."""
        asked = self.find_request(key)
        del self._asked[key]
        code = secrets.token_urlsafe(24)
        able = replace(person, may_write=person.may_write and scope != "read")
        self._codes[code] = IssuedCode(asked, able, now + CODE_LIVES)
        return asked.build_redirect(code=code)

    def deny(self, key: str) -> str:
        asked = self.find_request(key)
        del self._asked[key]
        return asked.build_redirect(error="access_denied")

    def exchange(self, form: Mapping[str, str], now: datetime) -> str:
        """A token for a code, once. The person's older token of the same client ends in this moment."""
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or now > code.until or form.get("grant_type") != "authorization_code":
            raise ApiRule.CODE.to_error()
        same = (form.get("client_id"), form.get("redirect_uri")) == (code.asked.client_id, code.asked.redirect_uri)
        if not same or not _is_verifier_of(form.get("code_verifier", ""), code.asked.challenge):
            raise ApiRule.CODE.to_error()
        for value, one in list(self._tokens.items()):
            if (one.client_id, one.person.login) == (code.asked.client_id, code.person.login):
                del self._tokens[value]
        value = f"ccipat_{secrets.token_hex(20)}"
        self._tokens[value] = GrantedToken(code.asked.client_id, code.person, now + TOKEN_LIVES)
        return value

    def find_owner(self, value: str, now: datetime) -> FakeCircleciUser | None:
        """Whose token it is, as far as it lets them act."""
        token = self._tokens.get(value)
        return token.person if token and now < token.until else None


def _is_loopback(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return False
    is_ours = parts.scheme == "http" and parts.hostname in _LOOPBACK and not parts.query
    return is_ours and port is not None and 1025 <= port <= 65535


def _is_verifier_of(verifier: str, challenge: str) -> bool:
    if not _VERIFIER.fullmatch(verifier):
        return False
    hashed = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    return secrets.compare_digest(hashed, challenge)
