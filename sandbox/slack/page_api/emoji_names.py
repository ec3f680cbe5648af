"""Slack's short names of emoji and their characters, from the table of rich (which prints our command line)."""

from __future__ import annotations

from rich._emoji_codes import EMOJI

_IN_COLOUR = "\ufe0f"


def _draw_in_colour(character: str) -> str:
    """With the mark that asks a font for its picture: many of these characters are plain signs too, as ☎ is."""
    return character + _IN_COLOUR if len(character) == 1 else character


EMOJI_BY_NAME = {name: _draw_in_colour(character) for name, character in EMOJI.items() if "skin_tone" not in name}
