"""Logs of other people's programs, made fit to be read in a channel: no terminal codes, no secrets, only the end.

Masking is a second net under CircleCI's own (its `****` stays): it knows the forms of common secrets, and takes for
secret what is told as the value of a variable that the project or a context holds (named_values.py).
"""

from __future__ import annotations

import re
from collections.abc import Collection

from bot.circleci.named_values import MASK, mask_values

LINE_LENGTH = 500
_SEARCHED = 2000

_ESCAPES = re.compile(
    r"""
      (?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?                    # colours, cursor moves
    | (?:\x1b\]|\x9d)[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?  # titles, hyperlinks
    | \x1b[PX^_][^\x1b\n]*(?:\x1b\\)?                      # device and application strings
    | \x1b[ -/]+[0-~]                                      # character sets
    | \x1b[0-~]?                                           # the two-letter rest
    """,
    re.VERBOSE,
)
_RUBBED_OUT = re.compile(r"[^\x08\n]\x08")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def clean(text: str) -> str:
    """Text as a terminal would finally show it: escape sequences gone, progress lines at their last state."""
    text = _ESCAPES.sub("", text).replace("\r\n", "\n")
    lines = (_after_returns(line) for line in text.split("\n"))
    return _UNPRINTABLE.sub("", _rubbed_out("\n".join(lines)))


def _after_returns(line: str) -> str:
    """A progress bar writes over itself; what it wrote last is what counts."""
    written = [part for part in line.split("\r") if part.strip()]
    return written[-1] if written else ""


def _rubbed_out(text: str) -> str:
    """Spinners go back by a backspace; a run of n of them takes n passes, and more than a few is no text any more."""
    for _ in range(20):
        if "\b" not in text:
            break
        text = _RUBBED_OUT.sub("", text)
    return text


_KEY_BLOCK = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----|\Z)"
    r"|\A[A-Za-z0-9+/=\s]*-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----",
    re.DOTALL,
)
_TOKEN = re.compile(
    r"""
    (?<![A-Za-z0-9])(?:
      gh[a-z]_[A-Za-z0-9]{16,} | github_pat_\w{16,} | glpat-[\w-]{16,}
    | xox[a-z](?:\.xox[a-z])?-[\w-]{8,} | xapp-[\w-]{8,}
    | CCIPAT_\w{4,} | CCIPRJ_\w{4,}
    | (?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}
    | (?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?
    | AIza[\w-]{30,} | ya29\.[\w.-]{20,}
    | sk-[\w-]{20,} | (?:sk|rk|pk)_(?:live|test)_\w{10,} | whsec_\w{16,}
    | npm_[A-Za-z0-9]{30,} | pypi-[\w-]{30,} | dckr_pat_[\w-]{16,} | hv[sb]\.[\w-]{20,}
    | (?<![\w-])SG\.[\w-]{16,}\.[\w-]{16,} | dop_v1_[0-9a-f]{32,} | NRAK-[A-Z0-9]{20,}
    )
    """,
    re.VERBOSE,
)
_SLACK_HOOK = re.compile(r"(hooks\.slack\.com/(?:services|workflows|triggers)/)[\w/-]+")
_SCHEME = re.compile(r"\b((?:Bearer|Basic)\s+)(?!\*{3})[\w.~+/=-]{8,}", re.IGNORECASE)
_IN_URL = re.compile(r"(?<=://)(?!\*{4}@)(?:[^\s/@:]*:[^\s/]+|[^\s/@:]{20,})@")
_QUERY = re.compile(r"([?&][\w.-]*(?:token|signature|secret|password|api_?key|sig)=)[^&\s\"'<>]+", re.IGNORECASE)

