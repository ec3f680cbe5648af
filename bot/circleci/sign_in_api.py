"""How people let us act for them: by CircleCI's own page (OAuth), where it has one, or by a token that they paste.

CircleCI sends the browser back to a loopback address alone. Where we run elsewhere nothing listens there: the page does
not load, and its address, which holds the code, is what the person brings us.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from bot.circleci.api_request import ApiResponse
from bot.circleci.models import Granted, RegisteredClient
from bot.clock import Clock
from bot.domain.people import SignIn

LOOPBACK_PORT = 53117
RETURN_PATH = "/circlebot"
RETURN_URL = f"http://127.0.0.1:{LOOPBACK_PORT}{RETURN_PATH}"

_AT_MOST = timedelta(days=3650)
"""A token that is said to live longer lives as long as it likes."""

Post = Callable[..., Awaitable[ApiResponse]]


@dataclass(frozen=True, slots=True)
class Grant:
    """A token, and what is known of it; `scope` as in Account."""

    token: str = field(repr=False)
    scope: str | None = None
    expires_at: datetime | None = None


class SignInApi:
    """`url` is where CircleCI's page is, None where there is none: on a Server. `post` sends without any token."""

    def __init__(self, post: Post, *, url: str | None, clock: Clock, takes_pasted: bool) -> None:
        self._post = post
        self._clock = clock
        self.url = url
        self.takes_pasted = takes_pasted

    async def register(self) -> str:
        """The id of a new client. Raises CircleCIError."""
        body = {
            "client_name": "circlebot",
            "redirect_uris": [RETURN_URL],
            "grant_types": ["authorization_code"],
            "response_types": ["code"],
        }
        return (await self._post(f"{self.url}/oauth/register", json=body)).parse(RegisteredClient).client_id

    def begin(self, workspace: str, user: str, client_id: str) -> SignIn:
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        return SignIn(workspace, user, client_id, self._clock.now(), state=state, verifier=verifier)

    def build_page_url(self, attempt: SignIn) -> str:
        """Where the person allows or denies."""
        asked = {
            "response_type": "code",
            "client_id": attempt.client_id,
            "redirect_uri": RETURN_URL,
            "code_challenge": _build_challenge(attempt.verifier),
            "code_challenge_method": "S256",
            "state": attempt.state,
        }
        return f"{self.url}/oauth/authorize?{urlencode(asked)}"

    async def fetch_grant(self, attempt: SignIn, code: str) -> Grant:
        """The token for a code, which is good once. Raises CircleCIError; none of them tells the code."""
        form: Mapping[str, Any] = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": attempt.client_id,
            "redirect_uri": RETURN_URL,
            "code_verifier": attempt.verifier,
        }
        answer = await self._post(f"{self.url}/oauth/token", secrets=(code, attempt.verifier), data=form)
        granted = answer.parse(Granted)
        lives = granted.expires_in and min(timedelta(seconds=max(0, granted.expires_in)), _AT_MOST)
        return Grant(granted.access_token, granted.scope[:32], self._clock.now() + lives if lives else None)


def _build_challenge(verifier: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
