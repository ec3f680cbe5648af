"""A person's app configuration token: from a file, the environment, or typed unseen; never from the argument list."""

from __future__ import annotations

import sys
from pathlib import Path

from bot.operating import prompts
from bot.operating.console import say
from bot.operating.process import CommandFailed, run_async
from bot.operating.slack_app.setup_settings import SetupSettings
from bot.private_files import replace_private_file
from bot.secret_hashes import opened_secrets
from bot.slack.app_configuration import rotate_token
from bot.slack.app_pages import AppPages

_ACCESS, _REFRESH = "xoxe.xoxp-", "xoxe-"
_MOST_CHARACTERS = 4096
_STDIN = Path("-")


def read_config_token(file: Path | None, *, api_url: str) -> str:
    """The token to make or change an app with. Raises CommandFailed or UsageError; no error shows it."""
    own = SetupSettings()
    file = file or own.slack_config_token_file
    if file:
        given = _read_file(file)
    elif own.slack_config_token:
        given = own.slack_config_token.get_secret_value().strip()
    else:
        given = _ask(api_url)
    if given.startswith(_REFRESH):
        given = _spend(given, file, api_url=api_url)
    opened_secrets.remember("config_token", given, for_ever=True)
    if not given.startswith(_ACCESS):
        raise CommandFailed(f"this is no app configuration token: take the one that begins with {_ACCESS}.")
    return given


def _ask(api_url: str) -> str:
    where = f"open {AppPages(api_url).all} and press Generate Token under Your App Configuration Tokens"
    if not prompts.is_there():
        raise CommandFailed(
            f"an app configuration token is needed: {where}. Set SLACK_CONFIG_TOKEN to it, or name a file that holds "
            "it: --token-file FILE."
        )
    say(f"next configuration token — {where}, choose the workspace, and copy the access token")
    return prompts.ask_secret(f"     configuration token ({_ACCESS}…), unseen: ")


def _read_file(file: Path) -> str:
    try:
        text = sys.stdin.read(_MOST_CHARACTERS) if file == _STDIN else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFailed(f"{file} cannot be read ({type(error).__name__}).") from None
    return text[:_MOST_CHARACTERS].strip()


def _spend(refresh_token: str, file: Path | None, *, api_url: str) -> str:
    """Its successor stands in the file before anything else happens: a spent one is worth nothing."""
    if file is None or file == _STDIN:
        raise CommandFailed(
            f"this is a refresh token, and the next one has nowhere to go: take the token that begins with {_ACCESS}, "
            "or put the refresh token into a file: --token-file FILE."
        )
    opened_secrets.remember("refresh_token", refresh_token, for_ever=True)
    _write(file, refresh_token)
    token, following = run_async(rotate_token(api_url, refresh_token))
    _write(file, following)
    return token


def _write(file: Path, refresh_token: str) -> None:
    try:
        replace_private_file(file, refresh_token + "\n")
    except OSError as error:
        raise CommandFailed(
            f"{file} cannot be written ({type(error).__name__}), and a refresh token is replaced by its use."
        ) from None
