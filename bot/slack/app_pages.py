"""Where a person clicks: addresses of an app's pages at Slack."""

from __future__ import annotations

from urllib.parse import urlsplit

_USUAL, _GOVERNMENT = "slack.com", "slack-gov.com"


class AppPages:
    """They are beside the API of `api_url`: GovSlack has its own."""

    def __init__(self, api_url: str, app_id: str = "") -> None:
        host = urlsplit(api_url).hostname or ""
        self.all = f"https://api.{_GOVERNMENT if host.endswith(_GOVERNMENT) else _USUAL}/apps"
        self.app = f"{self.all}/{app_id}"

    @property
    def install(self) -> str:
        return f"{self.app}/install-on-team"

    @property
    def bot_token(self) -> str:
        return f"{self.app}/oauth"

    @property
    def app_tokens(self) -> str:
        return f"{self.app}/general"

    @property
    def events(self) -> str:
        return f"{self.app}/event-subscriptions"

    @property
    def collaborators(self) -> str:
        return f"{self.app}/collaborators"