_SECRETISH = (
    r"[\w.-]{0,80}(?:token|secret|passw(?:or)?d|passphrase|passwort|api[_-]?key|access[_-]?key|private[_-]?key"
    r"|credentials?|authorization|[_-]key|[_-]pass|[_-]pwd|[_-]auth)"
)
_NAMED = re.compile(
    rf"""
    (
      (?<![\w.-])(?:
        {_SECRETISH}[\w.-]{{0,80}}["']?[ ]?=[ ]?            # PASSWORD=…
      | --{_SECRETISH}[ ]+                                  # --password …
      )
    | ["']{_SECRETISH}[\w.-]{{0,80}}["'][ \t]*:[ \t]*       # "password": …
    | (?:^|(?<=[\s{{,'"]))                                    # password: … (but prose says `token:` a lot)
      (?!token:|[\w.-]{{0,80}}cache){_SECRETISH}[ ]?:[ \t]+
    )
    ("[^"\n]*"|'[^'\n]*'|[^\s"',;)}}\]]+)
    """,
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_REFERENCE = re.compile(r"\$\{?\w+\}?|\$\(.*|\*+|true|false|null|none|nil|undefined|[0-9]{1,3}", re.IGNORECASE)


def mask(text: str, names: Collection[str] = ()) -> str:
    """The text with whatever looks like a secret replaced by `****`, and whatever is told as the value of `names`."""
    text = mask_values(text, names) if names else text
    text = _KEY_BLOCK.sub(MASK, text)
    text = _TOKEN.sub(MASK, text)
    text = _SLACK_HOOK.sub(rf"\g<1>{MASK}", text)
    text = _IN_URL.sub(f"{MASK}@", text)
    text = _QUERY.sub(rf"\g<1>{MASK}", text)
    text = _SCHEME.sub(rf"\g<1>{MASK}", text)
    return _NAMED.sub(_masked_value, text)


def _masked_value(found: re.Match[str]) -> str:
    """`DB_PASSWORD=hunter2` loses its value, not its name; a mere `$REFERENCE` tells nothing and stays."""
    value = found[2].strip("\"'")
    if not value or _REFERENCE.fullmatch(value) or value.lower() in {"bearer", "basic"}:
        return found[0]
    return found[1] + MASK


def tail(text: str, lines: int = 30) -> tuple[str, ...]:
    """The last lines that say something, each shortened to 500 characters; blank lines at the end do not count."""
    kept = text.rstrip().split("\n")[-lines:] if text.strip() else []
    return tuple(shortened(line.rstrip()) for line in kept)


def shortened(line: str, length: int = LINE_LENGTH) -> str:
    return line if len(line) <= length else line[: length - 1] + "…"


_SURE = re.compile(
    r"""
      ^E\s{2,}\S                                                      # pytest
    | ^\s*●\ (?!Console)\S.*                                          # jest
    | ^\s*\w[\w/.-]*\.go:\d+(?::\d+)?:\ \S                            # go, building and testing
    | ^\s*Failure/Error:                                              # rspec
    | ^\[ERROR\]\s{2,}\S                                              # maven
    | ^\s*\d+:\d+\s+error\s                                           # eslint
    | ^\s*(?:[\w$]+\.)*[A-Z]\w*(?:Error|Exception|Panic)(?::|\s*$)    # Python, JavaScript, Java, Ruby
    | \berror(?:\[\w+\]|\ TS\d+)?:\s | ^\S+:\d+:\ error\b             # compilers
    | (?<![\w-])(?:ERROR|Error|fatal|panic):\s | ^thread\ '.*'\ panicked\b | ^Error\ response\ from\ daemon
    | ^npm\ (?:ERR!|error)\ (?!code\b)\S
    | :\ (?:command\ not\ found|No\ such\ file\ or\ directory|Permission\ denied)
    """,
    re.VERBOSE,
)
"""How the tools that people use say what was wrong. Elsewhere a line that mentions an error has to do."""

_ERROR = re.compile(
    r"""
      \b[A-Z][A-Za-z]*(?:Error|Exception|Panic)\b
    | (?i:(?<![\w-])(?:fatal|panic|npm\ err!|err!|npm\ error)(?=[:\s]|$) | (?<![\w-])error\b(?!\s*[=/])
    | ^\s*(?:---\s)?FAIL(?:ED)?\b | \bFAILED\s*$) | ^\s*[✕✗✖]\s
    """,
    re.VERBOSE,
)
_NO_ERROR = re.compile(r"\b(?:0|no|without)\s+(?:errors?|failures?|failed)\b|\berrors?:\s*0\b", re.IGNORECASE)


def first_error(text: str) -> str | None:
    """The first line that reads like the reason of a failure: one that is sure to be, else one that may be."""
    may_be = None
    for line in (whole[:_SEARCHED] for whole in text.split("\n")):
        if _NO_ERROR.search(line):
            continue
        if _SURE.search(line):
            return shortened(line.strip(), 300)
        may_be = may_be or (line if _ERROR.search(line) else None)
    return shortened(may_be.strip(), 300) if may_be else None
