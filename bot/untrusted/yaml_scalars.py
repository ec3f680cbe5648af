"""What a plain scalar means in YAML 1.1, which is what CircleCI reads (SnakeYAML's resolver, and PyYAML's too)."""

from __future__ import annotations

from functools import reduce

from bot.untrusted.patterns import compile_linear

_BOOLEANS = compile_linear(
    "(?P<yes>true|True|TRUE|yes|Yes|YES|on|On|ON)|false|False|FALSE|no|No|NO|off|Off|OFF",
)
_NULL = compile_linear("~|null|Null|NULL|")
_INTEGER = compile_linear(
    "(?P<sign>[-+]?)"
    "(?:0b(?P<binary>[01_]*[01][01_]*)"
    "|(?P<octal>0[0-7_]+)"
    "|0x(?P<hexadecimal>[0-9a-fA-F_]*[0-9a-fA-F][0-9a-fA-F_]*)"
    "|(?P<sexagesimal>[1-9][0-9_]*(?::[0-5]?[0-9])+)"
    "|(?P<decimal>0|[1-9][0-9_]*))"
)
_BASES = {"binary": 2, "octal": 8, "decimal": 10, "hexadecimal": 16}


def parse_boolean(text: str) -> bool | None:
    """None for a scalar that is none."""
    found = _BOOLEANS.fullmatch(text)
    return found and found["yes"] is not None


def parse_integer(text: str) -> int | None:
    """`010` is eight, `0x1F`, `0b11` and `1_000` are what they look like, `1:30` is ninety. None for what is none."""
    found = _INTEGER.fullmatch(text)
    if found is None:
        return None
    base = found.lastgroup
    digits = found[base].replace("_", "")
    number = (
        reduce(lambda told, part: told * 60 + int(part), digits.split(":"), 0)
        if base == "sexagesimal"
        else int(digits, _BASES[base])
    )
    return -number if found["sign"] == "-" else number


def is_null(text: str) -> bool:
    return _NULL.fullmatch(text) is not None
