"""Marks that nobody sees: they turn a name around, hide a part of it, or let two names look like one.

Gone are all of Unicode's format characters (category Cf: bidirectional controls, zero-width ones, tags) and what is
drawn as nothing by default. A zero-width joiner stays between two pictures, where it makes one of them (a family).
"""

from __future__ import annotations

import re

_JOINER, _AS_PICTURE, _KEYCAP = "\u200d", "\ufe0f", "\u20e3"

_HIDDEN = re.compile(
    "["
    r"\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    r"\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    r"\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "]"
)


def strip_invisible(text: str) -> str:
    """What a reader can see of it. Every kind of line break becomes a newline, half a character a question mark."""
    if text.isascii() and text.isprintable():
        return text
    shown = _HIDDEN.sub("", "\n".join(text.encode(errors="replace").decode().splitlines()))
    return _drop_joiners(shown) if _JOINER in shown or _AS_PICTURE in shown else shown


def to_one_line(text: str) -> str:
    """A name, wherever it is shown."""
    return " ".join(strip_invisible(text).split("\n"))


def to_file_name(text: str) -> str:
    """A name for one file: in no other folder, and no longer than systems take. Its ending stays."""
    name = to_one_line(text).replace("/", "_").replace("\\", "_").strip(" .")
    return name[-120:] or "file"


def _drop_joiners(text: str) -> str:
    kept = ""
    for before, mark, after in zip(" " + text, text, text[1:] + " ", strict=False):
        if mark == _JOINER:
            kept += mark if _is_picture(before) and _is_picture(after) else ""
        elif mark == _AS_PICTURE:
            kept += mark if _is_picture(before) or after == _KEYCAP else ""
        else:
            kept += mark
    return kept


def _is_picture(mark: str) -> bool:
    """Symbols and dingbats, pictographs with their colours of skin, and what asks for them to be drawn as such."""
    return "\u2190" <= mark <= "\u2bff" or "\U0001f000" <= mark <= "\U0001faff" or mark == _AS_PICTURE
