"""Whole numbers as people and configs write them: never larger than where they are going has room for."""

from __future__ import annotations

MOST_OF_A_ROW = 2**31 - 1
"""What fits into a column of the database that counts."""


def parse_whole_number(text: str, most: int = MOST_OF_A_ROW) -> int | None:
    """Digits that say a number from 0 to `most`; None for any other text."""
    digits = text.lstrip("0")
    if not (text.isascii() and text.isdigit() and len(digits) <= len(str(most))):
        return None
    number = int(digits or "0")
    return number if number <= most else None


def parse_signed_number(text: str, most: int) -> int | None:
    """The same from -`most` to `most`, perhaps with a sign."""
    number = parse_whole_number(text[1:] if text[:1] in {"+", "-"} else text, most)
    return -number if number is not None and text.startswith("-") else number
