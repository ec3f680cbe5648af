"""What `circlebot slack` reads from the environment and `.env`, and a process that runs does not need."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class SetupSettings(BaseSettings):
    """The names in capitals are those of the variables."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True, hide_input_in_errors=True
    )

    slack_app_id: str | None = None
    """`A…`: the app that `circlebot slack create` made."""
    slack_config_token: SecretStr | None = None
    """An app configuration token, `xoxe.xoxp-…`."""
    slack_config_token_file: Path | None = None
    """A file with one, or with a refresh token (`xoxe-…`), in whose place the next one is written."""
    slack_cli_xoxb: SecretStr | None = None
    """The bot token that `slack run` hands to what it starts."""
    slack_cli_xapp: SecretStr | None = None
    """The app-level token of the same."""
