"""Secrets typed after a command: refused first, by their shape or because we store them."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.circleci.links import Links
from bot.command import Request, RequestSource
from bot.dispatch.rights import CONNECT
from bot.errors import BotError, UsageError
from bot.language import N_, _
from bot.secret_hashes import opened_secrets
from bot.untrusted.token_shapes import find_token_issuer

_PASSED = N_("whatever is typed after a command passes through Slack. I did not use or keep it.")
_OLD_TOKEN = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{40}(?![0-9A-Za-z])")
"""A token that CircleCI made before `CCIPAT_…`. A commit looks the same."""


def refuse_secrets(request: Request, links: Links) -> None:
    """Raises UsageError for a line that somebody typed with a secret in it.

    What we wrote holds names that strangers chose: a branch called like a token is no reason to refuse a button.
    """
    if request.written or request.source is not RequestSource.TYPED:
        return
    whose = find_token_issuer(request.line)
    if whose == "CircleCI":
        raise _build_token_error(_("That looks like a CircleCI token. *Revoke it now*"), links)
    if whose or opened_secrets.has_secret(request.line):
        what = _("a secret ({whose})", whose=whose) if whose else _("a secret that I know")
        raise UsageError(
            _("That looks like {what}. *Revoke it now*: {passed}", what=what, passed=_PASSED),
            _("Make a new one where it came from."),
        )


def warn_of_old_token(error: BotError, request: Request, links: Links) -> BotError:
    """An error about something that looks like an old CircleCI token, with what to do and without the token."""
    if (
        request.source is not RequestSource.TYPED
        or not isinstance(error, UsageError)
        or not _OLD_TOKEN.search(request.line)
    ):
        return error
    return _build_token_error(
        _("Nothing here takes forty such digits. Are they an old CircleCI token? *Then revoke it now*"), links
    )


def _build_token_error(what: str, links: Links) -> UsageError:
    return UsageError(
        f"{what}: {_PASSED}",
        _("Revoke it and make a new one: {token_page}", token_page=links.token_page),
        replace(CONNECT, label="Connect privately"),
    )
