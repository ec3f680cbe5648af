"""Text as a terminal would finally show it: escape sequences gone, progress lines at their last state."""

from __future__ import annotations

from bot.untrusted.patterns import compile_linear, replace_matches

_ESCAPES = compile_linear(
    r"(?:(?:\x1b\[|\x{9b})[0-?]*[ -/]*[@-~]?"  # colours, cursor moves
    r"|(?:\x1b\]|\x{9d})[^\x07\x1b\x{9c}\n]*(?:\x07|\x1b\\|\x{9c})?"  # titles, hyperlinks
    r"|\x1b[PX^_][^\x1b\n]*(?:\x1b\\)?"  # device and application strings
    r"|\x1b[ -/]+[0-~]"  # character sets
    r"|\x1b[0-~]?)+"  # the two-letter rest
)
_UNPRINTABLE = dict.fromkeys(
    [
        *range(0x09),
        *range(0x0B, 0x20),
        *range(0x7F, 0xA0),
        *range(0x200B, 0x2010),
        *range(0x2028, 0x202F),
        *range(0x2060, 0x206A),
        0xFEFF,
    ]
)


def clean_terminal_text(text: str) -> str:
    """What a reader would see. Half a character (a lone surrogate, as JSON can tell it) becomes `?`."""
    shown = replace_matches(_ESCAPES, text.encode(errors="replace"), lambda _: b"").decode()
    lines = (_apply_returns(line) for line in shown.replace("\r\n", "\n").split("\n"))
    return "\n".join(map(_apply_backspaces, lines)).translate(_UNPRINTABLE)


def _apply_returns(line: str) -> str:
    """A progress bar writes over itself; what it wrote last is what counts."""
    if "\r" not in line:
        return line
    written = [part for part in line.split("\r") if part.strip()]
    return written[-1] if written else ""


def _apply_backspaces(line: str) -> str:
    """Spinners go back by a backspace, over what they wrote before."""
    if "\b" not in line:
        return line
    kept: list[str] = []
    for character in line:
        if character != "\b":
            kept.append(character)
        elif kept:
            kept.pop()
    return "".join(kept)
