"""Apps that people made with the manifest API, and the one that the workspace has from the start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.slack.fake_slack_errors import FakeSlackError
from sandbox.slack.ids import APP_ID, SIGNING_SECRET, VERIFICATION_TOKEN, Ids
from sandbox.slack.manifest_schema import list_problems
from sandbox.slack.oauth_codes import CLIENT_ID, CLIENT_SECRET

_BARE: Mapping[str, Any] = {"display_information": {"name": "circlebot"}}


@dataclass
class FakeApp:
    """An app as its owner sees it: its manifest, and the credentials that only making it tells."""

    id: str
    manifest: Mapping[str, Any]
    client_id: str = CLIENT_ID
    client_secret: str = CLIENT_SECRET
    signing_secret: str = SIGNING_SECRET

    @property
    def scopes(self) -> list[str]:
        scopes: list[str] = self.manifest.get("oauth_config", {}).get("scopes", {}).get("bot", [])
        return scopes

    def as_credentials(self) -> dict[str, str]:
        return {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "verification_token": VERIFICATION_TOKEN,
            "signing_secret": self.signing_secret,
        }


class FakeApps(Mapping[str, FakeApp]):
    """All apps by id."""

    def __init__(self, manifest: Mapping[str, Any] | None, ids: Ids) -> None:
        self._ids = ids
        self._by_id = {APP_ID: FakeApp(APP_ID, manifest or _BARE)}

    def __getitem__(self, app_id: str) -> FakeApp:
        return self._by_id[app_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def create(self, manifest: Any) -> FakeApp:
        """Raises FakeSlackError (invalid_manifest)."""
        check_manifest(manifest)
        secret = self._ids.generate_secret
        app = FakeApp(self._ids.generate_id("A"), manifest, f"client-{secret()}", secret(), secret())
        self._by_id[app.id] = app
        return app

    def update(self, app: FakeApp, manifest: Any) -> bool:
        """Whether other scopes are asked for now. Raises FakeSlackError (invalid_manifest)."""
        check_manifest(manifest)
        before, app.manifest = set(app.scopes), manifest
        return before != set(app.scopes)


def check_manifest(manifest: Any) -> None:
    """Raises FakeSlackError with every problem and its place, as apps.manifest.validate tells them."""
    problems = [{"message": one.message, "pointer": one.pointer} for one in list_problems(manifest)]
    if problems:
        raise FakeSlackError("invalid_manifest", errors=problems)
