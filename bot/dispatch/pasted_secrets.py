"""Secrets typed after a command: refused first, by their shape or because we store them."""

from __future__ import annotations

import re

from bot.circleci.links import Links
from bot.command import Request, RequestSource, format_line
from bot.errors import BotError, NextStep, UsageError
from bot.language import _
from bot.secret_hashes import opened_secrets
from bot.untrusted.token_shapes import find_token_issuer, has_return_address

_OLD_TOKEN = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{40}(?![0-9A-Za-z])")
"""A token that CircleCI made before `CCIPAT_…`. A commit looks the same."""


def refuse_secrets(request: Request, links: Links) -> None:
    """Raises UsageError for a line that somebody typed with a secret in it.

    What we wrote holds names that strangers chose: a branch called like a token is no reason to refuse a button.
    """
    if request.written or request.source is not RequestSource.TYPED:
        return
    if has_return_address(request.line):
        raise UsageError(
            _("That address belongs into the private form. I did not use it, and nobody else can."),
            NextStep(_("Connect Privately"), format_line("connect")),
        )
    whose = find_token_issuer(request.line)
    if whose == "CircleCI":
        what = _("That looks like a CircleCI token.")
        raise _build_token_error(f"{what} {_format_advice()}", links)
    if whose or opened_secrets.has_secret(request.line):
        what = (
            _("That looks like a secret ({issuer}).", issuer=whose)
            if whose
            else _("That looks like a secret that I know.")
        )
        raise UsageError(f"{what} {_format_advice()}", _("Make a new one where it came from."))


def _format_advice() -> str:
    return _("*Revoke it now*: what you type after a command passes through Slack. I did not use or keep it.")


def warn_of_old_token(error: BotError, request: Request, links: Links) -> BotError:
    """An error about something that looks like an old CircleCI token, with what to do and without the token."""
    if (
        request.source is not RequestSource.TYPED
        or not isinstance(error, UsageError)
        or not _OLD_TOKEN.search(request.line)
    ):
        return error
    return _build_token_error(
        _(
            "No command takes forty such digits. Are they an old CircleCI token? *Then revoke it now*: what you type "
            "after a command passes through Slack. I did not use or keep it."
        ),
        links,
    )


def _build_token_error(what: str, links: Links) -> UsageError:
    return UsageError(
        what,
        _("Revoke it and make a new one: {token_page}", token_page=links.token_page),
        NextStep(_("Connect Privately"), format_line("connect")),
    )
