"""Marks that nobody sees: they turn a name around, hide a part of it, or let two names look like one.

Gone are all of Unicode's format characters (category Cf: bidirectional controls, zero-width ones, tags) and what is
drawn as nothing by default. A zero-width joiner stays between two pictures, where it makes one of them (a family).
"""

from __future__ import annotations

_JOINER, _AS_PICTURE, _KEYCAP = "\u200d", "\ufe0f", "\u20e3"

_HIDDEN = (
    *range(0x09),
    *range(0x0E, 0x1C),
    0x1F,
    *range(0x7F, 0x85),
    *range(0x86, 0xA0),
    0xAD,
    0x34F,
    *range(0x600, 0x606),
    0x61C,
    0x6DD,
    0x70F,
    0x890,
    0x891,
    0x8E2,
    0x115F,
    0x1160,
    0x17B4,
    0x17B5,
    *range(0x180B, 0x1810),
    0x200B,
    0x200C,
    0x200E,
    0x200F,
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    0x3164,
    *range(0xFE00, 0xFE0F),
    0xFEFF,
    0xFFA0,
    *range(0xFFF0, 0xFFFC),
    0x110BD,
    0x110CD,
    *range(0x13430, 0x13440),
    *range(0x1BCA0, 0x1BCA4),
    *range(0x1D173, 0x1D17B),
    *range(0xE0000, 0xE1000),
)
_GONE = dict.fromkeys(_HIDDEN)


def strip_invisible(text: str) -> str:
    """What a reader can see of it. Every kind of line break becomes a newline, half a character a question mark."""
    if text.isascii() and text.isprintable():
        return text
    shown = "\n".join(text.encode(errors="replace").decode().splitlines()).translate(_GONE)
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
