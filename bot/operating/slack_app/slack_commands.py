"""The words after `circlebot slack`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from bot.operating.slack_app.create import AppWish, create_app
from bot.operating.slack_app.slack_cli import Hook, run_hook
from bot.operating.slack_app.update import UpdateWish, update_app

slack = App(name="slack", help="The app at Slack: made, and brought to this release.")

_YOUR_TURN = 2
"""The exit code where a person has to do something first."""
_LONGEST_NAME = 35


def _check_url(_type: object, url: str | None) -> None:
    if url is not None and not url.startswith("https://"):
        raise ValueError("must begin with https://, Slack sends to no other address")


def _check_name(_type: object, name: str) -> None:
    if not 1 <= len(name) <= _LONGEST_NAME:
        raise ValueError(f"must have 1 to {_LONGEST_NAME} characters")


def _strip(url: str | None) -> str | None:
    return url and url.rstrip("/")


Url = Annotated[
    str | None,
    Parameter(validator=_check_url, help="Where Slack reaches circlebot by HTTP; without it, Socket Mode."),
]
TokenFile = Annotated[
    Path | None,
    Parameter(
        "--token-file",
        help="Holds an app configuration token, or a refresh token, which is replaced by the next; `-` is stdin. "
        "Without it: SLACK_CONFIG_TOKEN, SLACK_CONFIG_TOKEN_FILE, or you are asked.",
    ),
]


@slack.command
def create(
    *,
    url: Url = None,
    many: Annotated[
        bool, Parameter("--many", negative=(), help="For many workspaces, which install it at URL/slack/install.")
    ] = False,
    name: Annotated[str, Parameter(validator=_check_name, help="What the app is called in Slack.")] = "circlebot",
    channel: Annotated[str | None, Parameter(help="Says hello there, once: `#name`.")] = None,
    token_file: TokenFile = None,
) -> None:
    """Make the app, write `.env`, check it and say hello; run it again to go on where it stopped.

    Exit code 0: done. 1: it failed, and says why. 2: it is your turn, and says where.
    """
    if not create_app(AppWish(url=_strip(url), many=many, name=name, channel=channel, token_file=token_file)):
        sys.exit(_YOUR_TURN)


@slack.command
def update(
    *,
    app: Annotated[str | None, Parameter(help="Its id (A…); without it, SLACK_APP_ID.")] = None,
    url: Url = None,
    yes: Annotated[bool, Parameter("--yes", negative=(), help="Change it without asking.")] = False,
    dry_run: Annotated[bool, Parameter("--dry-run", negative=(), help="Only show what would change.")] = False,
    token_file: TokenFile = None,
) -> None:
    """Bring the app to this release's manifest: shows what changes, and why each new scope is asked for.

    Exit codes as those of `create`.
    """
    if not update_app(UpdateWish(app=app, url=_strip(url), agreed=yes, dry_run=dry_run, token_file=token_file)):
        sys.exit(_YOUR_TURN)


@slack.command(show=False)
def hook(
    name: Annotated[Hook, Parameter(help="Which of the hooks in .slack/hooks.json.")],
    *_given: Annotated[str, Parameter(allow_leading_hyphen=True, help="What Slack's CLI adds; not needed.")],
) -> None:
    """What Slack's own command line starts; it may add options, of which none is needed."""
    run_hook(name)
