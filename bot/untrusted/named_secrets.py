"""Values beside a name which says that they are secret: `DB_PASSWORD=…`, `"auth": "…"`, `<token>…</token>`.

A pattern finds a name, what parts it from its value, and the value. Whether that hides is decided in plain code.
"""

from __future__ import annotations

from typing import Any

from bot.untrusted.patterns import compile_linear, replace_matches
from bot.untrusted.token_shapes import MASK

WORD = (
    r"(?:token|secret|passw(?:or)?d|passphrase|passwort|passcode|(?:store|key|require)pass|masterauth|authorization|credentials?"
    r"|(?:api|access|account|private|shared|encryption|signing|license|master|deploy|auth|subscription)[_.-]?key"
    r"|[_.-](?:key|pass|pw|auth)(?:[_.\d-]|\b)|\b(?:auth|pwd)\b|[_.-]pwd\b|(?-i:[a-z](?:Pass|Pwd|Auth)\b)"
    r"|sonar[._]login|signature)"
)
NAME = rf"[\w.-]*{WORD}[\w.-]*"
VALUE = (
    r"""(?:\\+"[^"\n]*"?|\\+'[^'\n]*'?|[\[({bufr@$]{0,3}"(?:[^"\\\n]|\\.)*"?|[\[({bufr@$]{0,3}'(?:[^'\\\n]|\\.)*'?"""
    r"""|[^\s"',;)}\]\x1f]+)"""
)
"""In quotes (also escaped ones, also without their end), else a word. What it begins with says which."""

_NAMED = compile_linear(
    rf"""({NAME})(\\*["'`]?\]?[ \t]*(?:=>|:=|[=!]==?|=|:)[ \t]*)({VALUE})(?:([ \t]*->[ \t]*)({VALUE}))?""",
    ignore_case=True,
)
_SCHEMES = r"(?:bearer|basic|token|digest|api-?key|key|jwt|negotiate|splunk|oauth|ssws|geniekey|bot)"
_AUTHORIZATION = compile_linear(
    rf"""(authorization\\*["']?[ \t]*[:=][ \t]*\\*["']?{_SCHEMES}[ \t]+)[^\s"',\\]+""", ignore_case=True
)
_COOKIE = compile_linear(r"""\b((?:set-)?cookie\\*["']?[ \t]*:[ \t]*\\*["']?)[\w.-]+=[^"'\n\\]+""", ignore_case=True)
_ELEMENT = compile_linear(rf"(<{NAME}(?:[ \t][^<>\n]*)?>)([^<\n]+)(</)", ignore_case=True)
_PAIR = compile_linear(
    rf"""(\b(?:key|name)\\*["']?[ \t]*[:=][ \t]*\\*["']?{NAME}\\*["']?(?:[\s,;\x1f]|\\[nrt])*"""
    rf"""\\*["']?value\\*["']?[ \t]*[:=][ \t]*)({VALUE})""",
    ignore_case=True,
)
"""`- name: X` and `value: Y` below it, `{"name": "X", "value": "Y"}`, `<add key="X" value="Y"/>`."""

_REFERENCE = compile_linear(
    r"\$\{?[\w:.]+\}?|\$[({].*|\*+|%\w+%|[{<\[(].*|@.*|(?:var|local|data|module|env|secrets|process\.env|os\.environ)\..*"
    r"|true|false|null|none|nil|undefined|[0-9]{1,3}|yes|no|on|off|\*{4}\W.*",
    ignore_case=True,
)
"""What tells where the value is, or that there is none."""

