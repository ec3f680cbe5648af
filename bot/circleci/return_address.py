"""The address at which a browser ended after CircleCI's page, as a person copies it: read strictly, never repeated."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from bot.circleci.sign_in_api import LOOPBACK_PORT, RETURN_PATH, RETURN_URL
from bot.errors import UsageError
from bot.language import N_, _
from bot.mrkdwn import escape
from bot.untrusted.patterns import compile_linear

MOST_CHARACTERS = 3000
"""What Slack's input takes."""

_BEGINS = compile_linear(
    r"<?\s*(?:https?://|localhost|127\.0\.0\.1|\[::1\]|\?|(?:code|state|error)=)", ignore_case=True
)
_QUERY = compile_linear(r"\??(?:code|state|error)=.*")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_ONCE = ("code", "state", "error")
_VALUE = compile_linear(r"[\x21-\x7e]+")

_ANOTHER = N_(
    "That is another address. Press “Authorize at CircleCI”, then “Allow” there: the page after that does not load, "
    "and its address begins with {address}."
)
_CUT_OFF = N_("Part of the address is missing: copy all of it, from http to its end.")
_DENIED = N_("You did not allow it at CircleCI: nothing was connected. Press “Authorize at CircleCI” to choose again.")


@dataclass(frozen=True, slots=True)
class ReturnedCode:
    code: str = field(repr=False)
    state: str = field(repr=False)


def is_address(pasted: str) -> bool:
    """Whether it is meant as an address, whatever is wrong with it; else it is meant as a token."""
    return _BEGINS.match(pasted) is not None or "://" in pasted


def parse(pasted: str) -> ReturnedCode:
    """Raises UsageError, in plain words and without any part of the address but CircleCI's own word for an error."""
    if len(pasted) > MOST_CHARACTERS:
        raise UsageError(_build_another())
    found = _parse_query(_find_query(pasted.strip().strip("<>").partition("|")[0].replace("&amp;", "&")))
    if found.get("error") == "access_denied":
        raise UsageError(_(_DENIED))
    if "error" in found:
        raise UsageError(_("CircleCI did not allow it: “{reason}”", reason=escape(found["error"][:100])))
    code, state = found.get("code", ""), found.get("state", "")
    if not (_VALUE.fullmatch(code) and _VALUE.fullmatch(state)):
        raise UsageError(_(_CUT_OFF))
    return ReturnedCode(code, state)


def _build_another() -> str:
    return _(_ANOTHER, address=RETURN_URL)


def _find_query(text: str) -> str:
    """That of our own loopback address; it may stand alone."""
    if _QUERY.fullmatch(text):
        return text.removeprefix("?")
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        where = (parts.scheme, parts.port, parts.path, parts.username)
    except ValueError:
        raise UsageError(_build_another()) from None
    if where != ("http", LOOPBACK_PORT, RETURN_PATH, None) or parts.hostname not in _LOOPBACK:
        raise UsageError(_build_another())
    return parts.query


def _parse_query(query: str) -> dict[str, str]:
    """What is said twice is said by somebody else."""
    try:
        given = parse_qs(query, keep_blank_values=True, max_num_fields=20)
    except ValueError:
        raise UsageError(_build_another()) from None
    if any(len(given.get(name, "")) > 1 for name in _ONCE):
        raise UsageError(_build_another())
    return {name: given[name][0] for name in _ONCE if name in given}
