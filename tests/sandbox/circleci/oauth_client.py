"""An OAuth client of the simulator, and the person who allows it what it asks: from the registration to the token."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx

REDIRECT = "http://127.0.0.1:53117/circlebot"
VERIFIER = "a-verifier-of-at-least-forty-three-characters"
CHALLENGE = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


async def decide(http: httpx.AsyncClient, authorize_url: str, **form: str) -> str:
    """Where the browser ends of a person who opens this address and presses a button: `as`, `scope`, `decision`."""
    page = await http.get(authorize_url)
    assert page.status_code == 200, page.text
    found = re.search(r'name="request" value="([^"]+)"', page.text)
    assert found
    posted = str(authorize_url).partition("?")[0]
    answer = await http.post(posted, data={"request": found[1], "decision": "allow", **form})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def read_query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


@dataclass
class OAuthClient:
    http: httpx.AsyncClient
    root: str
    client_id: str = ""

    async def register(self, uri: str = REDIRECT) -> httpx.Response:
        body = {
            "client_name": "tests",
            "redirect_uris": [uri],
            "grant_types": ["authorization_code"],
            "response_types": ["code"],
        }
        answer = await self.http.post(f"{self.root}/oauth/register", json=body)
        self.client_id = answer.json().get("client_id", "")
        return answer

    def list_params(self, **changed: str) -> dict[str, str]:
        params = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": REDIRECT,
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "state": "a-state",
        }
        return params | changed

    async def ask(self, **changed: str) -> httpx.Response:
        return await self.http.get(f"{self.root}/oauth/authorize", params=self.list_params(**changed))

    async def allow(self, **form: str) -> str:
        """A code."""
        url = httpx.URL(f"{self.root}/oauth/authorize", params=self.list_params())
        return read_query(await decide(self.http, str(url), **{"as": "ada", "scope": "write", **form}))["code"]

    async def exchange(self, code: str, **changed: str) -> httpx.Response:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": self.client_id,
            "redirect_uri": REDIRECT,
            "code_verifier": VERIFIER,
        }
        return await self.http.post(f"{self.root}/oauth/token", data=form | changed)

    async def fetch_token(self, **form: str) -> str:
        return str((await self.exchange(await self.allow(**form))).json()["access_token"])