_PROSE = frozenset(
    b"required missing invalid expired not is was are must cannot can could may should will has have empty unset "
    b"redacted hidden masked sensitive changed incorrect wrong denied rejected refused failed unknown unauthorized "
    b"to and or for in with the a an of on from if as flag option parameter argument value provided requires instead "
    b"basic bearer digest oauth oauth2 jwt token secret secrets password passwords credentials".split()
)
_TELLS_NO_VALUE = compile_linear(
    r"(?:public|primary|foreign|cache|partition|sort|row|group|routing|idempotency)[_.-]?keys?$"
    r"|cache|tokeni[sz]|[_.-]?(?:file|path|dir|url|uri|name|arn|type|count|len|length|size|limit|limits|ttl|expiry|expires(?:_\w+)?"
    r"|version|format|header|policy|manager|enabled|required|scopes?|stdin|field|status|helper|provider)$",
    ignore_case=True,
)
_NAMES_SECRET = compile_linear(WORD, ignore_case=True)
_ENDS_AS_NAME = compile_linear(rf"[\w.-]*{WORD}s?(?:[_-]?(?:data|base64|b64|\d+))?", ignore_case=True)
_LONG = compile_linear(r"[\w+/=%:.-]{20,}")
_RANDOM = compile_linear(r"\S*(?:\d\S*[A-Za-z]|[A-Za-z]\S*\d)\S*")
_PATH = compile_linear(r"(?:~|\.{1,2})?/(?:(?:root|home|etc|var|run|tmp|opt|usr|app|mnt|srv|work|secrets|Users)/.*)?")
_DEEPEST = 3


def mask_named(told: bytes) -> bytes:
    told = replace_matches(_COOKIE, told, lambda found: found[1] + MASK)
    told = replace_matches(_AUTHORIZATION, told, lambda found: found[1] + MASK)
    told = replace_matches(
        _ELEMENT, told, lambda found: found[1] + MASK + found[3] if is_literal_value(found[2]) else found[0]
    )
    told = replace_matches(_PAIR, told, lambda found: found[1] + MASK if is_literal_value(found[2]) else found[0])
    return _mask_values(told, _DEEPEST)


def is_literal_value(value: bytes) -> bool:
    """Whether it is a value at all, and no reference to one, nor the word with which a sentence goes on."""
    bare = value.strip(b"\\\"' ")
    return bool(bare) and bare.lower() not in _PROSE and not _REFERENCE.fullmatch(bare)


def is_secret_name(name: bytes) -> bool:
    """Whether the value beside this name is the secret, not where it lies or how long it is."""
    return bool(_NAMES_SECRET.search(name)) and not _TELLS_NO_VALUE.search(name)


def _mask_values(told: bytes, deepest: int) -> bytes:
    return replace_matches(_NAMED, told, lambda found: _mask_value(found, deepest))


def _mask_value(found: Any, deepest: int) -> bytes:
    """The name keeps standing. A value that may be shown can hold further names, but not for ever."""
    name, between, value, arrow, after = found.groups(b"")
    if not deepest or (_is_secret(found) and (is_literal_value(value) or is_literal_value(after))):
        return b"".join((name, between, MASK, arrow, MASK if arrow else b""))
    return b"".join((name, between, _mask_values(value, deepest - 1), arrow, _mask_values(after, deepest - 1)))


def _is_secret(found: Any) -> bool:
    name, value = found[1].lower(), found[3].strip(b"\\\"'")
    return is_secret_name(name) and not _is_plain(name, value) and _is_assignment(found)


def _is_plain(name: bytes, value: bytes) -> bool:
    """How many there are, where it lies, which folder this is, or a word about signatures."""
    if name.endswith(b"signature"):
        return not _LONG.match(value)
    if name.endswith(b"pwd") and value[:1] in b"/~":
        return True
    return (name.endswith(b"tokens") and value.isdigit()) or bool(_PATH.fullmatch(value))


def _is_assignment(found: Any) -> bool:
    """Whether the value is given to the name. Who compares names things too: `token == expected`."""
    sign, quoted = found[2].strip(b" \t"), found[3].lstrip(b"\\bBuUfFrR@$[({")[:1] in {b'"', b"'"}
    if sign.endswith((b"==", b"!=")):
        return quoted
    return sign != b":" or _is_colon_assignment(found, quoted)


def _is_colon_assignment(found: Any, quoted: bool) -> bool:
    """Prose has colons too: `Unexpected token: foo`, `secret:latest`."""
    name, between, value = found[1], found[2], found[3]
    before = found.string[max(0, found.start() - 1) : found.start()]
    if before.strip(b" \t\n\r\x1f{,'\"(&") or not _ENDS_AS_NAME.fullmatch(name):
        return False
    if name.lower() in {b"token", b"auth"} and not quoted:
        return len(value) >= 10 and bool(_RANDOM.fullmatch(value))
    return quoted or between[-1:] in {b" ", b"\t"} or (name.istitle() and before in {b" ", b"{"})
